"""Reads a page: what stands on it, and what it asks of the snippets."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from insync.pages.fences import KINDS, Fence
from insync.pages.forms import Form, Ref, find_forms
from insync.pages.front import front_problems, key_lines, read_meta, read_script, split_front_matter
from insync.pages.labels import Label, label_errors, labels_of
from insync.pages.syntax import Body, Text, parse_body
from insync.problem import InsyncError, Place, Problem
from insync.running.expression import Expression, bare_error

_FENCE_IN_ITEM = re.compile(rf"[\s>]*(?:[-*+]|\d+[.)])[ \t]+(?:`{{3,}}|~{{3,}})[ \t]*({'|'.join(KINDS)})\b")
OURS = "\ue000\ue001"  # what the engine marks places with, from the area for private use


@dataclass(frozen=True)
class Question:
    """An expression, and the cell after which it is to be evaluated (none: after the snippet's last)."""

    ref: Ref
    asked: Expression
    line: int


@dataclass(frozen=True)
class Page:
    """A page file, scanned: its `front` matter, and its `text` below that as Markdown reads it.

    `meta` is what the front matter says, as YAML; empty where it is not YAML. `labels` are what it numbers.

    Lines of `body` count from its own start; `offset` lines stand before it.
    """

    path: Path
    front: str
    text: str
    body: Body
    offset: int
    questions: tuple[Question, ...]
    shown: tuple[tuple[Ref, int], ...]
    errors: tuple[Problem, ...] = ()
    labels: tuple[Label, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False)  # `front` is compared

    @property
    def fences(self) -> Iterator[Fence]:
        """Its directives that are fences, in order."""
        return (part for part in self.body.parts if isinstance(part, Fence))

    @property
    def script(self) -> tuple[Ref, int] | None:
        """The cell whose code it offers as a file, and the line that says so."""
        ref = read_script(self.meta)
        return (ref, key_lines(self.front)["script"]) if ref else None

    def at(self, line: int) -> Place:
        """The place in the file of a line of its body."""
        return Place(self.path, self.offset + line)


def read_source(path: Path) -> str:
    """The text of a page file; raises InsyncError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"the page is not UTF-8 (byte {error.start})"
        raise InsyncError.of(message, "Save it as UTF-8.", Place(path)) from None
    except OSError as error:
        message = f"the page cannot be read: {error.strerror}"
        raise InsyncError.of(message, "Make it readable.", Place(path)) from None


def scan_page(path: Path) -> Page:
    """Read and scan a page file; raises InsyncError when it cannot be read."""
    return scan_text(path, read_source(path))


def scan_text(path: Path, source: str) -> Page:
    """Scan a page's whole text, front matter included."""
    front, text, offset = split_front_matter(source)
    page = scan_body(path, text, offset, front)
    found = list(front_problems(path, front, text, offset))
    for line, typed in enumerate(source.split("\n"), 1):
        if any(character in typed for character in OURS):
            advice = "Take it out; it may be invisible."
            found.append(Problem("insync needs U+E000 and U+E001 for itself", advice, Place(path, line)))
    return replace(page, errors=(*found, *page.errors), meta=read_meta(front))


def as_markdown_reads(text: str) -> str:
    """The text as Python-Markdown hands it to its extensions, but for the blank lines at its end."""
    text = text.replace("\x02", "").replace("\x03", "").expandtabs(4)
    return re.sub(r"(?<=\n) +\n", "\n", text).rstrip("\n")


def scan_body(path: Path, text: str, offset: int, front: str = "") -> Page:
    """Scan a page's text without front matter; `offset` is the number of lines that stand before it."""
    text = as_markdown_reads(text)
    body = parse_body(text)
    found: list[Question | Problem] = [*_fences_in_items(body, path, offset)]
    if "{python" in front:
        found += _numbers(find_forms(front, 2), None, path, 0)
    for part, ref, forms in bound(body):
        if isinstance(part, Fence):
            found += (Problem(what, advice, Place(path, offset + line)) for line, what, advice in part.errors)
        found += _numbers(forms, ref, path, offset)
        if isinstance(part, Fence):
            found += _asked_by(part, ref, path, offset)
    labels = labels_of(body)
    found += (
        Problem(what, advice, Place(path, offset + line)) for line, what, advice in label_errors(body, labels)
    )
    questions = tuple(each for each in found if isinstance(each, Question))
    errors = tuple(each for each in found if isinstance(each, Problem))
    fences = (part for part in body.parts if isinstance(part, Fence))
    shown = tuple((ref, offset + fence.first) for fence in fences for ref in fence.shown)
    return Page(path, front, text, body, offset, questions, shown, errors, labels)


def _fences_in_items(body: Body, path: Path, offset: int) -> Iterator[Problem]:
    """Our fences that begin behind a list's marker, where Markdown sees none."""
    for part in body.parts:
        for index, line in enumerate(part.text.split("\n") if isinstance(part, Text) else ()):
            if found := _FENCE_IN_ITEM.match(line):
                advice = "Begin it on a line of its own, as far in as the item's text, behind a blank line."
                message = f"the `{found[1]}` fence begins behind a list's marker"
                yield Problem(message, advice, Place(path, offset + part.first + index))


def bound(body: Body) -> Iterator[tuple[Text | Fence, Ref | None, tuple[Form, ...]]]:
    """Each part of a page with the cell to which its unnamed inline numbers belong, and those numbers.

    That cell is the one last embedded above; inside a fence, the fence's own last.
    """
    last: Ref | None = None
    for part in body.parts:
        if isinstance(part, Text):
            yield part, last, part.forms
            continue
        own = part.refs[-1] if part.of.cells and part.refs else None
        if part.of.shows:
            last = own or last
        lost = part.of.named and not part.refs  # its own error is enough
        options = () if lost else part.options
        forms = tuple(form for option in options for form in find_forms(option.value, option.line))
        yield part, own or last, forms


def splice(body: Body, text: str, write: Callable[[Text | Fence, Ref | None], list[str]]) -> str:
    """The page's text with what `write` makes of each part, given the part's cell, in the part's place."""
    lines = text.split("\n")
    out: list[str] = []
    done = 0
    for part, ref, _ in bound(body):
        out += [*lines[done : part.first - 1], *write(part, ref)]
        done = part.first + part.text.count("\n") if isinstance(part, Text) else part.last
    return "\n".join(out + lines[done:])


def _numbers(forms: Sequence[Form], ref: Ref | None, path: Path, offset: int) -> Iterator[Question | Problem]:
    """What inline numbers ask."""
    for form in forms:
        here = Place(path, offset + form.line)
        asked = form.ref or ref
        if form.error and form.reason:
            yield Problem(form.error, "Write it as `{quoted the release notes} 2.13.0`.", here)
        elif form.error:
            what = "what could stand between the braces of an f-string"
            yield Problem(form.error, f"Write it as `{{python}} total:.4f`: {what}.", here)
        elif form.reason:
            continue
        elif asked is None:
            advice = "Embed the cell above it, or name it: `{python snippet#cell} …`."
            yield Problem(f"no cell is embedded above `{form.expression}`", advice, here)
        else:
            yield Question(asked, Expression(form.expression), here.line)


def _asked_by(fence: Fence, ref: Ref | None, path: Path, offset: int) -> Iterator[Question | Problem]:
    """What a fence's own options ask."""
    for key in fence.of.required:
        if not fence.option(key):
            here = Place(path, offset + fence.first)
            yield Problem(f"the {fence.kind} has no `{key}:`", fence.of.advice, here)
            return
    for option in fence.options:
        purpose = fence.of.asked_for(option.key)
        if purpose is None or not option.value or (fence.of.named and not fence.refs):
            continue  # what is wrong with those is found where options are looked at
        # One that says one thing is one place.
        here = Place(path, offset + (option.line if fence.of.named else fence.first))
        if error := bare_error(option.value):
            yield Problem(error, fence.of.example.format(key=option.key), here)
        elif ref is None:
            advice = "Embed it above, or name it in the fence: `snippet#cell`."
            yield Problem(f"no cell is embedded above the {fence.kind}", advice, here)
        else:
            yield Question(ref, Expression(option.value, purpose), here.line)
