r"""TeX between dollar signs becomes MathML when the page is built: a reader's browser runs no script for it.

`$…$` stands in a line, `$$…$$` on lines of its own. The rules for a single dollar are Pandoc's: what could
be a price opens no formula ("$5 and $10" is text), and `\$` is always a dollar sign. Code spans and fences
are left alone; a code span *inside* a formula is put in as the text that it shows, which is how live numbers
get into equations: `` $0.1 + `{python} b:.4f`$ ``.

TeX that cannot be rendered ends the build with the page and the line, or, with the option `errors: page`, is
named on the page itself.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as etree  # noqa: N813 - as Python-Markdown itself calls it
from typing import TYPE_CHECKING, Any

from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE, STX, AtomicString

from conv1d_site.math_page import MathPage
from conv1d_site.roles import role_of
from conv1d_site.tex import MathError, tex_to_mathml, value_to_tex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown import Markdown

# The body of a formula: anything but a bare dollar; a backslash takes the next character with it.
_BODY = r"(?:\\.|[^\\$])+?"
# Marks that stand on the same line as the formula they touch. No square bracket: one may belong to a link.
_OPENING, _CLOSING = "(“‘（「『【《", ").,;:?%’”，。；：、！？）」』】》"
_INLINE = (
    r"(?<![\\$])(?:\\\\)*(?P<formula>"
    rf"(?P<opening>[{_OPENING}]*)"
    rf"(?:\$\$(?P<display>{_BODY})\$\$"
    rf"|\$(?!\$)(?P<inline>(?!\s){_BODY})(?<!\s)\$(?![\d$]))"
    rf"(?P<closing>[{_CLOSING}]*)"
    r")"
)
_BLOCK_OPENING = re.compile(r"^(?P<indent>[ \t]*)\$\$(?P<rest>.*)$")
# Behind the closing dollars an equation may have an address, and before them, as in TeX, a number.
_NAMED = re.compile(r"(?<=\$\$)[ \t]*\{:?[ \t]*#(?P<id>[\w-]+)[ \t]*\}$")
_TAG = re.compile(r"\s*\\tag\{(?P<number>[^{}]*)\}(?=\s*\$\$$)")
_BLOCK_PLACEHOLDER = f"{STX}mathml:%d{ETX}"
_BLOCK_PLACEHOLDER_RE = re.compile(rf"{STX}mathml:(\d+){ETX}")


class MathExtension(Extension):
    """Registers the steps: formulas on lines of their own are set aside and put back; all are rendered."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "errors": ["raise", "What bad TeX does: `raise` (ends the build) or `page` (is shown there)"]
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Registers the processors; the numbers are Python-Markdown's priorities, high ones first."""
        if "$" not in md.ESCAPED_CHARS:
            md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
        page = MathPage(md, errors_on_page=self.getConfig("errors") == "page")
        aside = _SetAside(md, page)
        # Behind the fences (25) and before HTML (20) is looked for: in TeX `<` is a relation.
        md.preprocessors.register(aside, "mathml", 22)
        # Before any page's preprocessor changes it, the text is kept for the line numbers of messages.
        md.preprocessors.register(_KeepSource(md, page), "mathml_source", 1000)
        # Between a list item's continuation (90) and indented code (80): both begin with four spaces.
        md.parser.blockprocessors.register(_PutBack(md.parser, aside), "mathml", 85)
        # Just below code spans (190): inside a formula they are placeholders by now, resolved to their text.
        md.inlinePatterns.register(_Render(md, page), "mathml", 185)
        md.treeprocessors.register(_PutBackAsText(md, aside), "mathml", 30)


class _KeepSource(Preprocessor):
    """Keeps the page's text as it came, to find line numbers in."""

    def __init__(self, md: Markdown, page: MathPage) -> None:
        super().__init__(md)
        self._page = page

    def run(self, lines: list[str]) -> list[str]:
        self._page.source = list(lines)
        return lines


class _SetAside(Preprocessor):
    """Takes formulas on lines of their own out of the text, where no rule of Markdown or HTML finds them."""

    def __init__(self, md: Markdown, page: MathPage) -> None:
        super().__init__(md)
        self._page = page
        self.formulas: list[str] = []

    def run(self, lines: list[str]) -> list[str]:
        self.formulas = []
        result: list[str] = []
        number = 0
        while number < len(lines):
            opening = _BLOCK_OPENING.match(lines[number])
            formula = self._formula(lines, number) if opening else None
            if opening is None or formula is None:
                result.append(lines[number])
                number += 1
                continue
            placeholder = opening["indent"] + _BLOCK_PLACEHOLDER % len(self.formulas)
            self.formulas.append("\n".join(line.removeprefix(opening["indent"]) for line in formula))
            number += len(formula)
            # A block of its own; a second blank line would end a footnote.
            before = [""] if result and result[-1].strip() else []
            after = [""] if number < len(lines) and lines[number].strip() else []
            result += [*before, placeholder, *after]
        return result

    def _formula(self, lines: list[str], first: int) -> list[str] | None:
        """The lines of the formula that opens on line `first`; None when that is prose with math in it."""
        alone = lines[first].strip() == "$$"
        inside_indent = len(lines[first]) - len(lines[first].lstrip())
        for last in range(first, len(lines)):
            line = _NAMED.sub("", lines[last].strip())
            if last > first and line and not alone and line.startswith("$$") and line != "$$":
                return None
            body = line.removeprefix("$$") if last == first else line
            closing = re.search(r"(?<!\\)(?:\\\\)*\$\$", body)
            if closing and not (last == first and alone):
                return lines[first : last + 1] if closing.end() == len(body) else None
            if last > first and line and len(lines[last]) - len(lines[last].lstrip()) < inside_indent:
                break
        if not alone:
            return None
        notice = self._page.problem("`$$` opens it and nothing closes it", lines[first])
        # Only reached when errors stand on the page: show it in place of the line.
        self._page.source = lines
        lines[first] = lines[first].replace("$$", str(notice.text))
        return None


