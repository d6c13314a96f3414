"""The page syntax: `snippet`, `claim`, `figure` and `numbers` fences, inline numbers; all found in Markdown.

This module only finds and names things; it looks nothing up. Markdown's own rules decide what counts:
an ordinary fence, double backticks, an HTML comment and a backslash all make the syntax literal.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

# Python-Markdown's own pattern for code spans (inlinepatterns.BACKTICK_RE), so that both see the same ones.
CODE_SPAN = r"(?:(?<!\\)((?:\\{2})+)(?=`+)|(?<!\\)(`+)(.+?)(?<!`)\2(?!`))"
_CODE_SPAN = re.compile(CODE_SPAN, re.DOTALL)
_ESCAPED = re.compile(r"(?<!\\)(?:\\{2})+(?=`)")
_FORM = re.compile(r"^\{python(?P<ref>[^}]*)\}(?P<expression>.*)$", re.DOTALL)
_QUOTED = re.compile(r"^\{quoted(?P<reason>[^}]*)\}(?P<text>.*)$", re.DOTALL)
_FENCE = re.compile(r"^(?P<prefix>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")
_HEADING = re.compile(r"^ {0,3}(?P<level>#{1,6})(?![#\w])(?P<text>.*)$")
_UNDERLINED = re.compile(r"^ {0,3}(?P<text>\S.*)$")
_UNDERLINE = re.compile(r"^[=-]+ *$")
_ANCHOR = re.compile(r"\{:?[^{}`]*#(?P<anchor>[^\s{}`]+)[^{}`]*\}\s*$")
_ASCII_ANCHOR = re.compile(r"^[A-Za-z][A-Za-z0-9_.-]*$")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<front>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_REF = re.compile(r"^(?P<snippet>[\w-]+)(?:#(?P<cell>\w+))?$")
_NAME = re.compile(r"^[a-z][a-z0-9-]*$")
_OPTION = re.compile(r"^(?P<key>[a-z]+):(?:\s+(?P<value>.*))?$")

FENCES = frozenset({"snippet", "claim", "figure", "numbers"})
REPEATABLE = frozenset({"note"})
CLAIM = "claim: "  # stands before the expression of a claim among the questions to a cell
DATA = "as JSON: "  # stands before the expression of a figure's data there; no Python expression begins so
FIGURE_TEXTS = ("snippet", "alt")  # the options of a figure that are no data


@dataclass(frozen=True)
class Ref:
    """A snippet, and one of its cells; without a cell, the snippet as a whole (for a number: its end)."""

    snippet: str
    cell: str = ""

    def __str__(self) -> str:
        return f"{self.snippet}#{self.cell}" if self.cell else self.snippet


@dataclass(frozen=True)
class Form:
    """An inline form: where it stands in its text (`start`, `end`) and its line.

    A number has the expression that it asks for; a quotation has its text in place of that, and the `reason`
    why it is typed and not computed.
    """

    start: int
    end: int
    line: int
    expression: str
    ref: Ref | None = None
    error: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Option:
    """A `key: value` line of a fence."""

    key: str
    value: str
    line: int


@dataclass(frozen=True)
class Fence:
    """One of our fences. `first` and `last` are its lines, counted from 1; `prefix` is its indentation.

    `name` is what a `figure` fence calls its figure.
    """

    kind: str
    first: int
    last: int
    prefix: str
    refs: tuple[Ref, ...] = ()
    options: tuple[Option, ...] = ()
    errors: tuple[tuple[int, str, str], ...] = ()
    name: str = ""

    def option(self, key: str) -> str:
        """The value of an option that stands once, or an empty string."""
        return next((option.value for option in self.options if option.key == key), "")


@dataclass(frozen=True)
class Heading:
    """A heading: its text without the anchor, and its explicit anchor or an empty string."""

    line: int
    anchor: str
    text: str = ""
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A run of lines outside fences, from line `first`; `forms` have offsets into `text`."""

    first: int
    text: str
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Body:
    """A page's Markdown, in source order."""

    parts: tuple[Text | Fence, ...]
    headings: tuple[Heading, ...]


