"""Computed values within a notebook's Markdown and TeX: readers of Jupyter see the page's characters."""

import re
from collections.abc import Sequence

# In an element of its own, a character begins no formula: neither in the Markdown of JupyterLab, nor on the
# page made of it, in whose texts MathJax looks for dollars and backslashes once more.
DOLLAR, BACKSLASH = "<span>&#36;</span>", "<span>&#92;</span>"
_INSTEAD = {
    "\ue000": "&#57344;",
    "\\": BACKSLASH,
    "$": DOLLAR,
    "<": "&lt;",
    "&": "&amp;",
    "~": "&#126;",
    "|": "&#124;",
}
_MARKS = re.compile(r"[\ue000\\$<~|`\[\]]|(?<!\s)\*|\*(?!\s)|&(?=#?\w+;)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LIST = re.compile(r"(?!.*\][(\[])[\[\]()\d.,\seE+-]*")  # of numbers; nothing that could be a link
_LINKS = re.compile(r"[(\[]|:[ ]*\S+[ ]*(?:$|[\"'(])", re.MULTILINE)  # brackets before it are a link's
_LINE_START = re.compile(r"[ >]*(?:(?:[-*+]|\d+[.)])[ ]+)*")
_BLOCK_START = re.compile(
    r"\s|[#>]|[-+*:](?:\s|$)|\d{1,9}[.)](?:\s|$)|[=-]+\s*$|(?:[-*_]\s*){3,}$", re.MULTILINE
)

_IN_FORMULA = re.compile("\ue000(?P<index>\\d+)\ue000|(?P<ticks>`+)(?P<code>[^`]+)(?P=ticks)")
_TAKES_ONE = re.compile(r"(?:[\^_}]|(?<!\\)(?:\\\\)*\\[A-Za-z]+)\s*$")
_SCIENTIFIC = re.compile(r"([-+\u2212]?\d+\.?\d*)[eE]([-+]?)0*(\d+)")
_GROUPED = re.compile(r"[-+\u2212]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_MATHEMATICAL = re.compile(r"[-+\u22120-9.,()\[\]=<>/*: ]+")
_TEX = {"\\": r"\backslash ", "~": r"\sim ", "^": r"\hat{\ }", "`": r"\grave{\ }", "|": r"\vert "}
_TEX |= {"<": r"\lt ", ">": r"\gt ", **{each: f"\\{each}" for each in "{}_#%&"}}
_TEX["$"] = r"{\$}"  # else nbconvert would not see a formula's end behind it
_TEX_PIECE = re.compile(rf"[{re.escape(''.join(_TEX))}]|[^{re.escape(''.join(_TEX))}]+")


def escaped(value: str, text: str = "", start: int = 0, end: int = 0) -> str:
    """A value as Markdown that shows its characters, in the place from `start` to `end` of a text."""
    value = re.sub(r"\s*\n\s*", " ", value)
    before, after = text[:start], text[end:]
    numbers = _LIST.fullmatch(value) and not _LINKS.match(after)

    def escape(found: re.Match[str]) -> str:
        if numbers and found[0] in "[]":
            return found[0]
        return _INSTEAD.get(found[0], f"\\{found[0]}")

    made = _MARKS.sub(escape, value)
    if value.endswith("!") and after.startswith("["):
        made = made[:-1] + "&#33;"
    line = before.rpartition("\n")[2]
    begins = _LINE_START.fullmatch(line) and _BLOCK_START.match(value + after.partition("\n")[0])
    if begins or (value.startswith("(") and before.endswith("]")):
        made = f"&#{ord(value[0])};{made.removeprefix(chr(92)).removeprefix(value[0])}"
    return made


def in_formula(tex: str, values: Sequence[str]) -> str:
    """A formula with values, and the texts of code spans, as TeX."""
    out = ""
    done = 0
    for found in _IN_FORMULA.finditer(tex):
        out += tex[done : found.start()]
        value = values[int(found["index"])] if found["index"] else found["code"]
        made = to_tex(value.strip())
        # Braces only where TeX would else take the first digit alone, or read letters as part of a command.
        if _TAKES_ONE.search(out) and (len(made) > 1 or out[-1].isalpha()):
            made = f"{{{made}}}"
        out += made
        done = found.end()
    return out + tex[done:]


def to_tex(value: str) -> str:
    """A value as TeX: a number as it is, `1e-07` as a power of ten, a word as text."""
    if scientific := _SCIENTIFIC.fullmatch(value):
        digits, sign, exponent = scientific.groups()
        return rf"{digits}\times 10^{{{'-' if sign == '-' else ''}{exponent}}}"
    if _GROUPED.fullmatch(value):
        return value.replace(",", "{,}")
    if _MATHEMATICAL.fullmatch(value):
        return value
    pieces = (piece[0] for piece in _TEX_PIECE.finditer(" ".join(value.split())))
    return "".join(_TEX.get(piece, rf"\text{{{piece}}}") for piece in pieces)
