"""When each file of a project was written first, and changed last: as its history tells, in commits."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Dates:
    """Two days, as 2026-11-30."""

    first: str
    last: str


def dates(root: Path, folder: str) -> dict[str, Dates]:
    """The dates of all files below a folder, by their paths seen from `root`.

    None where there is no history, or not all of it: in a shallow clone every file would be of one commit.
    """
    if _git(root, "rev-parse", "--is-shallow-repository") != "false\n":
        return {}
    told = _git(root, "log", "--format=%x00%cs", "--name-only", "--no-renames", "--relative", "--", folder)
    found: dict[str, Dates] = {}
    for commit in told.split("\0")[1:]:  # the newest comes first
        day, *names = commit.split("\n")
        for name in filter(None, names):
            found[name] = Dates(day, found[name].last if name in found else day)
    return found


def _git(root: Path, *arguments: str) -> str:
    """What git says; nothing where it is missing, or says that something is wrong."""
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=True)
    except (OSError, subprocess.CalledProcessError, UnicodeDecodeError):
        return ""
    return done.stdout
