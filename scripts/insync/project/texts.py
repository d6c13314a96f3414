"""Texts kept from one build to the next, each in a file that is whole or counts as absent."""

import contextlib
import hashlib
from pathlib import Path

from insync.project.store import write_whole


def keep(file: Path, text: str) -> None:
    """Keep a text in a file, with its digest in the last line; where that is not possible, do without.

    Other builds may read the file, or write it, at the same time.
    """
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, f"{text}\n{_digest(text)}")


def kept(file: Path) -> str | None:
    """The text that some build has kept in the file; None where there is none, or none that is whole."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        text, _, digest = file.read_bytes().decode().rpartition("\n")
        if digest == _digest(text):
            return text
    return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
