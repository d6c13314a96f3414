"""Snippet files: Jupytext percent cells, named, with Jupyter's own tags.

Read here rather than by Jupytext, whose import alone takes longer than a warm build of a small site; a
test holds this reader to what Jupytext reads.
"""

import ast
import contextlib
import functools
import io
import itertools
import re
import sys
import tokenize
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from insync.problem import InsyncError, Place

RAISES = "raises-exception"
HIDE_INPUT = "hide-input"
HIDE_OUTPUT = "hide-output"
TAGS = frozenset({RAISES, HIDE_INPUT, HIDE_OUTPUT})

# Whatever imports one of these names would be given a snippet of that name: its folder comes first.
_TAKEN = sys.stdlib_module_names | {"insync", "matplotlib", "numpy", "torch"}
_HEADER = re.compile(r"^#\s*%%(?!%)(?P<rest>.*)$")
_TITLE = re.compile(r"^\s*(?P<name>[^\[\]{}=\s]*)\s*(?P<options>.*?)\s*$")
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True)
class Cell:
    """One cell. `line` is the line of the file (from 1) on which `source` starts.

    `normalise` are patterns of what two runs print differently (a time); `not_portable` is the reason why
    another processor may give other digits. Neither changes what a page shows.
    """

    name: str
    source: str
    line: int
    tags: frozenset[str] = frozenset()
    normalise: tuple[str, ...] = ()
    not_portable: str = ""


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


@functools.lru_cache(maxsize=1024)  # each build of a language reads them all
def parse_snippet(path: Path, text: str) -> Snippet:
    """Split the text of a snippet file into its cells."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if path.stem in _TAKEN:
        advice = f"Name it otherwise: `import {path.stem}` would find it, in other snippets and for readers."
        raise _error(path, 0, f"`{path.stem}` is the name of a module", advice)
    in_strings = _lines_in_strings(text)
    headers = [
        (number, match)
        for number, line in enumerate(lines, 1)
        if number not in in_strings and (match := _HEADER.match(line))
    ]

    for number, match in headers:
        if match["rest"][:1].strip():
            advice = (
                "A cell's name stands behind a blank: `# %% its_name`; IPython's magics are not for snippets."
            )
            raise _error(path, number, f"`%%{match['rest'].strip()}` begins no cell", advice)
    first = headers[0][0] if headers else len(lines) + 1
    for number, line in enumerate(lines[: first - 1], 1):
        if line.strip() and not line.lstrip().startswith("#"):
            advice = "Start the cell with a line `# %% its_name`."
            raise _error(path, number, "code stands above the first cell", advice)
    if not headers:
        raise _error(path, 1, "the snippet has no cell", "Start each cell with a line `# %% its_name`.")

    cells: list[Cell] = []
    ends = [number for number, _ in headers[1:]] + [len(lines) + 1]
    for (number, match), end in zip(headers, ends, strict=True):
        cell = _header(match["rest"], path, number)
        name = cell.name
        if any(other.name == name for other in cells):
            raise _error(path, number, f"two cells are named `{name}`", "Give one of them another name.")
        body = lines[number : end - 1]
        while body and not body[-1].strip():
            body.pop()
        skipped = next((index for index, line in enumerate(body) if line.strip()), None)
        if skipped is None:
            raise _error(path, number, f"the cell `{name}` is empty", "Give it code, or take it out.")
        cells.append(replace(cell, source="\n".join(body[skipped:]), line=number + 1 + skipped))
    return Snippet(path.stem, path, tuple(cells))


def _lines_in_strings(text: str) -> set[int]:
    """The lines that begin inside a string, as far as the file can be read as Python."""
    inside: set[int] = set()
    opened = 0
    if '"""' not in text and "'''" not in text:
        return inside
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            kind = tokenize.tok_name[token.type]
            opened = token.start[0] if kind == "FSTRING_START" else opened
            if kind in ("STRING", "FSTRING_END"):
                first = token.start[0] if kind == "STRING" else opened
                inside.update(range(first + 1, token.end[0] + 1))
    return inside


def _header(rest: str, path: Path, line: int) -> Cell:
    """A cell without its source, from what follows `# %%`."""
    match = _TITLE.match(rest)
    name, options = (match["name"], match["options"]) if match else ("", rest)
    if not _NAME.match(name):
        if options.startswith("["):
            advice = "Prose stands on the pages, in both languages."
            raise _error(path, line, f"`{options}` cells are not for snippets", advice)
        what = f"`{name}` is no cell name" if name else "the cell has no name"
        advice = "Name it in lower case: `# %% by_hand` (letters, digits, underscores)."
        raise _error(path, line, what, advice)
    return Cell(name, "", line, **_options(options, path, line))


def _options(text: str, path: Path, line: int) -> dict[str, Any]:
    """The `key=value` pairs behind a cell's name, as Jupytext writes metadata."""
    try:
        # As the arguments of a call Python itself splits and reads them; Jupytext puts blanks, not commas.
        call = ast.parse(f"f({_with_commas(text)})", mode="eval").body
        found = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}  # type: ignore[attr-defined]
        if call.args or len(found) < len(call.keywords):  # type: ignore[attr-defined]
            raise ValueError
    except (ValueError, SyntaxError, AttributeError, tokenize.TokenError):
        advice = 'After the name may stand: tags=["raises-exception"].'
        raise _error(path, line, f"`{text}` is not understood", advice) from None
    for key, value in found.items():
        if key not in _OPTIONS:
            raise _error(path, line, f"a cell has no option `{key}`", f"There is: {', '.join(_OPTIONS)}.")
        fits, example = _OPTIONS[key]
        if not fits(value):
            raise _error(path, line, f"`{key}` cannot be {value!r}", f"Write it so: {example}")
    for tag in found.get("tags", ()):
        if tag not in TAGS:
            raise _error(path, line, f"there is no tag `{tag}`", "There is: " + ", ".join(sorted(TAGS)) + ".")
    for pattern in found.get("normalise", ()):
        try:
            re.compile(pattern)
        except re.error as error:
            advice = "Write a regular expression as Python's `re` reads it."
            raise _error(path, line, f"`{pattern}` is no pattern: {error}", advice) from None
    found["tags"] = frozenset(found.get("tags", ()))
    found["normalise"] = tuple(found.get("normalise", ()))
    return found


def _with_commas(text: str) -> str:
    """The pairs with a comma before each but the first; what stands in strings is left alone."""
    tokens = itertools.pairwise(tokenize.generate_tokens(io.StringIO(text).readline))
    starts = [
        token.start[1] for token, after in tokens if token.type == tokenize.NAME and after.string == "="
    ]
    for start in reversed(starts[1:]):
        text = f"{text[:start]}, {text[start:]}"
    return text


def _strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _reason(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


# The options of a cell: whether a value can be one, and how to write it.
_OPTIONS: dict[str, tuple[Callable[[object], bool], str]] = {
    "tags": (_strings, 'tags=["raises-exception"]'),
    "normalise": (_strings, r'normalise=["[0-9.]+ ms"]'),
    "not_portable": (_reason, 'not_portable="training amplifies rounding"'),
}


def _error(path: Path, line: int, message: str, advice: str) -> InsyncError:
    return InsyncError.of(message, advice, snippet=Place(path, line))
