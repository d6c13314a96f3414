"""What a snippet says to people: its comments, its docstrings, and the words that it prints or plots."""

import ast
import functools
import html
import inspect
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from insync.running.record import Output

_WORD = re.compile(r"[^\W\d_]{3}")  # a letter or two is a name: L, K, dx
_DIRECTIVE = re.compile(r"(?:noqa|type:|fmt:|ruff:|pragma)")
_QUOTES = re.compile(r'[a-zA-Z]*("""|\'\'\'|"|\')')
PRINTED = ("stdout", "value")
_F_STRING = re.compile(r"\(?\s*[rR]?[fF]")
_BRACES = re.compile(r"(\{(?:[^{}]|\{[^{}]*\})*\})")  # one pair may stand in another: {x:{width}}
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
PLOT_TEXT = re.compile(r"(?<=>)[^<>]+(?=</text>)")


@dataclass(frozen=True)
class Phrase:
    """A piece of code that says something: `text` as it is translated, `start` to `end` where it stands.

    `line` and `column` count from 0. `kind` is `comment`, `docstring`, or `literal`: a string in the code, or
    a part of an f-string, that only says something where it is printed or plotted.
    """

    kind: str
    text: str
    start: int
    end: int
    line: int
    column: int


@functools.lru_cache(maxsize=4096)  # a cell is on pages of several languages, and in their notebooks
def phrases(source: str) -> tuple[Phrase, ...]:
    """All phrases of a cell's code in their order; none of code that is no Python.

    Comments in lines of their own that follow each other are one phrase of several lines.
    """
    try:
        tree = ast.parse(source)
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return ()
    places = _Places(source)
    found = [*_comments(tokens, places), *_strings(tree, places)]
    return tuple(sorted((each for each in found if _WORD.search(each.text)), key=lambda each: each.start))


def rewrite(code: str, phrase: Phrase, text: str) -> str:
    """The code of a phrase with another text in it, which has as many lines."""
    if phrase.kind == "literal":
        return _in_text(code, phrase.text, text)
    lines = text.split("\n")
    indent = " " * phrase.column
    if phrase.kind == "comment":
        return f"\n{indent}".join(f"# {line}".rstrip() for line in lines)
    quotes = _QUOTES.match(code)
    assert quotes is not None
    body = code[quotes.end() : -len(quotes[1])]
    head, tail = body[: len(body) - len(body.lstrip())], body[len(body.rstrip()) :]
    indented = "\n".join(line and indent + line for line in lines).lstrip()
    return f"{quotes[0]}{head}{indented}{tail}{quotes[1]}"


def is_given(phrase: Phrase, outputs: list[Output]) -> bool:
    """Whether a reader meets the phrase: a literal only in what the snippet printed or plotted."""
    if phrase.kind != "literal":
        return True
    whole = _whole_words(phrase.text)
    return any(whole.search(text) for output in outputs for text in _shown_texts(output))


def put_words(text: str, old: str, new: str) -> str:
    """The text with other words in it, where no letter goes on before or behind the old ones."""
    return _whole_words(old).sub(lambda _: new, text)


def _whole_words(text: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if text[:1].isalnum() else ""
    behind = r"(?!\w)" if text[-1:].isalnum() else ""
    return re.compile(before + re.escape(text) + behind)


def _in_text(code: str, old: str, new: str) -> str:
    """A string's code with other words in it; in the braces of an f-string only those in quotes are words."""
    if not _F_STRING.match(code):
        return put_words(code, old, new)
    pieces = _BRACES.split(code)
    pieces[::2] = [put_words(piece, old, new) for piece in pieces[::2]]
    pieces[1::2] = [_QUOTED.sub(lambda word: put_words(word[0], old, new), piece) for piece in pieces[1::2]]
    return "".join(pieces)


def _shown_texts(output: Output) -> list[str]:
    """What a snippet's own words may be in: what it printed, and the texts in its plots."""
    if output.kind == "plot":
        return [html.unescape(text) for text in PLOT_TEXT.findall(output.text)]
    return [output.text] if output.kind in PRINTED else []


class _Places:
    """From lines and columns, as Python's own tools count them, to places in a text."""

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self.source = source

    def of(self, line: int, column: int) -> int:
        """The place of a column in characters; lines count from 1."""
        return self._starts[line - 1] + column

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Where an expression begins and ends; `ast` counts columns in bytes."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        ends = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
        first, last = (self.of(line, self._characters(line, column)) for line, column in ends)
        return first, last

    def _characters(self, line: int, column: int) -> int:
        return len(self._lines[line - 1].encode()[:column].decode())


def _comments(tokens: list[tokenize.TokenInfo], places: _Places) -> Iterator[Phrase]:
    blocks: list[list[tokenize.TokenInfo]] = []
    for token in tokens:
        if token.type != tokenize.COMMENT or _DIRECTIVE.match(token.string.lstrip("# ")):
            continue
        last = blocks[-1][-1] if blocks else None
        alone = not token.line[: token.start[1]].strip()
        joins = last and last.start == (token.start[0] - 1, token.start[1])
        if last and joins and alone and not last.line[: last.start[1]].strip():
            blocks[-1].append(token)
        else:
            blocks.append([token])
    for block in blocks:
        text = "\n".join(token.string.lstrip("#").strip() for token in block)
        start, end = places.of(*block[0].start), places.of(*block[-1].end)
        line, column = block[0].start
        yield Phrase("comment", text, start, end, line - 1, column)


def _strings(tree: ast.Module, places: _Places) -> Iterator[Phrase]:
    docstrings = {id(node) for node in map(_docstring, ast.walk(tree)) if node}
    whole = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = {id(part) for node in whole for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.JoinedStr):
            found = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
            parts = [each for each in found if isinstance(each, str)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts = [node.value]
        else:
            continue
        start, end = places.span(node)
        raw = places.source[start:end]
        if id(node) in docstrings:
            quotes = _QUOTES.match(raw)
            text = inspect.cleandoc(raw[quotes.end() : -len(quotes[1])]).strip() if quotes else ""
            yield Phrase("docstring", text, start, end, node.lineno - 1, node.col_offset)
            continue
        for part in parts:
            text = str(part).strip()
            if text and text in raw:  # else it is written with escapes, or in several pieces
                yield Phrase("literal", text, start, end, node.lineno - 1, node.col_offset)


def _docstring(node: ast.AST) -> ast.expr | None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first.value if isinstance(first.value.value, str) else None
    return None
