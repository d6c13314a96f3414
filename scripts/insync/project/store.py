"""Records kept from one build to the next, and when they may be believed."""

import contextlib
import functools
import glob
import hashlib
import json
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from insync import running
from insync.running import inputs as looked_at
from insync.running import installed
from insync.running.job import Questions
from insync.running.record import Record
from insync.running.snippet import RAISES, Snippet
from insync.running.start import cpu_fact

_RUNNING = Path(running.__file__).parent  # all of the engine that can change a record, and no more
PACKAGES = "what is installed"
KEPT = 4  # records of one snippet that stay on disk, so that going back and forth between branches is cheap


@functools.cache
def engine_digest() -> str:
    """A digest of the engine's own code that can change a record, in place of a version number."""
    digest = hashlib.sha256()
    for path in sorted(_RUNNING.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@functools.cache
def machine() -> dict[str, str]:
    """What of this machine can change a number: its processor, torch's choice of it, its names and counts."""
    may_run_on = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else ""
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "interpreter": f"{sys.executable} {sys.version}",
        "system": f"{platform.system()} {platform.machine()}",
        "name": f"{platform.node()} {platform.platform()}",
        "user": f"{os.getuid()} {os.getgid()}" if hasattr(os, "getuid") else "",
        "number of processors": f"{os.cpu_count()} {may_run_on}",
        "cpu": _digest(cpu_features()),
        "ATEN_CPU_CAPABILITY": os.environ.get("ATEN_CPU_CAPABILITY", ""),
        # C code looks for its libraries there.
        "paths of libraries": _digest(
            {k: v for k, v in os.environ.items() if k.startswith(("LD_", "DYLD_"))}
        ),
    }


def record_parts(snippet: Snippet, questions: Questions) -> dict[str, str]:
    """Everything that can change a number, but for what the run looks at: what it is → its digest or text."""
    parts = {
        "insync's own code": engine_digest(),
        "the order of the cells": _digest([cell.name for cell in snippet.cells]),
        "a cell's line in its file": _digest([cell.line for cell in snippet.cells]),
        "the folder of the snippets": str(snippet.path.parent.resolve()),
        PACKAGES: "\n".join(installed.packages()),
    }
    parts |= {f"this machine's {name}": value for name, value in machine().items()}
    for cell in snippet.cells:
        # The other tags, and the options, are of the page and of checks; they change nothing that is run.
        parts[f"the cell `{cell.name}`"] = _digest([cell.source, RAISES in cell.tags])
    for name, expressions in questions.items():
        parts[f"what pages ask of the cell `{name}`"] = _digest([str(each) for each in expressions])
    return parts


def record_key(parts: dict[str, str]) -> str:
    """The key under which a record is kept."""
    return _digest(parts)


@dataclass(frozen=True)
class Kept:
    """What the cache holds of a snippet, whether or not it may be used."""

    parts: dict[str, str]
    record: Record
    stale: tuple[tuple[str, str], ...]


class NoStore:
    """A cache that holds nothing and keeps nothing."""

    def load(self, snippet: Snippet, key: str) -> Record | None:  # noqa: ARG002 - as of a Store
        """Nothing."""
        return None

    def save(self, parts: dict[str, str], record: Record) -> str:  # noqa: ARG002 - as of a Store
        """Nothing."""
        return ""


class Store:
    """A folder of records. Two builds may use it at once; a damaged file counts as absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, snippet: Snippet, key: str) -> Record | None:
        """The record under that key, if it is there, whole, and its inputs are unchanged."""
        kept = self._read(self._path(snippet.name, key), snippet)
        if kept is None or kept.stale or record_key(kept.parts) != key:
            return None
        # Who writes a file with a right digest can still write one with other cells.
        same_cells = [each.name for each in kept.record.cells] == [each.name for each in snippet.cells]
        return kept.record if same_cells else None

    def newest(self, snippet: Snippet) -> Kept | None:
        """The record of the snippet that was made last, whatever its key."""
        for path in self._records(snippet.name):
            if kept := self._read(path, snippet):
                return kept
        return None

    def _read(self, path: Path, snippet: Snippet) -> Kept | None:
        """A cache file, if it is whole and of this snippet; whatever else it may be, it counts as absent."""
        try:
            data = json.loads(path.read_text("utf-8", "surrogatepass"))
            if data["digest"] != _digest([data["parts"], data["record"]]):
                return None
            record = msgspec.convert(data["record"], Record)
            if record.snippet != snippet.name:
                return None
            stale = tuple(looked_at.changes(record.inputs, snippet.path.parent))
            return Kept({str(key): str(value) for key, value in data["parts"].items()}, record, stale)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def save(self, parts: dict[str, str], record: Record) -> str:
        """Keep a record; a sentence if that was not possible (the build goes on without), else nothing."""
        path = self._path(record.snippet, record_key(parts))
        data = msgspec.to_builtins(record)
        kept = {"parts": parts, "digest": _digest([parts, data]), "record": data}
        text = json.dumps(kept, ensure_ascii=False)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
            self._prune(record.snippet)
        except OSError as error:
            what = f"the cache {self._folder} cannot be written ({error.strerror})"
            return f"{what}; every build runs its snippets again"
        return ""

    def _path(self, name: str, key: str) -> Path:
        return self._folder / f"{name}.{key[:24]}.json"

    def _prune(self, name: str) -> None:
        for path in self._records(name)[KEPT:]:
            with contextlib.suppress(OSError):
                path.unlink()

    def _records(self, name: str) -> list[Path]:
        """The cache files of a snippet, the newest first."""
        found = []
        for path in self._folder.glob(f"{glob.escape(name)}.*.json"):
            with contextlib.suppress(OSError):  # another build may have removed it by now
                found.append((path.stat().st_mtime_ns, path))
        return [path for _, path in sorted(found, reverse=True)]


Keeper = NoStore | Store  # where records are kept between builds


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step: another build may be reading it."""
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with open(handle, "w", encoding="utf-8", errors="surrogatepass", newline="\n") as file:
            file.write(text)
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def cpu_features() -> str:
    """The processor's features as Linux lists them."""
    return cpu_fact("flags", "features")
