"""What a run may not do, refused as Python is about to do it: to write beside itself, to use the network."""

import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

NO_NETWORK = "a snippet may not use the network"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ONLY_TEMPORARY = "a snippet may write only below tempfile.gettempdir()"
_readlink = os.readlink  # the one that nobody watches
_UNIX = getattr(socket, "AF_UNIX", None)
_OF_A_DESCRIPTOR = -1  # the family of a socket that was opened before
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/stdout", "/dev/stderr")
_FOLDERS_OF_DEVICES = ("/dev/shm/", "/dev/pts/", "/dev/fd/")
# Which arguments of an event are a path that changes and the open folder that it is relative to, if any.
_CHANGING: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.rmdir": ((0, 1),),
    "os.truncate": ((0, None),),
    "os.symlink": ((1, 2),),
    "os.link": ((0, 2), (1, 3)),  # also the first: by its new name the same file could be changed
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "os.setxattr": ((0, None),),
    "os.removexattr": ((0, None),),
    "os.chflags": ((0, None),),
}
_Handler = Callable[[tuple[Any, ...]], None]


class Refusals:
    """Raises PermissionError for what is refused; `refused` is told why, and whether it is the network.

    `shown` names a path in messages, `temporary` is the folder in which the snippet may write.
    """

    def __init__(
        self, shown: Callable[[str], str], temporary: str, refused: Callable[[str, bool], None]
    ) -> None:
        self._shown = shown
        self._temporary = os.path.join(temporary, "")
        self._refused = refused
        self.looking = False  # at an expression of a page, which may not write at all

    def handlers(self) -> dict[str, _Handler]:
        """What to call for each audit event."""
        names = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
        return {
            "socket.__new__": self._on_socket,
            **dict.fromkeys(names, self._on_name),
            **dict.fromkeys(
                ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"), self._on_address
            ),
            **{event: partial(self._on_change, places) for event, places in _CHANGING.items()},
        }

    def may_write(self, path: Any, folder: int = -1) -> None:
        """Nothing for a path below the temporary folder and for a descriptor, opened before."""
        if not isinstance(path, str | bytes | os.PathLike):
            return
        absolute = os.path.abspath(os.path.join(open_path(folder) or "", os.fsdecode(path)))
        if absolute in _DEVICES or absolute.startswith(_FOLDERS_OF_DEVICES):
            return
        if self.looking:
            raise PermissionError("an expression of a page may not write")
        changed = _followed(absolute) if self.is_temporary(absolute) else absolute
        if not self.is_temporary(changed):
            message = f"{_ONLY_TEMPORARY}, not {self._shown(changed)}"
            self._refused(message, False)
            raise PermissionError(message)

    def is_temporary(self, absolute: str) -> bool:
        """Whether the path is the folder in which the snippet may write, or below it."""
        return os.path.join(absolute, "").startswith(self._temporary)

    def _on_change(self, places: tuple[tuple[int, int | None], ...], args: tuple[Any, ...]) -> None:
        for path, folder in places:
            self.may_write(args[path], -1 if folder is None else args[folder])

    def _on_socket(self, args: tuple[Any, ...]) -> None:
        if args[1] not in (_UNIX, _OF_A_DESCRIPTOR):
            self._no_network(NO_NETWORK)

    def _on_name(self, _: tuple[Any, ...]) -> None:
        self._no_network(NO_NETWORK)

    def _on_address(self, args: tuple[Any, ...]) -> None:
        """Processes of the snippet's own may talk to each other, as those of multiprocessing do."""
        own, address = args[0], args[1]
        if own.family != _UNIX:
            self._no_network(NO_NETWORK)
        if address is None:
            return  # of a socket that is connected
        name = os.fsdecode(bytes(address) if isinstance(address, bytearray | memoryview) else address)
        if name and not name.startswith("\0") and not self.is_temporary(os.path.realpath(name)):
            self._no_network(f"a snippet may not use a socket of this machine, as {name} is")

    def _no_network(self, message: str) -> None:
        self._refused(message, True)
        raise PermissionError(message)


def database(name: Any) -> tuple[str, bool] | None:
    """The file that SQLite opens by this name, and whether only to be read; None for one in memory."""
    if not isinstance(name, str | bytes | os.PathLike):
        return None
    path, options = os.fsdecode(name), ""
    if path.startswith("file:") and not os.path.exists(path):
        path, _, options = path.removeprefix("file:").partition("#")[0].partition("?")
        if path.startswith("//"):
            path = "/" + path[2:].partition("/")[2]
        path = unquote(path)
    if path in ("", ":memory:") or "mode=memory" in options:
        return None
    return path, "mode=ro" in options or "immutable=1" in options


def open_path(descriptor: int) -> str | None:
    """The path of an open file or folder; None where there is none, or the system does not tell."""
    if descriptor < 0:
        return None
    try:
        if sys.platform == "darwin":
            import fcntl

            return os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
        path = _readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return None
    return path if path.startswith("/") else None


def _followed(path: str) -> str:
    """The path with all its links followed; of a link to nothing, where it points to."""
    return str(Path(path).resolve()) if os.path.lexists(path) else os.path.realpath(os.path.dirname(path))