def split_front_matter(source: str) -> tuple[str, str, int]:
    """Front matter, body, and how many lines stand before the body (as MkDocs strips them)."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(source)
    front = match["front"] if match else ""
    rest = source[match.end() :] if match else source
    body = rest.lstrip("\n")
    return front, body, source.count("\n") - body.count("\n")


def find_forms(text: str, first_line: int = 1) -> tuple[Form, ...]:
    """The inline numbers and quotations in a piece of text, in order."""
    if "{python" not in text and "{quoted" not in text:
        return ()
    forms = []
    # Markdown has taken out escaped backslashes before it looks at what stands behind them.
    for match in _CODE_SPAN.finditer(_ESCAPED.sub(lambda found: "\0" * len(found[0]), text)):
        if match[2] != "`":
            continue
        content = match[3].strip()
        line = first_line + text.count("\n", 0, match.start())
        if quoted := _QUOTED.match(content):
            reason, typed = quoted["reason"].strip(), " ".join(quoted["text"].split())
            error = "" if reason and typed else "the quotation has no reason or no text"
            forms.append(Form(match.start(), match.end(), line, typed, error=error, reason=reason or "?"))
        if not (form := _FORM.match(content)):
            continue
        expression = " ".join(form["expression"].split("\n")).strip()
        ref_text = form["ref"].strip()
        ref, error = None, ""
        if ref_text:
            found = _REF.match(ref_text)
            if found and form["ref"][0].isspace():
                ref = Ref(found["snippet"], found["cell"] or "")
            else:
                error = f"`{{python{form['ref']}}}` names no cell"
        if not error and not expression:
            error = "the inline number has no expression"
        elif not error:
            error = check_expression(expression)
        forms.append(Form(match.start(), match.end(), line, expression, ref, error))
    return tuple(forms)


def f_string(expression: str) -> str:
    """The f-string whose braces hold the expression; the blank keeps a set or dict from doubling a brace."""
    return f'f"""{{ {expression}}}"""'


def check_expression(expression: str) -> str:
    """Why the expression could not stand between the braces of an f-string, or an empty string."""
    try:
        parsed = ast.parse(f_string(expression), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = getattr(error, "msg", None) or str(error)
        return f"`{expression}` is no Python expression ({reason.removeprefix('f-string: ')})"
    values = parsed.values if isinstance(parsed, ast.JoinedStr) else []
    fields = [value for value in values if isinstance(value, ast.FormattedValue)]
    if len(fields) != 1 or values[-1] is not fields[0]:
        return f"`{expression}` is not one expression"
    if any(
        isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom) for node in ast.walk(parsed)
    ):
        return f"`{expression}` would change what it looks at"
    return ""


def check_bare(expression: str) -> str:
    """Why the expression, without a format behind it, could not be evaluated, or an empty string."""
    if error := check_expression(expression):
        return error
    try:
        ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return f"`{expression}` is not an expression alone"
    return ""


def parse_body(body: str) -> Body:
    """Find everything of ours in a page's Markdown (without front matter). Lines count from 1."""
    lines = body.split("\n")
    parts: list[Text | Fence] = []
    headings: list[Heading] = []
    text_from = 0
    index = 0

    def end_text(until: int) -> None:
        if until > text_from:
            parts.extend(_texts(lines[text_from:until], text_from + 1))

    while index < len(lines):
        if lines[index].lstrip().startswith("<!--"):  # what is in a comment is not on the page
            index = _end_of_comment(lines, index)
            continue
        opening = _FENCE.match(lines[index]) if "```" in lines[index] or "~~~" in lines[index] else None
        if opening is None:
            if heading := _heading(lines, index):
                text, level = heading
                anchor = _ANCHOR.search(text)
                words = text[: anchor.start()] if anchor else text
                headings.append(Heading(index + 1, anchor["anchor"] if anchor else "", words.strip(), level))
            index += 1
            continue
        close = _closing(lines, index, opening)
        kind = opening["info"].split()[0] if opening["info"].split() else ""
        if close is None:
            if kind in FENCES:
                end_text(index)
                error = (
                    index + 1,
                    f"the `{kind}` fence is never closed",
                    f"Close it with {opening['fence']} as far in as it opens.",
                )
                parts.append(Fence(kind, index + 1, len(lines), opening["prefix"], errors=(error,)))
                text_from = index = len(lines)
            else:  # Markdown does not take it for a fence either
                index += 1
            continue
        end_text(index)
        if kind in FENCES:
            parts.append(_fence(kind, lines, index, close, opening))
        text_from = index = close + 1
    end_text(len(lines))
    return Body(tuple(parts), tuple(headings))


def bad_anchor(heading: Heading) -> str:
    """What is wrong with a heading's anchor, or an empty string."""
    if not heading.anchor:
        return "the heading has no anchor of its own"
    if not _ASCII_ANCHOR.match(heading.anchor):
        return f"the anchor `{heading.anchor}` is not plain ASCII"
    return ""


