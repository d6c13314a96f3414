"""Cleans the page that mkdocs-jupyter makes of a notebook, so that it is a page of the site like others."""

from __future__ import annotations

import base64
import html as html_module
import re
from dataclasses import dataclass
from typing import Any

from conv1d_site.math_page import page_error
from conv1d_site.tex import MathError, tex_to_mathml

# JupyterLab's whole style sheet, a script for copy buttons and one with the address of a CDN. What this site
# needs of them stands in its own style sheet; copy buttons come from the theme.
_FOREIGN = re.compile(
    r"<(?P<tag>style|script)\b[^>]*>.*?</(?P=tag)>"
    r'|<div class="zeroclipboard-container">.*?</clipboard-copy>\s*</div>'
    r'|<div [^>]*class="clipboard-copy-txt"[^>]*>.*?</div>'
    r'|<div class="celltoolbar">.*?(?=<div class="CodeMirror )'
    r"|<link\b[^>]*>|<!--.*?-->"
    # Every cell would be a stop on the way of the Tab key.
    r'|(?<=") tabindex="0"(?=>)',
    re.DOTALL,
)
_CODE = re.compile(
    r'<div class="highlight-ipynb hl-(?P<language>[\w+-]*)[^"]*">'
    r"<pre>(?:<span></span>)?(?P<code>.*?)</pre>",
    re.DOTALL,
)
_SVG_IMAGE = re.compile(r'<img\b[^>]*src="data:image/svg\+xml;base64,(?P<data>[^"]*)"[^>]*>')
_HEADING = re.compile(
    r'(?:<p>)?(?:<a (?:id|name)="(?P<anchor>[\w-]+)"></a>\s*)?(?:</p>\s*)?'
    r"<h(?P<level>[1-6])\b[^>]*?(?: id=\"(?P<id>[^\"]*)\")?[^>]*>(?P<content>.*?)"
    r'(?:<a class="anchor-link"[^>]*>.*?</a>)?</h(?P=level)>',
    re.DOTALL,
)
_FORMULA = re.compile(
    r"(?P<skip><(?P<tag>pre|code|script|style|svg|math|textarea)\b.*?</(?P=tag)>|<[^>]*>)"
    r"|(?<!\\)\$\$(?P<display>(?:\\.|[^\\$<])+?)\$\$"
    r"|(?<!\\)\$(?P<inline>(?!\s)(?:\\.|[^\\$<])+?)(?<!\s)\$(?!\d)"
    r"|\\(?P<dollar>\$)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Cleaned:
    """A notebook's page, and its headings as Python-Markdown's `toc` extension gives them."""

    html: str
    toc_tokens: list[dict[str, Any]]


def clean(page: str, name: str, *, errors_on_page: bool = False) -> Cleaned:
    """Removes foreign styles, scripts and addresses; renders formulas; gives headings their anchors.

    `name` is the page's, for messages. Raises `mkdocs.exceptions.BuildError` for TeX that cannot be rendered.
    """
    page = _FOREIGN.sub("", page)
    page = _CODE.sub(_material_code, page)
    page = _SVG_IMAGE.sub(_inline_svg, page)
    page = render_formulas(page, name, errors_on_page=errors_on_page)
    headings: list[dict[str, Any]] = []
    page = _HEADING.sub(lambda match: _heading(match, headings), page)
    return Cleaned(page.strip(), _nest(headings))


def render_formulas(page: str, name: str, *, errors_on_page: bool = False) -> str:
    """Replaces `$…$` and `$$…$$` in the text of HTML, but not in code, by MathML."""

    def render(match: re.Match[str]) -> str:
        if match["skip"]:
            return match[0]
        if match["dollar"]:
            return "$"
        display = match["display"] is not None
        tex = html_module.unescape(match["display"] or match["inline"])
        try:
            rendered = tex_to_mathml(tex, display)
        except MathError as error:
            message = f"{name}: cannot render the formula {tex.strip()!r}: {error}"
            if not errors_on_page:
                raise page_error(message) from None
            return f'<span class="insync-problem" role="alert">{html_module.escape(message)}</span>'
        return f'<span class="math-display">{rendered}</span>' if display else rendered

    return _FORMULA.sub(render, page)


def _material_code(match: re.Match[str]) -> str:
    """A listing as the theme's own are made, for its colours in both schemes and its copy button."""
    code = match["code"].rstrip("\n")
    return (
        f'<div class="language-{match["language"]} highlight"><pre><span></span><code>{code}\n</code></pre>'
    )


def _inline_svg(match: re.Match[str]) -> str:
    """A figure as an element of the page, where it takes the colours of the light or the dark scheme."""
    svg = base64.b64decode(match["data"]).decode()
    return f'<figure class="insync-figure">{svg[svg.index("<svg") :]}</figure>'


def _heading(match: re.Match[str], headings: list[dict[str, Any]]) -> str:
    """A heading with its anchor on it, entered in the list of headings."""
    content = match["content"].strip()
    text = re.sub(r"<[^>]*>", "", content)
    anchor = match["anchor"] or match["id"] or f"section-{len(headings) + 1}"
    headings.append(
        {"level": int(match["level"]), "id": anchor, "name": text, "html": content, "data-toc-label": ""}
    )
    return f'<h{match["level"]} id="{anchor}">{content}</h{match["level"]}>'


def _nest(headings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The headings as a tree: each holds those of deeper levels that follow it."""
    roots: list[dict[str, Any]] = []
    open_headings: list[dict[str, Any]] = []
    for heading in headings:
        heading["children"] = []
        while open_headings and open_headings[-1]["level"] >= heading["level"]:
            open_headings.pop()
        (open_headings[-1]["children"] if open_headings else roots).append(heading)
        open_headings.append(heading)
    return roots
