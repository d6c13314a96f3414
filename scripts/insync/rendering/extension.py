"""The adapter to Python-Markdown: finds out which page is being converted, and puts the numbers in."""

import html
import re
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from insync.pages.forms import CODE_SPAN
from insync.pages.front import split_front_matter
from insync.pages.scan import Page, as_markdown_reads, scan_body
from insync.problem import InsyncError, Place, Problem
from insync.project.project import Project
from insync.rendering.inline import Number, notice
from insync.rendering.leftovers import LEFT
from insync.rendering.markdown import render
from insync.rendering.problems import anchor_problems, inner_anchor_problems, page_problems
from insync.rendering.shared import shared_listing, shared_project
from insync.rendering.words import Words, words_of
from insync.settings import SETTINGS

try:  # an error of a page ends a build of MkDocs in a few lines, if it is MkDocs' own kind of error
    from mkdocs.exceptions import BuildError as _BuildError
except ImportError:
    _BuildError = Exception  # type: ignore[assignment, misc]

_BACKSLASH = f"{STX}{ord(chr(92))}{ETX}"
CLASS = "insync-number"
_IN_TAG = re.compile(r'<[a-zA-Z][^<>]*<(?:a|span) class="insync-number[^>]*? data-expression="([^"]*)"')
_TOKEN = re.compile("^\ue000(\\d+)\ue000$")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_MEANT = re.compile(r"\s*\{(?:python|quoted)\b")
# A browser would end a line behind the hyphen of 1e-06 or inside (5, 6, 8); longer values need such places.
_WHOLE = re.compile(r"(?=.{1,16}$)(\S+-\S+|\(.+\)|\[.+\])")
# Where a number must not be a link of its own: in another link, or in what is itself pressed or listed.
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PLAIN_INSIDE = _HEADINGS | {"a", "summary", "label", "button"}


class PageError(_BuildError):
    """Something on a page cannot be shown; the text names the page, the line and what to do."""


class InsyncExtension(Extension):
    """`markdown_extensions: - insync: {root: ., language: en}`; all else is set in pyproject.toml."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "root": [".", "The project's folder, which holds pyproject.toml"],
            "language": ["", "The language of the pages, one of the project's; empty: the first"],
        }
        for name in options:
            if name not in self.config:
                advice = f"Settings stand in {SETTINGS}: [tool.insync]."
                raise PageError(str(Problem(f"the extension insync has no option `{name}`", advice)))
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register the processors.

        29: behind Markdown's handling of line ends, before fences (25) are read. 191: just before Markdown's
        own code spans, and by the same pattern.
        """
        md.registerExtension(self)
        try:
            project = shared_project(Path(self.getConfig("root")))
            code = self.getConfig("language") or project.settings.languages[0].code
            words = words_of(project.settings.language(code))
        except InsyncError as error:
            raise PageError(str(error)) from None
        conversion = _Conversion(md, project, words)
        md.preprocessors.register(conversion, "insync", 29)
        md.inlinePatterns.register(_Numbers(CODE_SPAN, md, conversion), "insync", 191)
        # 15: after the inline patterns (20), before MkDocs makes addresses of links to files (0).
        md.treeprocessors.register(_PlainInside(md), "insync", 15)
        # 6: when attribute lists (8) have given headings their anchors, before `toc` (5) makes up the others.
        md.treeprocessors.register(_Anchors(md, conversion), "insync_anchors", 6)
        # Not a postprocessor: the table of contents runs those on each heading.
        md.treeprocessors.register(_Leftovers(md, conversion), "insync_leftovers", -1)


class _Conversion(Preprocessor):
    """Expands the directives in a page's text, and knows the page that is being converted just now."""

    def __init__(self, md: Markdown, project: Project, words: Words) -> None:
        super().__init__(md)
        self.project = project
        self.words = words
        self.path = Path("page.md")
        self.scanned = scan_body(self.path, "", 0)
        self.numbers: tuple[Number, ...] = ()
        self.used: set[int] = set()
        self._named: list[int] = []

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        self.path = page_path(self.md, self.project.settings.language(self.words.language).pages)
        self.used, self._named = set(), []
        if self.project.on_problem is None:
            self.project.start()
        page = self.scanned = self._page(text)
        self.project.ensure(page)
        problems = list(page_problems(self.project, page))
        if self.project.on_problem is None:  # else they are found in the files, where plugins have added none
            problems = [*anchor_problems(page), *problems]
        self.report(problems)
        listing = shared_listing(self.project)
        made = render(page, text, self.project, listing, self.words, self.md.htmlStash.store)
        self.numbers = made.numbers
        return made.text.split("\n")

    def _page(self, text: str) -> Page:
        """The page as the scan saw it, if it was this text; else scanned once more."""
        known = self.project.page(self.path)
        if known and known.text == as_markdown_reads(text):
            return known
        return scan_body(self.path, text, known.offset if known else front_matter_lines(self.path))

    def identity(self, number: Number) -> str:
        """An id for a number, so that one can link to it: of what is asked, and the same in every language.

        On no other page, in whose company this one may be read: a blog's list has the beginnings of many.
        """
        folder = self.project.settings.language_of(self.path).pages
        page = self.path.relative_to(folder) if folder in self.path.parents else self.path
        own = zlib.crc32(f"{page.as_posix()} {number.ref} {number.expression}".encode())
        again = self._named.count(own)
        self._named.append(own)
        return f"n{own:x}" + (f"-{again + 1}" if again else "")

    def end(self) -> list[str]:
        """Complain about numbers that Markdown never came to: raw HTML, abbreviations, indented code.

        Gives the placeholders of the notices that are to stand on the page.
        """
        # Markdown looks for code before it looks for tags, and so finds some in a tag's attributes.
        raw = "".join(block for block in self.md.htmlStash.rawHtmlBlocks if isinstance(block, str))
        in_tags = {html.unescape(expression) for expression in _IN_TAG.findall(raw)}
        advice = "Move it out of raw HTML, an abbreviation, a title option or an indented code block."
        problems = []
        for index, number in enumerate(self.numbers):
            if index not in self.used or number.expression in in_tags:
                message = f"the number `{number.expression}` stands where Markdown reads no code span"
                problems.append(Problem(message, advice, Place(self.path, number.line)))
        self.report(problems)
        return [self.md.htmlStash.store(notice(str(problem), self.words)) for problem in problems]

    def report(self, problems: Iterable[Problem]) -> None:
        """Tell what is wrong with the page: to whoever manages the build, else by an error."""
        found = list(problems)
        if found and self.project.on_problem is None:
            raise PageError(str(InsyncError(*found)))
        for problem in found:
            self.project.on_problem(problem)  # type: ignore[misc]


