"""Which local files a run looked at, and what a run may not do; both by Python's audit events.

What this does not see: files that C++ code opens by itself, what a child process reads, writes or sends.
The network of child processes is cut off where the kernel lets us (see `server`).
"""

import hashlib
import importlib.metadata
import os
import socket
import stat
import sys
import sysconfig
import types
from collections.abc import Callable
from functools import partial
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from pathlib import Path
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/lib64")
_NETWORK = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendto",
    "socket.sendmsg",
)
# Which arguments of an event are a path that changes and the open directory that it is relative to, if any.
_CHANGING: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.rmdir": ((0, 1),),
    "os.truncate": ((0, None),),
    "os.symlink": ((1, 2),),
    "os.link": ((1, 3),),
    "os.chmod": ((0, 2),),
}
_METADATA = os.path.dirname(importlib.metadata.__file__)
NO_NETWORK = "a snippet may not use the network"


def fingerprint(kind: str, path: str | os.PathLike[str]) -> str:
    """What a later build compares.

    Of a file its contents ("read"), of a directory its names ("list"), or only whether and as what the path
    exists ("stat").
    """
    try:
        mode = os.stat(path).st_mode
        if kind == "read" and stat.S_ISREG(mode):
            with open(path, "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        if kind == "list" and stat.S_ISDIR(mode):
            return hashlib.sha256(
                "\0".join(sorted(os.listdir(path))).encode("utf-8", "surrogateescape")
            ).hexdigest()
    except (OSError, ValueError):  # ValueError: no path can be so
        return "absent"
    return "directory" if stat.S_ISDIR(mode) else "file"


class _FromSource(SourceFileLoader):
    """Reads a module's source at every import: compiled code could be older, and the file would go unseen."""

    def get_code(self, fullname: str) -> types.CodeType | None:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class Trace:
    """Watches the process that it is installed in; there is no way to take it out again."""

    def __init__(self, snippet: Path, temporary: Path) -> None:
        self.inputs: dict[str, str] = {}
        self.violations: list[str] = []
        self.looking = False  # at an expression of a page, which may not write at all
        self._base = str(snippet.parent)
        self._own = str(snippet)
        self._temporary = str(temporary)
        self._busy = False
        self._active = True
        self._ignored = _installed_prefixes(temporary.parent, self._base)
        self._handlers: dict[str, Callable[[tuple[Any, ...]], None]] = {
            "open": self._on_open,
            "import": self._on_import,
            "os.listdir": self._on_list,
            "os.scandir": self._on_list,
            "socket.__new__": self._on_socket,
            **dict.fromkeys(_NETWORK, self._on_network),
            **{event: partial(self._on_change, places) for event, places in _CHANGING.items()},
        }

    def install(self) -> None:
        """Start watching."""
        sys.addaudithook(self._hook)
        for name in ("stat", "lstat"):
            setattr(os, name, self._watching(getattr(os, name)))
        sys.path_hooks.insert(0, self._local_finder)
        for folder in [each for each in sys.path_importer_cache if self._local(each)]:
            del sys.path_importer_cache[folder]

    def stop(self) -> None:
        """Stop watching; what was seen is in `inputs` and `violations`."""
        self._active = False

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        handler = self._handlers.get(event)
        if handler is None or self._busy or not self._active:
            return
        self._busy = True
        try:
            handler(args)
        finally:
            self._busy = False

    def _note(self, kind: str, path: str) -> None:
        key = f"{kind}:{self._shown(path)}"
        if key not in self.inputs:
            self.inputs[key] = fingerprint(kind, path)

    def _shown(self, path: str) -> str:
        try:
            return os.path.relpath(path, self._base).replace(os.sep, "/")
        except ValueError:  # another drive
            return path

    def _local(self, path: Any) -> str | None:
        """The absolute path, or None where it is no file of the project's or the reader's."""
        if not isinstance(path, str | bytes | os.PathLike):
            return None
        absolute = os.path.abspath(os.fsdecode(path))
        if absolute == self._own or absolute.startswith(self._ignored):
            return None
        return absolute

    def _on_open(self, args: tuple[Any, ...]) -> None:
        path, _, flags = args
        if isinstance(flags, int) and flags & _WRITING:
            self._may_write(path)
        elif local := self._local(path):
            self._note("read", local)

    def _on_change(self, places: tuple[tuple[int, int | None], ...], args: tuple[Any, ...]) -> None:
        for path, folder in places:
            self._may_write(args[path], -1 if folder is None else args[folder])

    def _may_write(self, path: Any, folder: int = -1) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return  # a file descriptor, opened before
        absolute = os.path.abspath(os.path.join(_open_folder(folder), os.fsdecode(path)))
        if self.looking and not absolute.startswith(("/dev/", os.devnull)):
            raise PermissionError("an expression of a page may not write")
        if not absolute.startswith((self._temporary, "/dev/", os.devnull)):
            raise PermissionError(
                f"a snippet may write only below tempfile.gettempdir(), not {self._shown(absolute)}"
            )

    def _on_import(self, args: tuple[Any, ...]) -> None:
        parent, _, name = str(args[0]).rpartition(".")
        package = sys.modules.get(parent)
        for folder in getattr(package, "__path__", ()) if parent else sys.path:
            if local := self._local(folder or os.getcwd()):
                self._note("stat", os.path.join(local, name + ".py"))
                self._note("stat", os.path.join(local, name, "__init__.py"))

    def _local_finder(self, folder: str) -> FileFinder:
        """Finds modules in local folders; raises ImportError for others, which keep their compiled code."""
        if self._local(folder) is None:
            raise ImportError
        return FileFinder(folder, (_FromSource, SOURCE_SUFFIXES))

    def _on_list(self, args: tuple[Any, ...]) -> None:
        # importlib lists whole directories to find one module, which `_on_import` notes, or a version.
        if sys._getframe(2).f_code.co_filename.startswith(("<frozen importlib", _METADATA)):
            return
        if local := self._local(os.getcwd() if args[0] is None else args[0]):
            self._note("list", local)

    def _on_socket(self, args: tuple[Any, ...]) -> None:
        if args[1] != getattr(socket, "AF_UNIX", None):
            self._on_network(args)

    def _on_network(self, _: tuple[Any, ...]) -> None:
        self.violations.append(NO_NETWORK)
        raise PermissionError(NO_NETWORK)

    def _watching(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def watched(path: Any, *args: Any, **options: Any) -> Any:
            if self._active and not self._busy and (local := self._local(path)):
                self._busy = True
                try:
                    self._note("stat", local)
                finally:
                    self._busy = False
            return real(path, *args, **options)

        return watched


def _open_folder(descriptor: int) -> str:
    """The path of an open directory; empty for -1, which stands for the working directory."""
    if descriptor < 0:
        return ""
    if sys.platform == "darwin":
        import fcntl

        return os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
    return os.readlink(f"/proc/self/fd/{descriptor}")


def _installed_prefixes(scratch: Path, base: str) -> tuple[str, ...]:
    """Where files lie that the cache's key covers by their versions, or that are not the reader's."""
    paths = {
        *sysconfig.get_paths().values(),
        sys.prefix,
        sys.base_prefix,
        str(scratch),
        os.path.dirname(__file__),
        *_SYSTEM,
    }
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None:
        paths |= {matplotlib.get_cachedir(), matplotlib.get_configdir()}
    prefixes = (os.path.join(path, "") for path in paths if path)
    return tuple(prefix for prefix in prefixes if not os.path.join(base, "").startswith(prefix))
