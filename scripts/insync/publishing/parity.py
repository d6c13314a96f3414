"""Two languages, one site: the same pages with the same things in the same order."""

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from insync.pages.fences import Fence
from insync.pages.forms import Form, find_forms
from insync.pages.front import key_lines
from insync.pages.labels import equations, references
from insync.pages.scan import Page
from insync.pages.syntax import Text
from insync.problem import InsyncError, Place, Problem
from insync.project.project import Project
from insync.publishing.outputs import write_file

_CODE = r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
_LABEL = r"(?:[^\[\]`]|`[^`]*`|!?\[(?:[^\[\]`]|`[^`]*`)*\](?:\([^()]*\))?)*"
_LINK = re.compile(
    rf"{_CODE}|(?P<image>!?)\[(?P<label>{_LABEL})\]\((?P<target>[^)\s]+)[^)]*\)(?P<attributes>\{{:?[^{{}}]*\}})?"
    r"|<(?P<address>https?://[^>]+)>|^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*(?P<definition>\S+)"
    r"|<(?P<tag>a|img)\b[^<>]*?\b(?:href|src)=[\"'](?P<reference>[^\"']+)[\"'][^<>]*>",
    re.DOTALL | re.MULTILINE,
)
_FIELDS = ("date", "notebook", "script", "slug")  # what the addresses of the page and its files are made of
_ONLY = re.compile(r"\.(?P<language>[a-z]+)-only\b")


@dataclass(frozen=True)
class Item:
    """One thing that both languages must have: its kind, what must be equal, and its line."""

    kind: str
    what: str
    line: int


def parity(project: Project) -> Iterator[Problem]:
    """Every difference between the languages' pages; the first one of each pair of pages."""
    source, *others = project.settings.pages
    pages = {folder: _pages(project, folder) for folder in project.settings.pages}
    for other in others:
        for there, lacks, more in ((source, other, ""), (other, source, ", or take it out")):
            if lacks == other and not project.settings.language_of(other / "page.md").complete:
                continue
            for name in sorted(pages[there].keys() - pages[lacks].keys()):
                message = f"the page has no counterpart in {lacks.name}"
                advice = f"Write it in {lacks.name} too{more}."
                yield Problem(message, advice, Place(pages[there][name].path))
        for name in sorted(pages[source].keys() & pages[other].keys()):
            original, translation = pages[source][name], pages[other][name]
            yield from _compare(original, translation, (source.name, other.name))
            yield from _age(original, translation)


def digest(page: Page) -> str:
    """What a translation notes of its source: eight digits that change when the page's text does."""
    texts = [page.front, *(part.text for part in page.body.parts if isinstance(part, Text))]
    texts += [f"{option.key}: {option.value}" for fence in page.fences for option in fence.options]
    return hashlib.sha256(" ".join("\n".join(texts).split()).encode()).hexdigest()[:8]


def translated_from(page: Page) -> str:
    """The digest that a translation's front matter notes, or an empty string."""
    return str(page.meta.get("translation_of", ""))


def note_translations(project: Project, wanted: Collection[Path]) -> Iterator[Path]:
    """Note that these translated pages, or all, say what their sources say now; gives those that changed.

    Raises InsyncError for one that is no translation of a page.
    """
    source, *others = project.settings.pages
    by_path = {page.path: page for page in project.pages}
    unknown = set(wanted)
    for path in sorted(by_path):
        folder = next((each for each in others if each in path.parents), None)
        if folder is None or (wanted and path not in wanted):
            continue
        original = by_path.get(source / path.relative_to(folder))
        if original and _note(path, digest(original)):
            yield path
        unknown.discard(path)
    for path in sorted(unknown):
        folders = ", ".join(str(Place(folder)) for folder in others) or "none here"
        advice = f"Name a page of a translation (they are in: {folders})."
        raise InsyncError.of("there is no such translated page", advice, Place(path))


def items(page: Page, language: str) -> list[Item]:
    """What a page has that its translation must have too, in order."""
    found = [
        Item("heading", f"{'#' * heading.level} {{ #{heading.anchor} }}", page.offset + heading.line)
        for heading in page.body.headings
    ]
    lines = key_lines(page.front)
    found += [Item("field", f"`{key}: {page.meta[key]}`", lines[key]) for key in _FIELDS if key in page.meta]
    for line, text in enumerate(page.front.split("\n"), 2):
        found += _text_items(text, find_forms(text, line), line, language)
    for part in page.body.parts:
        if isinstance(part, Text):
            found += _text_items(part.text, part.forms, part.first, language, page.offset)
        else:
            found.append(Item("fence", _fence_text(part), page.offset + part.first))
            for option in part.options:
                forms = find_forms(option.value, option.line)
                found += _text_items(option.value, forms, option.line, language, page.offset)
    for question in page.questions:
        if question.asked.purpose == "number":  # the others are compared with their fences
            found.append(Item("number", f"`{{python {question.ref}}} {question.asked}`", question.line))
    return sorted(found, key=lambda item: item.line)


