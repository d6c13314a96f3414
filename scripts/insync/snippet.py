"""Snippet files: Jupytext percent cells, named, with Jupyter's own tags.

Read here rather than by Jupytext, whose import alone takes longer than a warm build of a small site; a
test holds this reader to what Jupytext reads.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insync.problem import InsyncError, Place, Problem

if TYPE_CHECKING:
    from pathlib import Path

RAISES = "raises-exception"
HIDE_INPUT = "hide-input"
HIDE_OUTPUT = "hide-output"
TAGS = frozenset({RAISES, HIDE_INPUT, HIDE_OUTPUT})

_HEADER = re.compile(r"^#\s*%%(?!%)(?P<rest>.*)$")
_TITLE = re.compile(r"^\s*(?P<name>[^\[\]{}=\s]*)\s*(?P<options>.*?)\s*$")
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_TAGS_OPTION = re.compile(r"^tags\s*=\s*(?P<list>\[.*\])$")


@dataclass(frozen=True)
class Cell:
    """One cell. `line` is the line of the file (from 1) on which `source` starts."""

    name: str
    source: str
    line: int
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Snippet:
    """A snippet file, read. `name` is the file's name without its ending."""

    name: str
    path: Path
    cells: tuple[Cell, ...]

    def cell(self, name: str) -> Cell | None:
        """The cell of that name, or None."""
        return next((cell for cell in self.cells if cell.name == name), None)


def read_snippet(path: Path) -> Snippet:
    """Read a snippet file; raises InsyncError with the line where it does not follow the form."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _error(path, 0, "there is no such snippet file", "Create it, or correct its name.") from None
    except UnicodeDecodeError as error:
        raise _error(path, 0, f"the file is not UTF-8 (byte {error.start})", "Save it as UTF-8.") from None
    except OSError as error:
        raise _error(path, 0, f"the file cannot be read: {error.strerror}", "Make it readable.") from None
    return parse_snippet(path, text)


def parse_snippet(path: Path, text: str) -> Snippet:
    """Split the text of a snippet file into its cells."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    headers = [(number, match) for number, line in enumerate(lines, 1) if (match := _HEADER.match(line))]

    first = headers[0][0] if headers else len(lines) + 1
    for number, line in enumerate(lines[: first - 1], 1):
        if line.strip() and not line.lstrip().startswith("#"):
            raise _error(
                path,
                number,
                "code stands above the first cell",
                "Start the cell with a line `# %% its_name`.",
            )
    if not headers:
        raise _error(path, 1, "the snippet has no cell", "Start each cell with a line `# %% its_name`.")

    cells: list[Cell] = []
    ends = [number for number, _ in headers[1:]] + [len(lines) + 1]
    for (number, match), end in zip(headers, ends, strict=True):
        name, tags = _header(match["rest"], path, number)
        if any(cell.name == name for cell in cells):
            raise _error(path, number, f"two cells are named `{name}`", "Give one of them another name.")
        body = lines[number : end - 1]
        while body and not body[-1].strip():
            body.pop()
        skipped = next((index for index, line in enumerate(body) if line.strip()), None)
        if skipped is None:
            raise _error(path, number, f"the cell `{name}` is empty", "Give it code, or take it out.")
        cells.append(Cell(name, "\n".join(body[skipped:]), number + 1 + skipped, tags))
    return Snippet(path.stem, path, tuple(cells))


def _header(rest: str, path: Path, line: int) -> tuple[str, frozenset[str]]:
    """Name and tags of a cell from what follows `# %%`."""
    match = _TITLE.match(rest)
    name, options = (match["name"], match["options"]) if match else ("", rest)
    if not _NAME.match(name):
        if options.startswith("["):
            raise _error(
                path,
                line,
                f"`{options}` cells are not for snippets",
                "Prose stands on the pages, in both languages.",
            )
        what = f"`{name}` is no cell name" if name else "the cell has no name"
        raise _error(
            path, line, what, "Name it in lower case: `# %% by_hand` (letters, digits, underscores)."
        )
    if not options:
        return name, frozenset()
    found = _TAGS_OPTION.match(options)
    tags: object = None
    if found:
        try:
            tags = ast.literal_eval(found["list"])
        except (ValueError, SyntaxError):
            tags = None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _error(
            path,
            line,
            f"`{options}` is not understood",
            'After the name only `tags=["raises-exception"]` may stand.',
        )
    for tag in tags:
        if tag not in TAGS:
            raise _error(path, line, f"there is no tag `{tag}`", "There is: " + ", ".join(sorted(TAGS)) + ".")
    return name, frozenset(tags)


def _error(path: Path, line: int, message: str, advice: str) -> InsyncError:
    return InsyncError(Problem(message, advice, snippet=Place(path, line)))
