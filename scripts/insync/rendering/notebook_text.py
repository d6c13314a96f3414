"""A text within a block as readers of Jupyter must have it: values, formulas, links, attribute lists.

Jupyter reads CommonMark with HTML and with formulas between dollars; a page is Python-Markdown, in which a
dollar, a backslash or a tilde may be no more than itself.
"""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from markdown import Markdown

from insync.rendering.notebook_values import BACKSLASH, DOLLAR, escaped, in_formula

Address = Callable[[str], str]

VALUE = "\ue000"  # on both sides of a value's index
ATTRIBUTES = (
    r"\{:?[ ]*(?=[^}\n ])(?:[^ =}\n]++(?:=(?:\"[^\"\n]*\"|'[^'\n]*'|[^ =}\n]++)?)?|[ =])*+\}"  # attr_list's
)
_BODY = r"(?:\\.|`[^`]*`|[^\\$`])+?"
_TITLE = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
# What an attribute list may stand behind, and be taken for that.
_LINK = (
    r"(?P<link>\]\(\s*(?:<(?P<angle>[^<>\n]*)>|(?P<target>(?:\\.|\([^\s()]*\)|[^\s()<>\\])*))"
    rf"(?P<title>\s+(?:{_TITLE}))?\s*\))"
)
_ELEMENTS = (
    r"(?P<code>(?P<ticks>`+)(?!`)(?P<inside>.+?)(?<!`)(?P=ticks)(?!`))",
    rf"(?P<formula>\$\${_BODY}\$\$|\$(?!\$)(?!\s){_BODY}(?<!\s)\$(?![\d$]))",
    rf"(?P<value>{VALUE}(?P<index>\d+){VALUE})",
    _LINK,
    r"(?P<reference>\]\s?\[[^\[\]]*\])",
    r"(?P<autolink><[A-Za-z][\w+.-]*:[^\s<>]*>)",
    r"(?P<strong>(?P<stars>\*{1,2})(?![\s*])(?P<words>(?:`[^`]*`|\\.|[^*`\\])+?)(?<=\S)(?P=stars)(?!\*))",
    rf"(?P<emphasis>(?<=\S)(?:_{{1,3}}|\*{{3}})(?={ATTRIBUTES}))",
)
_TAG = r"(?P<tag></?[A-Za-z][\w-]*(?=[\s/>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>)"
_TEXT = re.compile(
    r"(?P<escape>\\[\\`*_{}\[\]()>#+.!|$-])"
    rf"|(?:{'|'.join(_ELEMENTS)})(?P<attributes>{ATTRIBUTES})?"
    rf"|(?P<comment><!--.*?-->)|{_TAG}"
    r"|(?P<note>\[\^(?P<label>[^\]\n]+)\])"
    rf"|(?P<cell>[ ]+{ATTRIBUTES}(?=[ ]*(?:\||\n|\Z)))"
    rf"|(?P<line>\n[ ]*(?P<last>{ATTRIBUTES})[ ]*(?=\Z|\n[ ]*(?:[-*+]|\d+\.)[ ]))"
    r"|(?P<ticks_alone>`+)|(?P<other>[\\$~])",
    re.DOTALL,
)
_HTML = re.compile(rf"(?P<comment><!--.*?-->)|{_TAG}|(?P<other>\$)", re.DOTALL)
_ADDRESS = re.compile(
    r"(?<=\s)(?P<name>href|src)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"[#/?]|[A-Za-z][A-Za-z0-9+.-]*:|$")
_ANCHOR = re.compile(r"(?<=[\s{:])#(?P<anchor>[^\s}]+)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()>#+.!|$-])")
_TABLE = re.compile(r"^[^\n]*\|[^\n]*\n(?=[^\n]*\|)[ ]*\|?(?:[ ]*:?-+:?[ ]*\|?)+[ ]*$", re.MULTILINE)
_NUMBERED = re.compile(
    rf"^(?P<number>[ ]*(?:(?:[-*+]|\d+\.)[ ]+)*{VALUE}(?P<index>\d+){VALUE})(?=[.)](?:\s|$))", re.MULTILINE
)
_TASK = re.compile(r"^(?P<item>[ ]*(?:[-*+]|\d+\.)[ ]+)\[(?P<done>[ xX])\](?=[ ])", re.MULTILINE)


@dataclass(frozen=True)
class NotebookText:
    """Writes the texts of one page's notebook.

    `values` are what stands at the marks in the page's text, `address` gives the address to which a relative
    link to a file leads from the notebook, `notes` are the page's footnotes with their numbers.
    """

    values: Sequence[str]
    address: Address
    notes: Mapping[str, int] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Prose without blank lines: a paragraph, a list's items, a table, a heading's words."""
        table = _TABLE.search(text) is not None
        text = _NUMBERED.sub(self._no_item, text)
        text = _TASK.sub(r"\g<item>\[\g<done>\]", text)
        return _TEXT.sub(lambda found: self._piece(found, table=table), text)

    def html(self, text: str) -> str:
        """A block of HTML, in which Markdown reads nothing."""
        return _HTML.sub(lambda found: self._piece(found, table=False), text)

    def formula(self, text: str) -> str:
        """A formula with its dollars, with values and code spans in it as TeX."""
        return in_formula(text, self.values)

    def summary(self, text: str) -> str:
        """A title as HTML, for a place in which Jupyter reads no Markdown."""
        aside: list[str] = []

        def set_aside(found: re.Match[str]) -> str:
            if not found["formula"]:
                return found[0]
            aside.append(found["formula"].replace("<", r"\lt ").replace(">", r"\gt "))
            return f"{VALUE}{len(aside) - 1}{VALUE}"

        # Behind a mark that begins no block.
        made = Markdown().convert(VALUE + _TEXT.sub(set_aside, self.text(text)))
        made = made.removeprefix(f"<p>{VALUE}").removesuffix("</p>")
        return re.sub(rf"{VALUE}(\d+){VALUE}", lambda found: aside[int(found[1])], made)

    def leads(self, target: str) -> str:
        """Where a link's target leads from the notebook; what is not relative to the page stays."""
        target = self.raw(target)
        if _ELSEWHERE.match(target):
            return target
        path, mark, rest = re.fullmatch(r"([^?#]*)([?#]?)(.*)", target, re.DOTALL).groups()  # type: ignore[union-attr]
        return self.address(path) + mark + rest

    def _no_item(self, found: re.Match[str]) -> str:
        """A number at a line's beginning, when what follows would make it a list's."""
        return found[0] + ("\\" if self.values[int(found["index"])].isdigit() else "")

    def raw(self, text: str) -> str:
        """A text with its values as they are, where no reader takes them for more than text."""
        return re.sub(rf"{VALUE}(\d+){VALUE}", lambda found: self.values[int(found[1])], text)

    def _piece(self, found: re.Match[str], *, table: bool) -> str:
        """What stands in the place of one thing that is not plain text."""
        kind = next(name for name in _KINDS if found.groupdict().get(name) is not None)
        if kind in {"comment", "line"}:
            return anchor(found["last"]) if kind == "line" else ""
        if kind == "cell":
            return anchor(found["cell"]) if table else found[0]
        if kind in {"tag", "note", "escape", "other", "ticks_alone"}:
            return self._small(kind, found)
        return self._element(kind, found, table=table) + anchor(found["attributes"] or "")

    def _small(self, kind: str, found: re.Match[str]) -> str:
        if kind == "tag":
            return _ADDRESS.sub(self._attribute, found[0])
        if kind == "note":
            number = self.notes.get(found["label"])
            return f"<sup>{number}</sup>" if number else found[0]
        if found[0] in {"\\", "\\\\"}:
            return BACKSLASH
        if found[0] in {"$", "\\$"}:
            return DOLLAR
        return "&#126;" if found[0] == "~" and found.string.count("~") > 1 else found[0]

    def _element(self, kind: str, found: re.Match[str], *, table: bool) -> str:
        if kind == "formula":
            return self.formula(" ".join(found["formula"].split("\n")))
        if kind == "value":
            return escaped(self.values[int(found["index"])], found.string, *found.span("value"))
        if kind == "code" and table and "|" in found["code"]:
            # To Python-Markdown it is no border; how it must be escaped, others do not agree about.
            return f"<code>{escaped(found['inside'].strip())}</code>"
        if kind == "link":
            return self._link(found)
        if kind == "strong":
            return self._strong(found, table=table)
        if kind == "emphasis":
            mark = re.escape(found["emphasis"])
            if not re.search(rf"(?<![\w*]){mark}(?=[^\s*_])", found.string[: found.start()]):
                return found["emphasis"] + (found["attributes"] or "")  # closes nothing, and so has none
        return found[kind]

    def _strong(self, found: re.Match[str], *, table: bool) -> str:
        """Emphasis; as HTML where CommonMark sees none: between a letter and a mark, as often in Chinese."""
        words = _TEXT.sub(lambda inner: self._piece(inner, table=table), found["words"])
        before, after = found.string[: found.start()][-1:], found.string[found.end("strong") :][:1]
        if (before.isalnum() and not words[0].isalnum()) or (after.isalnum() and not words[-1].isalnum()):
            tag = "em" if found["stars"] == "*" else "strong"
            return f"<{tag}>{words}</{tag}>"
        return found["stars"] + words + found["stars"]

    def _link(self, found: re.Match[str]) -> str:
        target = found["angle"] if found["angle"] is not None else _ESCAPED.sub(r"\1", found["target"])
        address = self.leads(target)
        if re.search(r"[\s()]", address) or found["angle"] is not None:
            address = f"<{address}>"
        title = re.sub(
            rf"{VALUE}(\d+){VALUE}",
            lambda value: html.escape(self.values[int(value[1])]).replace("\\", "&#92;"),
            found["title"] or "",
        )
        return f"]({address}{title})"

    def _attribute(self, found: re.Match[str]) -> str:
        value = found["value"]
        quote = value[0] if value[0] in "\"'" else ""
        address = self.leads(html.unescape(value.strip(quote) if quote else value))
        return f'{found["name"]}="{html.escape(address)}"'


def anchor(attributes: str) -> str:
    """What is left of an attribute list: an element that Jupyter keeps, if it gives an anchor."""
    found = _ANCHOR.search(attributes)
    return f'<a id="{html.escape(found["anchor"])}"></a>' if found else ""


_KINDS = (
    *("escape", "code", "formula", "value", "link", "reference", "autolink", "strong", "emphasis"),
    *("comment", "tag", "note", "cell", "line", "ticks_alone", "other"),
)
