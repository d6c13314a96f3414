"""Watches a run: notes what it looked at, has refused what it may not do, finds what changed under it.

By Python's audit events, and by the functions of `watched` where there is none. Child processes that are
forked are watched as well; of other programs nothing is seen, so that a record with them is never reused.
"""

import importlib.metadata
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.machinery import all_suffixes
from typing import Any

from insync.running import installed, plot, watched
from insync.running.arrivals import Arrivals
from insync.running.callers import called_by, frames
from insync.running.expression import f_string
from insync.running.imports import Finder, Searched
from insync.running.job import Job
from insync.running.loaded import imported_files, mapped_files
from insync.running.named import named_paths, unseen
from insync.running.notes import Notes
from insync.running.record import Failure, RunAnswer, to_text
from insync.running.refusals import WRITING, Refusals, database, open_path

_PASSING = ("/proc/", "/sys/", "/dev/")  # what is there tells of the machine at this moment
_HARMLESS = (
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
    "/dev/shm/",
    "/dev/fd/",
)
_PROGRAMS = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "pty.spawn",
    "_winapi.CreateProcess",
)
_C_MODULES = ("_dbm", "_gdbm", "_cffi_backend")
_METADATA = os.path.dirname(importlib.metadata.__file__)
_ENGINE = os.path.join(os.path.dirname(__file__), "")
_LISTING_NAMES_ALONE = ("glob", "pathlib", "fnmatch")
_ADVICE = (
    "Let the snippet write only below tempfile.gettempdir(), and take numbers from files of the repository."
)