class _PutBack(BlockProcessor):
    """Makes an element of a formula that was set aside; the inline patterns then go over its text."""

    def __init__(self, parser: Any, aside: _SetAside) -> None:
        super().__init__(parser)
        self._aside = aside

    def test(self, parent: etree.Element, block: str) -> bool:  # noqa: ARG002 - the base class's form
        return not block.startswith("    ") and _BLOCK_PLACEHOLDER_RE.fullmatch(block.strip()) is not None

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        match = _BLOCK_PLACEHOLDER_RE.fullmatch(blocks.pop(0).strip())
        assert match is not None
        formula = self._aside.formulas[int(match[1])]
        named = _NAMED.search(formula)
        formula = formula[: named.start()] if named else formula
        tag = _TAG.search(formula)
        if tag:  # beside the formula, which scrolls by itself where it is wide
            parent = etree.SubElement(parent, "div", {"class": "math-numbered"})
        element = etree.SubElement(parent, "div", {"class": "math-display"})
        element.text = _TAG.sub("", formula)
        if tag:
            etree.SubElement(parent, "span").text = AtomicString(f"({tag['number']})")
        if named:
            (parent if tag else element).set("id", named["id"])


class _PutBackAsText(Treeprocessor):
    """Restores what turned out to be no formula: dollars in an indented code block."""

    def __init__(self, md: Markdown, aside: _SetAside) -> None:
        super().__init__(md)
        self._aside = aside

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.text and _BLOCK_PLACEHOLDER_RE.search(element.text):
                restored = re.sub(rf"\n?([ ]*){_BLOCK_PLACEHOLDER_RE.pattern}\n?", self._text, element.text)
                element.text = type(element.text)(restored)

    def _text(self, match: re.Match[str]) -> str:
        text = "\n".join(match[1] + line for line in self._aside.formulas[int(match[2])].split("\n"))
        return html.escape(text, quote=False)


class _Render(InlineProcessor):
    """Turns a formula and its dollars into a `<math>` element."""

    def __init__(self, md: Markdown, page: MathPage) -> None:
        super().__init__(_INLINE, md)
        self._markdown = md
        self._page = page

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name; its stub is old
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[etree.Element, int, int]:
        """The formula's `<math>` element, or a notice in its place, and where in `data` it stands."""
        display = m["display"] is not None
        source = m["display"] if display else m["inline"]
        try:
            tex = INLINE_PLACEHOLDER_RE.sub(self._value, source)
            element = etree.fromstring(tex_to_mathml(tex, display))
        except MathError as error:
            element = self._page.problem(str(error), source)
        except etree.ParseError:
            element = self._page.problem("it holds a character that no web page may hold", source)
        for part in element.iter():
            if part.tag == "mi" and (role := role_of(part.text or "")):
                part.set("class", f"role-{role}")
            # No further pattern may look at these texts: `_` and `*` are operators now.
            if part.text:
                part.text = AtomicString(re.sub(r"&(?=#?\w+;)", "&amp;", part.text))  # is no entity's
        if m["opening"] or m["closing"]:
            element = _joined(m["opening"], element, m["closing"])
        return element, m.start("formula"), m.end("formula")

    def _value(self, placeholder: re.Match[str]) -> str:
        inline: Any = self._markdown.treeprocessors["inline"]
        node = inline.stashed_nodes[placeholder[1]]
        text = node if isinstance(node, str) else "".join(_texts(node))
        # Extensions that colour code spans leave their text in the stash for raw HTML.
        return value_to_tex(HTML_PLACEHOLDER_RE.sub(self._raw_text, text))

    def _raw_text(self, placeholder: re.Match[str]) -> str:
        raw = str(self._markdown.htmlStash.rawHtmlBlocks[int(placeholder[1])])
        return html.unescape(re.sub(r"<[^>]*>", "", raw))


def _joined(opening: str, formula: etree.Element, closing: str) -> etree.Element:
    """The formula with the marks that touch it: browsers break a line on either side of a `<math>` element.

    A word joiner (U+2060) does not keep Chromium from that.
    """
    joined = etree.Element("span", {"class": "math-joined"})
    joined.text = AtomicString(opening)
    joined.append(formula)
    formula.tail = AtomicString(closing)
    return joined


def _texts(node: etree.Element) -> Iterator[str]:
    """The texts in an element; those of code spans and of numbers may have entities in them."""
    for part in node.iter():
        if part.text:
            yield html.unescape(part.text)
        if part is not node and part.tail:
            yield part.tail


def makeExtension(**kwargs: Any) -> MathExtension:  # noqa: N802 - the name that Python-Markdown calls
    """Python-Markdown's entry point."""
    return MathExtension(**kwargs)
