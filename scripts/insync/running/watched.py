"""Python's own functions that look at the machine and raise no audit event, replaced by ones that tell.

Out of reach stays what is called by another name (`posix.stat`, a function taken before the run) and what
C code asks by itself (getenv, time).
"""

import functools
import importlib
import logging
import os
import sys
import time
import types
from collections.abc import Callable
from typing import Any

from insync.running.refusals import open_path

_Told = Callable[[str, Any], None]  # a kind of input, and its path
# Functions of the standard library that ask no more of stat than whether and as what a path exists.
_ASKING = {"exists", "lexists", "isfile", "isdir", "islink", "ismount", "realpath", "_joinrealpath"} | {
    "is_file",
    "is_dir",
    "is_symlink",
}
_IN = frozenset(("genericpath", "posixpath", "ntpath", "pathlib"))
_PATHS = ("path", "fd", "filename")  # what these functions call their first argument
_SUPPORTING = (os.supports_dir_fd, os.supports_effective_ids, os.supports_fd, os.supports_follow_symlinks)
# How many arguments such a function may have and still ask for the time of now.
_CLOCKS = {
    "time": 0,
    "time_ns": 0,
    "localtime": 0,
    "gmtime": 0,
    "ctime": 0,
    "asctime": 0,
    "strftime": 1,
    "clock_gettime": 1,
    "clock_gettime_ns": 1,
}
# What takes the time of each of its messages, or of its own steps as other code does by clocks that only
# measure, and seldom shows it: logging, and torch's compilers.
_TIMEKEEPERS = ("logging", *(f"torch.{name}" for name in ("_dynamo.", "_inductor.", "_logging.", "export.")))
_PASSING = {"statvfs": "asks how full a disk is", "getloadavg": "asks how busy the machine is"}


def watch_files(look: _Told) -> None:
    """Tell of each path that is asked for, and of each descriptor."""
    for name, kind in (
        ("stat", ""),
        ("lstat", ""),
        ("fstat", "stat"),
        ("access", "stat"),
        ("readlink", "link"),
    ):
        if hasattr(os, name):
            _replace(os, name, functools.partial(_look, look, kind))
    for name in _ASKING:  # on Windows some of them are C
        if isinstance(getattr(os.path, name, None), types.BuiltinFunctionType):
            _replace(os.path, name, functools.partial(_look, look, "exists"))


def watch_open_folders() -> None:
    """Have files relative to an open folder opened by their whole path: the events lack the folder."""
    real = os.open

    @functools.wraps(real)
    def opened(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if dir_fd is not None and (folder := open_path(dir_fd)):
            path, dir_fd = os.path.join(folder, os.fsdecode(path)), None
        return real(path, flags, mode, dir_fd=dir_fd)

    os.supports_dir_fd.add(opened)
    os.open = opened


def watch_clock(never: Callable[[str], None]) -> None:
    """Tell when the time of now is asked for, but for the clocks that only measure, and the state of now."""
    now = "asks for the time of now"

    def clock(most: int, *args: Any, **_: Any) -> None:
        shown = not str(sys._getframe(2).f_globals.get("__name__")).startswith(_TIMEKEEPERS)
        if shown and (len(args) <= most or args[most] is None):
            never(now)

    _replace(logging.Formatter, "formatTime", functools.partial(_tell, never, now))

    for name, most in _CLOCKS.items():
        if hasattr(time, name):
            _replace(time, name, functools.partial(clock, most))
    for name, reason in _PASSING.items():
        if hasattr(os, name):
            _replace(os, name, functools.partial(_tell, never, reason))


def watch_programs(never: Callable[[str], None]) -> None:
    """Tell when multiprocessing starts a Python, which raises no audit event as subprocess does."""

    def start(args: Any, *_: Any, **__: Any) -> None:
        if "resource_tracker" not in str(args):  # of multiprocessing itself; it only cleans up
            never("starts another program")

    try:
        _replace(importlib.import_module("_posixsubprocess"), "fork_exec", start)
    except ImportError:  # Windows
        return


def watch_torch(torch: Any, look: _Told, may_write: Callable[[Any], None]) -> None:
    """Tell of the files that torch opens in C++, to read or to write."""
    read = functools.partial(_look, look, "read")
    _replace(torch, "from_file", read)
    storage = torch.UntypedStorage
    storage.from_file = staticmethod(_watching(storage.from_file, read))
    _replace(torch._C, "import_ir_module", lambda _, path, *__, **___: look("read", path))
    for name, told in (("PyTorchFileReader", read), ("PyTorchFileWriter", may_write)):
        real = getattr(torch._C, name)
        setattr(torch._C, name, type(name, (real,), {"__init__": _watching(real.__init__, _of_self(told))}))


def watch_environment(look: Callable[[str], None], everything: Callable[[], None]) -> None:
    """Tell of each variable whose value is asked for, and when all are."""

    class Watched(os._Environ):  # type: ignore[type-arg]
        def __getitem__(self, key: Any) -> Any:
            look(os.fsdecode(key) if isinstance(key, bytes) else str(key))
            return super().__getitem__(key)

        def __iter__(self) -> Any:
            everything()
            return super().__iter__()

        def __len__(self) -> int:
            everything()
            return super().__len__()

        def __repr__(self) -> str:
            everything()
            return super().__repr__()

    Watched.__name__ = Watched.__qualname__ = "_Environ"
    os.environ.__class__ = Watched
    if hasattr(os, "environb"):
        os.environb.__class__ = Watched


def _look(look: _Told, kind: str, *args: Any, dir_fd: Any = None, **named: Any) -> None:
    path = args[0] if args else next((named[name] for name in _PATHS if name in named), ".")
    if isinstance(dir_fd, int) and not isinstance(path, int):
        path = os.path.join(open_path(dir_fd) or "", os.fsdecode(path))
    look(kind or _kind(sys._getframe(2)), path)


def _kind(caller: types.FrameType | None) -> str:
    """What a caller of stat asks: of pathlib's own `stat`, what the caller of that does."""
    while caller and caller.f_globals.get("__name__", "").partition(".")[0] in _IN:
        if caller.f_code.co_name in _ASKING:
            return "exists"
        caller = caller.f_back
    return "stat"


def _of_self(told: Callable[[Any], None]) -> Callable[..., None]:
    """What to tell of a method's call: its first argument after the object."""
    return lambda _, first=None, *__, **___: told(first)


def _tell(never: Callable[[str], None], reason: str, *_: Any, **__: Any) -> None:
    never(reason)


def _replace(module: Any, name: str, told: Callable[..., None]) -> None:
    """Have a function of a module tell of each call before it is done."""
    real = getattr(module, name)
    watched = _watching(real, told)
    for each in _SUPPORTING:
        if real in each:
            each.add(watched)
    setattr(module, name, watched)


def _watching(real: Callable[..., Any], told: Callable[..., None]) -> Callable[..., Any]:
    @functools.wraps(real)
    def watched(*args: Any, **options: Any) -> Any:
        told(*args, **options)
        return real(*args, **options)

    return watched
