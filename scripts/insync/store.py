"""Records kept from one build to the next, and when they may be believed."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from insync import trace
from insync.record import Record, from_json, to_json

if TYPE_CHECKING:
    from insync.snippet import Snippet

KEPT = 4  # records of one snippet that stay on disk, so that going back and forth between branches is cheap
_VERSIONED = ("torch", "numpy", "matplotlib")
_ENGINE = ("record", "snippet", "syntax", "job", "trace", "figure", "worker", "server", "run")


@functools.cache
def engine_digest() -> str:
    """A digest of the engine's own code that can change a record; no one has to remember a version number."""
    digest = hashlib.sha256()
    for name in _ENGINE:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()


@functools.cache
def machine() -> dict[str, str]:
    """What of this machine can change a number: versions, processor features, torch's choice among them."""
    facts = {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu_features(),
        "ATEN_CPU_CAPABILITY": os.environ.get("ATEN_CPU_CAPABILITY", ""),
    }
    for name in _VERSIONED:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            facts[name] = importlib.metadata.version(name)
    return facts


def record_key(snippet: Snippet, questions: dict[str, tuple[str, ...]]) -> str:
    """The key of everything that can change a number, but for the files that the run looked at."""
    parts: list[Any] = [
        engine_digest(),
        machine(),
        snippet.name,
        [[cell.name, cell.source, sorted(cell.tags)] for cell in snippet.cells],
        {cell: list(expressions) for cell, expressions in questions.items()},
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def stale_input(record: Record, base: Path) -> str | None:
    """The first file, if any, that is no longer as the run found it; paths are relative to `base`."""
    for key, seen in record.inputs.items():
        kind, _, path = key.partition(":")
        if trace.fingerprint(kind, base / path) != seen:
            return path
    return None


class Store:
    """A folder of records. Two builds may use it at once; a damaged file counts as absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, snippet: Snippet, key: str) -> Record | None:
        """The record under that key, if it is there, whole, and its inputs are unchanged."""
        try:
            data = json.loads(self._path(snippet.name, key).read_text(encoding="utf-8"))
            if data["key"] != key or data["digest"] != _digest(data["record"]):
                return None
            record = from_json(data["record"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return None if stale_input(record, snippet.path.parent) else record

    def save(self, key: str, record: Record) -> str:
        """Keep a record; a sentence if that was not possible (the build goes on without), else nothing."""
        path = self._path(record.snippet, key)
        data = to_json(record)
        text = json.dumps({"key": key, "digest": _digest(data), "record": data}, ensure_ascii=False)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with open(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
                    file.write(text)
                os.replace(draft, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(draft)
                raise
            self._prune(record.snippet)
        except OSError as error:
            what = f"the cache {self._folder} cannot be written ({error.strerror})"
            return f"{what}; every build runs `{record.snippet}` again"
        return ""

    def _path(self, name: str, key: str) -> Path:
        return self._folder / f"{name}.{key[:24]}.json"

    def _prune(self, name: str) -> None:
        records = sorted(
            self._folder.glob(f"{name}.*.json"), key=lambda path: path.stat().st_mtime, reverse=True
        )
        for path in records[KEPT:]:
            with contextlib.suppress(OSError):
                path.unlink()


def _digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _cpu_features() -> str:
    """The processor's features; asking torch which it uses would cost its whole import."""
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.lower().startswith(("flags", "features")):
                return hashlib.sha256(line.encode()).hexdigest()
    return platform.processor()