class _Numbers(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, conversion: _Conversion) -> None:
        super().__init__(pattern, md)
        self._conversion = conversion

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name; its stub has the old form
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[Element | str | None, int | None, int | None]:
        if m[1]:  # escaped backslashes: taken out as Markdown does, for else they hide the number behind them
            return m[1].replace("\\\\", _BACKSLASH), m.start(0), m.end(0)
        found = _TOKEN.match(m[3] or "") if m[2] == "`" else None
        if not found:
            return self._left(m)
        index = int(found[1])
        self._conversion.used.add(index)
        number = self._conversion.numbers[index]
        whole = " insync-whole" if _WHOLE.fullmatch(number.text) else ""
        if number.quoted:
            attributes = {"class": f"insync-quoted{whole}", "title": number.expression}
        elif number.failed:
            attributes = {"class": f"{CLASS} insync-failed"}
        else:
            attributes = {"class": f"{CLASS}{whole}", "data-expression": number.expression}
            attributes["data-cell"] = str(number.ref)
            attributes["id"] = self._conversion.identity(number)
        if number.link:
            attributes["href"] = number.link
        element = Element("a" if number.link else "span", attributes)
        # What looks like an entity, Markdown would leave as it is, for a browser to read.
        element.text = AtomicString(_ENTITY.sub("&amp;", number.text))
        return element, m.start(0), m.end(0)

    def _left(self, m: re.Match[str]) -> tuple[Element | None, int | None, int | None]:
        """Code that is to be a number or a quotation, and that the scan took for something else.

        Whether a reader would see it, is seen on the finished page: a comment in a list comes here as well.
        """
        if m[2] != "`" or not _MEANT.match(m[3]):
            return None, None, None
        element = Element("code", {LEFT: ""})
        element.text = AtomicString(m[3].strip())
        return element, m.start(0), m.end(0)


class _PlainInside(Treeprocessor):
    """Takes the link from numbers inside other links, headings and the like; the digits stay."""

    def run(self, root: Element) -> None:
        self._walk(root, inside=False)

    def _walk(self, element: Element, *, inside: bool) -> None:
        for child in element:
            if inside and child.get("class", "").startswith(CLASS):
                child.tag = "span"
                for name in ("href", "data-expression", "data-cell", "id"):
                    child.attrib.pop(name, None)
            else:
                self._walk(child, inside=inside or child.tag in _PLAIN_INSIDE)


class _Anchors(Treeprocessor):
    """Complains about headings without an anchor that the scan does not see: in lists, blocks and quotes."""

    def __init__(self, md: Markdown, conversion: _Conversion) -> None:
        super().__init__(md)
        self._conversion = conversion

    def run(self, root: Element) -> None:
        unnamed = sum(element.tag in _HEADINGS and not element.get("id") for element in root.iter())
        if unnamed > sum(not heading.anchor for heading in self._conversion.scanned.body.headings):
            self._conversion.report(inner_anchor_problems(self._conversion.scanned))


class _Leftovers(Treeprocessor):
    def __init__(self, md: Markdown, conversion: _Conversion) -> None:
        super().__init__(md)
        self._conversion = conversion

    def run(self, root: Element) -> None:
        for placeholder in self._conversion.end():
            paragraph = Element("p")
            paragraph.text = AtomicString(placeholder)
            root.insert(0, paragraph)


def page_path(md: Markdown, pages: Path) -> Path:
    """The file of the page being converted, as MkDocs or Zensical tell it; else a stand-in.

    In the folder of pages, however the generator came to that (by a link, say).
    """
    file = getattr(md.treeprocessors["relpath"], "file", None) if "relpath" in md.treeprocessors else None
    told: list[str | None] = [getattr(file, "src_uri", None)]
    told += [getattr(getattr(each, "page", None), "path", None) for each in md.preprocessors]
    inside = next((name for name in told if name), None)
    if inside and (pages / inside).is_file():
        return pages / inside
    return Path(getattr(file, "abs_src_path", None) or inside or "page.md")


def front_matter_lines(path: Path) -> int:
    """How many lines stand above the text that Markdown is given; 0 when there is no such file."""
    try:
        return split_front_matter(path.read_text(encoding="utf-8"))[2]
    except (OSError, UnicodeDecodeError):
        return 0