def _heading(lines: list[str], index: int) -> tuple[str, int] | None:
    """Text and level of the heading on line `index`: by `#`, or a block's first line with a line under it."""
    if heading := _HEADING.match(lines[index]):
        return heading["text"], len(heading["level"])
    begins = index == 0 or not lines[index - 1].strip()
    if begins and index + 1 < len(lines) and _UNDERLINE.match(lines[index + 1]):
        found = _UNDERLINED.match(lines[index])
        return (found["text"], 1 if lines[index + 1].startswith("=") else 2) if found else None
    return None


def _end_of_comment(lines: list[str], start: int) -> int:
    """Index of the line behind the comment that begins on line `start`."""
    if "-->" in lines[start].lstrip()[4:]:
        return start + 1
    return next((index + 1 for index in range(start + 1, len(lines)) if "-->" in lines[index]), len(lines))


def _closing(lines: list[str], start: int, opening: re.Match[str]) -> int | None:
    """Index of the line that closes the fence, or None."""
    mark = opening["fence"]
    depth = opening["prefix"].count(">")
    for index in range(start + 1, len(lines)):
        line = lines[index].strip(" \t") if not depth else lines[index].lstrip(" \t>").rstrip()
        if line.startswith(mark) and not line.strip(mark[0]):
            return index
    return None


def _fence(kind: str, lines: list[str], start: int, close: int, opening: re.Match[str]) -> Fence:
    """Read the references and options of one of our fences."""
    refs: list[Ref] = []
    options: list[Option] = []
    errors: list[tuple[int, str, str]] = []
    name = ""
    extra = opening["info"].split()[1:]
    if extra:
        errors.append(
            (
                start + 1,
                f"`{' '.join(extra)}` stands behind `{kind}`",
                "Put each option on a line of its own.",
            )
        )
    for index in range(start + 1, close):
        line = lines[index].lstrip(" \t>").strip()
        number = index + 1
        if not line:
            continue
        if option := _OPTION.match(line):
            key = option["key"]
            if key not in REPEATABLE and any(known.key == key for known in options):
                errors.append((number, f"the option `{key}` stands twice", "Leave one."))
            options.append(Option(key, (option["value"] or "").strip(), number))
            if kind == "figure" and key == "snippet" and options[-1].value:
                if ref := _REF.match(options[-1].value):
                    refs.append(Ref(ref["snippet"], ref["cell"] or ""))
                else:
                    message = f"`{options[-1].value}` names no cell"
                    errors.append((number, message, "Write `snippet: name#cell`."))
        elif kind == "figure" and not name and not options and _NAME.match(line):
            name = line
        elif kind == "figure":
            errors.append((number, f"`{line}` is no option of a figure", "Write `key: expression`."))
        elif ref := _REF.match(line):
            refs.append(Ref(ref["snippet"], ref["cell"] or ""))
        else:
            errors.append(
                (number, f"`{line}` is neither a cell nor an option", "Write `snippet#cell` or `key: value`.")
            )
    if kind == "figure":
        if not name and not errors:
            advice = "Write its name on the first line in it."
            errors.append((start + 1, "the `figure` fence names no figure", advice))
        if not refs and not errors:
            advice = "Name the cell that its data comes from: `snippet: name#cell`."
            errors.append((start + 1, "the `figure` fence has no `snippet:`", advice))
    elif not refs and kind != "claim":  # a claim without one is about the cell embedded above, like a number
        what = "`snippet#cell`" if kind == "snippet" else "`environment` or `snippets`"
        errors.append(
            (start + 1, f"the `{kind}` fence names nothing to show", f"Write {what} on a line in it.")
        )
    return Fence(
        kind, start + 1, close + 1, opening["prefix"], tuple(refs), tuple(options), tuple(errors), name
    )


def _texts(lines: list[str], first: int) -> list[Text]:
    """Cut a run of lines at blank lines and comments, since a code span reaches over neither."""
    texts: list[Text] = []
    block: list[str] = []
    block_first = first
    in_comment = False
    for offset, line in enumerate([*lines, ""]):
        if not in_comment and line.lstrip().startswith("<!--"):
            in_comment = True
            ends = "-->" in line.lstrip()[4:]
            boundary = True
            if ends:
                in_comment = False
        elif in_comment:
            boundary = True
            in_comment = "-->" not in line
        else:
            boundary = not line.strip()
        if boundary:
            if block:
                text = "\n".join(block)
                texts.append(Text(block_first, text, find_forms(text, block_first)))
            block, block_first = [], first + offset + 1
        else:
            block.append(line)
    return texts
