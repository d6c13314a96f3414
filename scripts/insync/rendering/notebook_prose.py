"""A page's blocks as Markdown that Jupyter knows: Material's by other means, code as it was typed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from insync.rendering.notebook_text import ATTRIBUTES, NotebookText, anchor

CELL = re.compile("\ue001(\\d+)\ue001")  # the place of code cells: nothing can stand around them
_MATERIAL = re.compile(
    r'^(?:(?P<kind>!!!|\?\?\?\+?)\s*(?:(?P<type>[\w-][\w -]*?)\s*(?:"(?P<title>.*)")?|"(?P<only>.*)")'
    r'|===[!+]{0,2}\s+"(?P<tab>.*)")\s*$'
)
_FENCE = re.compile(r"^(?P<indent>[ ]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")
_LANGUAGE = re.compile(r"\{[^{}]*?\.(?P<attribute>[\w+#-]+)|(?P<bare>[\w+#.-]+)")
_FENCE_TITLE = re.compile(r"\btitle=(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')")
_ATTRIBUTES = rf"(?:[ ]+(?P<attributes>{ATTRIBUTES}))?[ ]*$"
_HEADING = re.compile(rf"^(?P<level>#{{1,6}})[ ]*(?P<words>[^#\s].*?){_ATTRIBUTES}")
_UNDERLINE = re.compile(r"^[=-]+ *$")
_UNDERLINED = re.compile(rf"^(?P<words>\S.*?){_ATTRIBUTES}")
_QUOTE = re.compile(r"^ {0,3}> ?")
_ITEM = re.compile(r"^(?P<indent>[ ]*)(?:[-*+]|\d+\.)[ ]+\S")
_MARKER = re.compile(r"^( *)(?=[-+*] )|^( *\d+)(?=[.)] )")
_NOTE = re.compile(r"^ {0,3}\[\^(?P<label>[^\]\n]+)\]:[ ]*(?P<text>.*)$")
_DEFINITION = re.compile(
    r"^ {0,3}\[(?!\^)(?P<label>[^\[\]\n]+)\]:[ ]*\n?[ ]*(?:<(?P<angle>[^<>\n]*)>|(?P<target>\S+))"
    r"(?P<title>[ ]*\n?[ ]*(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ ]*$\n?",
    re.MULTILINE,
)
_BLOCK_TAGS = (
    "address|article|aside|blockquote|body|canvas|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|"
    "figure|footer|form|h[1-6]|head|header|hgroup|hr|html|iframe|legend|li|link|main|map|math|menu|nav|"
    "noscript|object|ol|p|pre|script|section|style|summary|table|tbody|td|textarea|tfoot|th|thead|tr|ul|video"
)
_HTML = re.compile(rf"^ {{0,3}}<(?P<close>/?)(?P<tag>{_BLOCK_TAGS})(?=[\s/>])", re.IGNORECASE)
_COMMENT = re.compile(r"^ {0,3}<!--(?!-?>)")
_VOID = re.compile(r"hr|link", re.IGNORECASE)

Made = tuple[int, list[str]]  # the index behind a block, and the lines that stand for it


@dataclass
class NotebookProse:
    """Writes the blocks of one page's notebook, and remembers what Jupyter must be told in every cell.

    `definitions` are the addresses of links by reference, by their labels; `notes` the page's footnotes.
    """

    text: NotebookText
    definitions: dict[str, str] = field(default_factory=dict)
    notes: list[list[str]] = field(default_factory=list)

    def page(self, text: str) -> list[str]:
        """All lines of a page, its footnotes last; what stands in a line with CELL is one mark alone."""
        lines = text.split("\n")
        labels = dict.fromkeys(found["label"] for line in lines if (found := _NOTE.match(line)))
        numbers = {label: number for number, label in enumerate(labels, 1)}
        self.text = replace(self.text, notes=numbers)
        out = self._blocks(lines)
        for number, note in enumerate(self.notes, 1):
            first, *rest = note
            out += [f"{number}. {first}", *_indented(rest)]
        return [self.text.raw(line) for line in out]

    def needed(self, text: str) -> list[str]:
        """The definitions of the links by reference in a cell's text: no cell sees those of another."""
        labels = {_label(found) for found in re.findall(r"\[([^\[\]]+)\]", text)}
        return [line for label, line in self.definitions.items() if label in labels]

    def _blocks(self, lines: Sequence[str], depth: int = 0, *, quoted: bool = False) -> list[str]:
        """The lines in a container: the page, a quote, an item of a list that is `depth` levels deep."""
        out: list[str] = []
        index = 0
        while index < len(lines):
            line = lines[index]
            if not line.strip():
                if out and out[-1]:
                    out.append("")
                index += 1
                continue
            made = self._block(lines, index, depth, quoted=quoted)
            if made is None:
                made = self._paragraph(lines, index, depth)
                depth = _depth(lines[index : made[0]], depth)
            index, block = made
            out += block[1:] if block and not block[0] and not (out and out[-1]) else block
        return out

    def _block(self, lines: Sequence[str], index: int, depth: int, *, quoted: bool) -> Made | None:
        """What begins on this line, if it is no paragraph."""
        if fence := _fence(lines, index):
            return fence
        if lines[index].startswith("    "):
            return self._further_in(lines, index, depth)
        if CELL.search(lines[index]):
            return index + 1, [lines[index].strip()]
        for read in (self._html, self._material, self._heading, self._comment, self._quote):
            if made := read(lines, index):
                return made
        return self._formula(lines, index, quoted=quoted)

    def _comment(self, lines: Sequence[str], index: int) -> Made | None:
        """A comment at a line's beginning, which goes."""
        if not _COMMENT.match(lines[index]):
            return None
        for last in range(index, len(lines)):
            _, end, after = lines[last].partition("-->")
            if end:
                return last + 1, self._blocks([after]) if after.strip() else []
        return None

    def _formula(self, lines: Sequence[str], index: int, *, quoted: bool) -> Made | None:
        """A formula on lines of its own. In a quote it is one line, since JupyterLab would show the marks."""
        opening = lines[index].strip()
        if not opening.startswith("$$"):
            return None
        for last in range(index, len(lines)):
            line = lines[last].strip()
            body = line.removeprefix("$$") if last == index else line
            if body.endswith("$$") and not body.endswith(r"\$$"):
                found = [each for each in lines[index : last + 1] if each.strip()]
                tex = self.text.formula("\n".join(found))
                indent = " " * (len(found[0]) - len(found[0].lstrip()))
                return last + 1, [indent + " ".join(tex.split())] if quoted else tex.split("\n")
            if "$$" in body or (opening != "$$" and not line):
                return None
        return None

    def _material(self, lines: Sequence[str], index: int) -> Made | None:
        """Material's block by other means; one that holds code cells cannot be a quote: a cell ends it."""
        found = _MATERIAL.match(lines[index])
        if found is None:
            return None
        end = _inside(lines, index + 1)
        inner = [line[4:] for line in lines[index + 1 : end]]
        kind = found["kind"] or "==="
        cells = any(map(CELL.search, inner))
        given = next((found[name] for name in ("title", "only", "tab") if found[name] is not None), None)
        title = (found["type"] or "").split(" ")[0].capitalize() if given is None else given
        made = _trimmed(self._blocks(inner, quoted=kind == "!!!" and not cells))
        if kind.startswith("?") and not cells:
            opening = "<details open>" if kind.endswith("+") else "<details>"
            summary = f"<summary>{self.text.summary(title)}</summary>"
            return end, [opening, summary, "", *made, "", "</details>", ""]
        made = [f"**{self.text.text(title)}**", "", *made] if title else made
        return end, ["", *made, ""] if kind == "===" or cells else [*_quoted(made), ""]

    def _heading(self, lines: Sequence[str], index: int) -> Made | None:
        """A heading; its anchor becomes an element that Jupyter keeps."""
        below = lines[index + 1] if index + 1 < len(lines) else ""
        above = lines[index - 1] if index else ""
        if found := _HEADING.match(lines[index]):
            words = found["words"].rstrip("#").rstrip() if found["attributes"] else found["words"]
            made = [f"{found['level']} {self.text.text(words)}"]
        elif not above.strip() and _UNDERLINE.match(below) and (found := _UNDERLINED.match(lines[index])):
            made = [self.text.text(found["words"]), below]
        else:
            return None
        place = anchor(found["attributes"] or "")
        return index + len(made), ["", *([place, ""] if place else []), *made]

    def _html(self, lines: Sequence[str], index: int) -> Made | None:
        """A block of HTML; to Jupyter a blank line would end it."""
        found = _HTML.match(lines[index])
        if found is None:
            return None
        last, open_tags = index, 0
        if not found["close"] and not _VOID.fullmatch(found["tag"]):
            tags = re.compile(rf"<(/?){found['tag']}\b", re.IGNORECASE)
            for last in range(index, len(lines)):
                open_tags += sum(-1 if close else 1 for close in tags.findall(lines[last]))
                if open_tags <= 0:
                    break
        block = lines[index : last + 1]
        if found["tag"].lower() in {"pre", "script", "style", "textarea"}:
            return last + 1, ["", *block, ""]
        return last + 1, [
            "",
            *self.text.html("\n".join(line for line in block if line.strip())).split("\n"),
            "",
        ]

    def _quote(self, lines: Sequence[str], index: int) -> Made | None:
        if not _QUOTE.match(lines[index]):
            return None
        end = next((at for at in range(index, len(lines)) if not lines[at].strip()), len(lines))
        inner = [_QUOTE.sub("", line) for line in lines[index:end]]
        cells = any(map(CELL.search, inner))
        made = _trimmed(self._blocks(inner, quoted=not cells))
        return end, made if cells else _quoted(made)

    def _further_in(self, lines: Sequence[str], index: int, depth: int) -> Made:
        """What goes on with a list's item, up to its first code cell; elsewhere code, as it was typed."""
        end = _inside(lines, index)
        if not depth:
            return end, list(lines[index:end])
        made = self._blocks([line[4:] for line in lines[index:end]], depth - 1)
        cell = next((at for at, line in enumerate(made) if CELL.search(line)), len(made))
        return end, [*_indented(made[:cell]), *made[cell:]]

    def _paragraph(self, lines: Sequence[str], index: int, depth: int) -> Made:
        """Lines up to a blank one or another block: prose, a list, a table, definitions."""
        end = index + 1
        while end < len(lines) and lines[end].strip() and not _interrupts(lines, end):
            end += 1
        if note := _NOTE.match(lines[index]):
            end = _inside(lines, index + 1)
            inner = [note["text"], *(line.removeprefix("    ") for line in lines[index + 1 : end])]
            self.notes.append(_trimmed(self._blocks(inner)) or [""])
            return end, []
        typed = list(lines[index:end])
        if not depth and not _ITEM.match(typed[0]):  # no list begins within a paragraph
            typed[1:] = (_MARKER.sub(r"\g<0>\\", line) for line in typed[1:])
        text = _DEFINITION.sub(self._define, "\n".join(typed))
        return end, self.text.text(text).split("\n") if text.strip() else []

    def _define(self, found: re.Match[str]) -> str:
        target = found["angle"] if found["angle"] is not None else found["target"]
        address = self.text.leads(target)
        address = f"<{address}>" if found["angle"] is not None or " " in address else address
        title = f" {found['title'].strip()}" if found["title"] else ""
        self.definitions[_label(found["label"])] = f"[{found['label']}]: {address}{title}"
        return ""


