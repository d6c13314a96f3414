"""What went wrong, where, and what to do about it: the one form in which the engine reports errors."""

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Place:
    """A line of a file. `line` counts from 1; 0 stands for the file as a whole."""

    path: Path
    line: int = 0

    def __str__(self) -> str:
        try:
            shown = os.path.relpath(self.path)
        except ValueError:  # another drive, on Windows
            shown = str(self.path)
        if shown.startswith(".." + os.sep + ".."):
            shown = str(self.path)
        shown = shown.replace(os.sep, "/")
        return f"{shown}:{self.line}" if self.line else shown


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    `page` is the place on the page that asked; `snippet` the place in the snippet, where there is one;
    `detail` may have several lines (a traceback, the last lines of output).
    """

    message: str
    advice: str
    page: Place | None = None
    snippet: Place | None = None
    detail: str = ""

    def at(self, page: Place) -> "Problem":
        """The same problem, asked for by another place on a page."""
        return replace(self, page=page)

    def __str__(self) -> str:
        lines = [f"{self.page}: {self.message}" if self.page else self.message]
        if self.snippet:
            lines.append(f"  in {self.snippet}")
        lines += [f"  | {line}" for line in self.detail.splitlines()]
        lines.append(f"  What to do: {self.advice}")
        return "\n".join(lines)


class InsyncError(Exception):
    """One problem or several, raised to where they are reported."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    @classmethod
    def of(cls, message: str, advice: str, page: Place | None = None, **more: Any) -> "InsyncError":
        """The error that carries this one problem; what it takes is what Problem takes."""
        return cls(Problem(message, advice, page, **more))


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known word, or all of them when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(wrong, names, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return "There is: " + ", ".join(f"`{name}`" for name in names) + "." if names else "There is none yet."