def _pages(project: Project, folder: Path) -> dict[str, Page]:
    pages = (page for page in project.pages if folder in page.path.parents)
    return {page.path.relative_to(folder).as_posix(): page for page in pages}


def _compare(here: Page, there: Page, languages: tuple[str, str]) -> Iterator[Problem]:
    """The first difference of each kind of thing."""
    ours, theirs = items(here, languages[0]), items(there, languages[1])
    same = "Give both pages the same, in the same order."
    for kind in dict.fromkeys(item.kind for item in [*ours, *theirs]):
        mine = [item for item in ours if item.kind == kind]
        other = [item for item in theirs if item.kind == kind]
        pairs = zip_longest(mine, other)
        left, right = next((pair for pair in pairs if not _alike(*pair)), (None, None))
        if left and right:
            message = f"the {kind} is {right.what}; in {Place(here.path, left.line)} it is {left.what}"
            yield Problem(message, same, Place(there.path, right.line))
        elif extra := left or right:
            page, side, language = (here, there, languages[0]) if left else (there, here, languages[1])
            advice = f"Link it in both, or mark it: [text](address){{ .{language}-only }}."
            message = f"the {kind} {extra.what} has no counterpart in {Place(side.path)}"
            yield Problem(message, advice if kind == "link" else same, Place(page.path, extra.line))


def _alike(left: Item | None, right: Item | None) -> bool:
    return left is not None and right is not None and left.what == right.what


def _age(here: Page, there: Page) -> Iterator[Problem]:
    noted, name = translated_from(there), Place(there.path)
    if noted != digest(here):
        source = Place(here.path)
        what = f"{source} has changed since" if noted else f"it does not say which {source} it translates"
        advice = f"Read both, then run: insync translated {name}"
        yield Problem(f"the translation may be out of date: {what}", advice, name)


def _text_items(
    text: str, forms: Sequence[Form], first: int, language: str, offset: int = 0
) -> Iterator[Item]:
    for form in forms:
        if form.reason:
            yield Item("quotation", form.expression, offset + form.line)
    for name, line in equations(text, first):
        yield Item("equation", f"`{{ #{name} }}`", offset + line)
    for name, line in references(text, first):
        yield Item("reference", f"`@{name}`", offset + line)
    for match in _LINK.finditer(text):
        line = first + text.count("\n", 0, match.start())
        if match["label"]:  # of a link on a picture
            yield from _text_items(match["label"], (), line, language, offset)
        target = match["target"] or match["address"] or match["definition"] or match["reference"]
        only = _ONLY.search(match["attributes"] or "")
        if target and not (only and only["language"] == language):
            image = match["image"] or match["tag"] == "img"
            yield Item("image" if image else "link", target, offset + line)


def _fence_text(fence: Fence) -> str:
    """A fence as both languages must have it: kind, cells, and of its options what is no text."""
    options = (f"{option.key}: {fence.parted(option)[0]}".rstrip() for option in fence.options)
    return "`" + " ".join([fence.kind, *filter(None, [fence.name]), *map(str, fence.refs), *options]) + "`"


def _note(path: Path, digits: str) -> bool:
    """Write the digest into a page's front matter; whether that changed the file."""
    text = path.read_bytes().decode("utf-8-sig")
    line = f'translation_of: "{digits}"'
    front = re.match(r"---[ \t]*\r?\n(.*?\n)??(?=---|\.\.\.)", text, re.DOTALL)
    if front is None:
        changed = f"---\n{line}\n---\n\n{text}"
    elif re.search(r"^translation_of:", front[0], re.MULTILINE):
        changed = re.sub(r"^translation_of:[^\r\n]*", line, text, count=1, flags=re.MULTILINE)
    else:
        changed = re.sub(r"\A---[ \t]*(\r?\n)", rf"---\1{line}\1", text, count=1)
    if changed != text:
        write_file(path, changed)
    return changed != text
