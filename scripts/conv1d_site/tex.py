"""TeX as MathML, and computed values as TeX. Knows neither Markdown nor any generator of sites."""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache

from math_core import LatexError, LatexToMathML

_NUMBER = re.compile(r"[-+\u2212]?(?:\d+\.?\d*|\.\d+)")
_SCIENTIFIC = re.compile(r"([-+\u2212]?\d+\.?\d*)[eE]([-+]?)0*(\d+)")
_GROUPED = re.compile(r"[-+\u2212]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_MATHEMATICAL = re.compile(r"[-+\u22120-9.,()\[\]=<>/*: ]+")

# Characters for private use stand for ASCII that TeX would read, or set, as something else in a value's text,
# and for the comma between groups of digits, while math-core reads the formula.
_VERBATIM_START = 0xE100
_VERBATIM = re.compile(f"[{chr(_VERBATIM_START)}-{chr(_VERBATIM_START + 127)}]")
_GROUP_MARK = "\ue001"
_GROUP_COMMA = re.compile(r"(?<=\d)\{,\}(?=\d{3})")
_SPLIT_NUMBER = re.compile(rf"</mn><mi>{_GROUP_MARK}</mi><mn>")
_HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]*;")
# HTML's checkers know these attributes on few elements of MathML; browsers take them for style all the same.
_STYLED = re.compile(r'<m[a-z]+ [^<>]*?\b(?:displaystyle|scriptlevel)="[^<>]*>')
_ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')
_LEADING_POINT = re.compile(r"<mi>\.</mi><mn>")


class MathError(ValueError):
    """TeX that cannot be rendered, or a formula that has no end."""


@cache
def _converter(annotated: bool) -> LatexToMathML:
    return LatexToMathML(annotation=annotated, fancy_error=False)


@lru_cache(maxsize=4096)
def tex_to_mathml(tex: str, display: bool = False) -> str:
    r"""Renders TeX (without its dollars) as one `<math>` element.

    A formula on lines of its own keeps its source in an `<annotation>`, for those who copy it with a tool
    that knows MathML; one in a line does not, since headings and alternative texts take in all text there is.
    Raises `MathError` with math-core's reason, for example for a macro that it does not know.
    """
    source = _GROUP_COMMA.sub(_GROUP_MARK, tex.strip())
    try:
        mathml = _converter(display).convert_with_local_state(source, displaystyle=display)
    except LatexError as error:
        raise MathError(_reason(str(error), tex.strip())) from None
    mathml = _SPLIT_NUMBER.sub(",", mathml)
    mathml = _LEADING_POINT.sub("<mn>.", mathml)
    mathml = _VERBATIM.sub(lambda match: html.escape(chr(ord(match[0]) - _VERBATIM_START)), mathml)
    mathml = mathml.replace(_GROUP_MARK, "{,}")
    # `&ApplyFunction;` behind a function's name is HTML's; Markdown's trees are XML, which has five of these.
    mathml = _HTML_ENTITY.sub(lambda match: html.unescape(match[0]), mathml)
    mathml = _STYLED.sub(_in_css, mathml)
    # The source would be found by the site's search as if it were prose.
    return mathml.replace("<annotation ", '<annotation data-search-exclude="" ')


def value_to_tex(value: str) -> str:
    r"""The TeX that shows a computed value: a number as it is, `1e-07` as a power of ten, a word as text.

    >>> value_to_tex("1e-07")
    '{1\\times 10^{-7}}'
    """
    value = value.strip()
    if scientific := _SCIENTIFIC.fullmatch(value):
        digits, sign, exponent = scientific.groups()
        return rf"{{{digits}\times 10^{{{'-' if sign == '-' else ''}{exponent}}}}}"
    if _GROUPED.fullmatch(value):
        return "{" + value.replace(",", "{,}") + "}"
    if _NUMBER.fullmatch(value) or _MATHEMATICAL.fullmatch(value):
        return "{" + value + "}"
    verbatim = (
        char if char.isalnum() or ord(char) >= 128 else chr(_VERBATIM_START + ord(char)) for char in value
    )
    return r"\text{" + "".join(verbatim) + "}"


def _in_css(tag: re.Match[str]) -> str:
    """An element's tag with those attributes as the properties that stand for them."""
    attributes = dict(_ATTRIBUTE.findall(tag[0]))
    styles = [attributes["style"].rstrip(";")] if "style" in attributes else []
    if display := attributes.pop("displaystyle", ""):
        styles.append(f"math-style: {'normal' if display == 'true' else 'compact'}")
    if level := attributes.pop("scriptlevel", ""):
        styles.append(f"math-depth: {level}")
    attributes["style"] = "; ".join(styles)
    name = tag[0][1:].partition(" ")[0]
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>"


def _reason(message: str, tex: str) -> str:
    """math-core's message with the place in words instead of its offset, which counts UTF-8 bytes."""
    offset, _, words = message.partition(": ")
    if not offset.isdigit():
        return f"{message} (in {tex!r})"
    # The mark of digit groups is three bytes as the `{,}` that it stands for is three characters.
    rest = tex.encode()[int(offset) :].decode(errors="ignore").split("\n")[0][:30]
    return f"{words} (at “{rest}”)" if rest else words