def _fence(lines: Sequence[str], index: int) -> Made | None:
    """A fence: its code as typed, of its attributes what Jupyter knows."""
    opening = _FENCE.match(lines[index])
    if opening is None:
        return None
    for last in range(index + 1, len(lines)):
        line = lines[last].strip()
        if line.startswith(opening["mark"]) and not line.strip(opening["mark"][0]):
            break
    else:
        return None
    indent, info = opening["indent"], opening["info"]
    language = _LANGUAGE.match(info)
    name = (language["attribute"] or language["bare"]) if language else ""
    title = _FENCE_TITLE.search(info)
    words = (title["double"] or title["single"] or "") if title else ""
    above = [f"{indent}**{words}**", ""] if words else []
    return last + 1, [*above, f"{indent}{opening['mark']}{name}", *lines[index + 1 : last + 1]]


def _interrupts(lines: Sequence[str], index: int) -> bool:
    """Whether a line ends the paragraph above it."""
    line = lines[index]
    if any(each.match(line) for each in (_MATERIAL, _HTML, _HEADING, _COMMENT)) or CELL.search(line):
        return True
    return line.lstrip().startswith("$$") or _fence(lines, index) is not None


def _inside(lines: Sequence[str], index: int) -> int:
    """The index behind the lines from there on that stand four blanks further in, or are blank."""
    end = index
    for at in range(index, len(lines)):
        if lines[at].startswith("    "):
            end = at + 1
        elif lines[at].strip():
            break
    return end


def _depth(paragraph: Sequence[str], depth: int) -> int:
    """How deep in a list what follows a paragraph may stand."""
    items = [found for line in paragraph if (found := _ITEM.match(line))]
    if items:
        return len(items[-1]["indent"]) // 4 + 1
    return depth if paragraph[0].startswith("    ") else 0


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _quoted(lines: Sequence[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in lines]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}".rstrip() for line in lines]


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()