class Trace:
    """Watches the process that it is installed in; there is no way to take it out again."""

    def __init__(self, job: Job) -> None:
        self._notes = Notes(job)
        self.violations: list[str] = []
        self._job = job
        self._own = job.path
        self._base = os.path.dirname(job.path)
        self._busy: set[int] = set()  # threads that are within a handler
        self._active = True
        self._last_module = next(reversed(sys.modules))
        ignored = {os.path.join(path, "") for path in (*installed.prefixes(), job.scratch)}
        self._ignored = tuple(each for each in ignored if not os.path.join(self._base, "").startswith(each))
        self._refusals = Refusals(self._notes.shown, str(job.temporary), self._refused)
        self._handlers: dict[str, Callable[[tuple[Any, ...]], None]] = {
            **self._refusals.handlers(),
            **dict.fromkeys(_PROGRAMS, self._on_program),
            "open": self._on_open,
            "os.listdir": partial(self._on_list, "list"),
            "os.scandir": partial(self._on_list, "scan"),
            "os.getxattr": lambda args: self.look("stat", args[0]),
            "os.listxattr": lambda args: self.look("stat", args[0]),
            "sqlite3.connect": self._on_database,
            "ctypes.dlopen": self._on_library,
            "ctypes.dlsym": self._on_library,
        }

    def install(self, arrivals: Arrivals) -> None:
        """Start watching; what arrives later is watched from then on."""
        for cell in self._job.cells:
            self._read_source(cell.source)
        for asked in (each for questions in self._job.questions.values() for each in questions):
            self._read_source(f_string(asked.text) if asked.purpose == "number" else asked.text)
        sys.addaudithook(self._hook)
        watched.watch_files(self._guarded(self.look))
        watched.watch_open_folders()
        watched.watch_clock(self._guarded(self.never))
        watched.watch_programs(self._guarded(self.never))
        watched.watch_environment(self._guarded(self._on_variable), self._guarded(self._notes.variables))
        arrivals.call("torch", self._watch_torch)
        sys.path_hooks.insert(0, self._local_finder)
        for folder in [each for each in sys.path_importer_cache if self._local(each)]:
            del sys.path_importer_cache[folder]

    def stop(self) -> Failure | None:
        """Stop watching; `inputs` is whole now. The failure of a run under which files changed."""
        self._active = False
        imported = list(imported_files(self._last_module))
        for path in (*mapped_files(), *imported):  # also what a finder of an editable package found
            if (local := self._local(path)) and os.path.isfile(local):
                self._notes.path("read", local)
        for path in filter(lambda each: each.startswith(installed.site_folders()), imported):
            self._notes.path("stat", path)
        return self._notes.gather()

    @property
    def inputs(self) -> dict[str, str]:
        """What was looked at so far, with its fingerprint."""
        return self._notes.inputs

    @property
    def looking(self) -> bool:
        """Whether an expression of a page is asked, perhaps in a fork: it may write nowhere at all."""
        return self._refusals.looking

    @looking.setter
    def looking(self, now: bool) -> None:
        self._refusals.looking = now

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is done meanwhile is the engine's own, or of a package whose version is in the key."""
        thread = threading.get_ident()
        already = thread in self._busy
        self._busy.add(thread)
        try:
            yield
        finally:
            if not already:
                self._busy.discard(thread)

    def never(self, reason: str) -> None:
        """Note that the run did what no later build can compare."""
        if not called_by(plot.__name__):  # the engine's own drawing, which leaves the date out
            self._notes.never(reason)

    def look(self, kind: str, path: Any) -> None:
        """Note that the run looked at a path, or at an open file or folder."""
        absolute = self._local(path)
        if absolute is None:
            return
        if os.path.join(absolute, "").startswith(_PASSING):
            if not absolute.startswith(_HARMLESS) and kind != "exists":
                self.never(f"looks at {absolute}")
        elif kind == "exists" and any(each.startswith(os.path.join(absolute, "")) for each in self._ignored):
            return  # libraries follow links on the way to themselves
        elif absolute != self._own or not called_by("traceback"):  # its cells' lines are in the key
            self._notes.path(kind, absolute)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        handler = self._handlers.get(event)
        if handler is not None:
            self._guarded(handler)(args)

    def _guarded(self, handler: Callable[..., None]) -> Callable[..., None]:
        """The handler, called only while the run is watched, and not for what a handler itself does."""

        def guarded(*args: Any) -> None:
            thread = threading.get_ident()
            if self._active and thread not in self._busy:
                self._busy.add(thread)
                try:
                    handler(*args)
                finally:
                    self._busy.discard(thread)

        return guarded

    def _local(self, path: Any) -> str | None:
        """The absolute path, or None where it is of what is installed, or of the run's own."""
        if isinstance(path, int) and not isinstance(path, bool):
            path = open_path(path)
        if not isinstance(path, str | bytes | os.PathLike):
            return None
        if isinstance(path, str) and path.startswith(self._ignored) and ".." not in path:
            return None  # the most frequent case, decided fast
        absolute = os.path.abspath(os.fsdecode(path))
        return None if absolute.startswith(self._ignored) else absolute

    def _on_open(self, args: tuple[Any, ...]) -> None:
        path, _, flags = args
        if isinstance(flags, int) and flags & WRITING:
            self._refusals.may_write(path)
        elif not isinstance(path, int):
            self.look("read", path)

    def _on_list(self, kind: str, args: tuple[Any, ...]) -> None:
        # importlib lists whole directories to find one module, which `Finder` tells of, or a version.
        caller = sys._getframe(3)
        if caller.f_code.co_filename.startswith(("<frozen importlib", _METADATA)):
            return
        names_alone = caller.f_globals.get("__name__", "").partition(".")[0] in _LISTING_NAMES_ALONE
        self.look("list" if names_alone else kind, os.getcwd() if args[0] is None else args[0])

    def _on_program(self, _: tuple[Any, ...]) -> None:
        if not called_by("platform"):  # which asks what the key has anyway
            self.never("starts another program")

    def _on_database(self, args: tuple[Any, ...]) -> None:
        found = database(args[0])
        if found is None:
            return
        path, only_read = found
        if not only_read and not os.path.exists(path):
            self._refusals.may_write(path)
        for ending in ("", "-wal", "-journal"):
            self.look("read", path + ending)

    def _on_library(self, args: tuple[Any, ...]) -> None:
        if isinstance(args[0], str) and os.sep in args[0]:
            self.look("read", args[0])
        if self._by_snippet("ctypes"):
            self.never("calls C code by ctypes")

    def _on_variable(self, name: str) -> None:
        if not called_by(plot.__name__):
            self._notes.variable(name)

    def _refused(self, message: str, network: bool) -> None:
        """Remember what may not be swallowed; in a forked process, nothing may be: end the whole run."""
        if self.looking or os.getpid() == self._notes.owner:
            self.violations += [message] if network else []
            return
        found = frames(sys._getframe(1))
        line = next((each.f_lineno for each in found if each.f_code.co_filename == self._own), 0)
        message = f"a process that the snippet started was refused what it did: {message}"
        failure = Failure("", line or self._job.cells[0].line, message, _ADVICE)
        draft = self._job.answer.with_suffix(f".{os.getpid()}")
        draft.write_text(to_text(RunAnswer(self.inputs, failure=failure)), encoding="utf-8")
        draft.replace(self._job.answer)
        os.kill(self._notes.owner, signal.SIGKILL)
        os._exit(1)

    def _local_finder(self, folder: str) -> Any:
        """Finds modules in local folders; raises ImportError for others, which keep their compiled code."""
        if self._local(folder) is None:
            raise ImportError
        read = self._guarded(partial(self.look, "read"))
        tell: Any = Searched(self._guarded(self._on_search), read, self._guarded(self._read_source))
        return Finder.path_hook(tell)(folder)  # as Python's own hook, it refuses archives

    def _on_search(self, path: str) -> None:
        """A module is looked for under that path without its ending."""
        for each in (path, *(path + ending for ending in all_suffixes()), os.path.join(path, "__init__.py")):
            self.look("exists", each)
        if os.path.basename(path) in _C_MODULES:
            self.never("reads or writes by C code")

    def _watch_torch(self, torch: Any) -> None:
        watched.watch_torch(torch, self._guarded(self.look), self._guarded(self._refusals.may_write))

    def _read_source(self, source: str) -> None:
        """Note what a source names, whether or not the code that opens it will be seen."""
        for reason in unseen(source):
            self.never(reason)
        for name, like_a_file in named_paths(source):
            path = os.path.abspath(os.path.join(self._base, os.path.expanduser(name)))
            # Not the folder of the snippets, and none above it.
            if path == self._own or f"{self._base}{os.sep}".startswith(os.path.join(path, "")):
                continue
            if path.startswith((*self._ignored, *_PASSING)):
                continue
            try:
                mode = os.stat(path).st_mode
            except (OSError, ValueError):
                if like_a_file:
                    self._notes.path("exists", path)
                continue
            if stat.S_ISREG(mode):
                self._notes.path("read", path)
            elif "/" in name and stat.S_ISDIR(mode) and path.startswith(os.path.dirname(self._base) + os.sep):
                self._notes.path("tree", path)

    def _by_snippet(self, skipped: str) -> bool:
        """Whether the snippet or a module beside it called, by way of a package of the standard library."""
        for frame in frames(sys._getframe(1)):
            path = frame.f_code.co_filename
            package = frame.f_globals.get("__name__", "").partition(".")[0]
            if package != skipped and not path.startswith(_ENGINE):
                return not path.startswith(("<frozen", *self._ignored))
        return False
