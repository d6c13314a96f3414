"""matplotlib figures as SVG elements that take their colours from the page's light or dark scheme."""

import io
import logging
import re
from typing import Any

SERIES = 8  # docs/theme gives a colour for each of --insync-c0 … --insync-c7, in both schemes

# Unlikely colours for matplotlib to draw with; they are replaced by CSS variables afterwards.
_INK = "#010203"
_GRID = "#010204"
_CYCLE = [f"#fe01{index:02x}" for index in range(SERIES)]
# Outside the site (a downloaded notebook) the fallbacks hold: Okabe and Ito's colours, which colour-blind
# readers tell apart (Color Universal Design, 2008).
_FALLBACK = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d00", "#7f7f7f")
_CSS = {
    _INK: "currentColor",
    "#000000": "currentColor",
    "#ffffff": "var(--insync-paper, #fff)",
    _GRID: "var(--insync-grid, #ccc)",
    **{
        colour: f"var(--insync-c{index}, {fallback})"
        for index, (colour, fallback) in enumerate(zip(_CYCLE, _FALLBACK, strict=True))
    },
}
_COLOUR = re.compile("|".join(_CSS), re.IGNORECASE)
_ID = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
_ROOT = re.compile(r"<svg [^>]*>")
# A style sheet would hold for every element of the page; these are inherited by the figure's own alone.
_STYLE = '<style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>'
# matplotlib leaves `fill` out where it means black.
_INHERITED = 'fill="currentColor" stroke-linejoin="round" stroke-linecap="butt"'
_SIZE = re.compile(r'\b(height|viewBox|width)="([\d. ]+?)(?:pt)?"')


# Of folders and fonts, where the home cannot be written or the machine is slow: no output of the snippet's.
_OF_ITSELF = re.compile(r"mkdir -p failed|Matplotlib (?:created a temporary|is building)")


def keep_quiet() -> None:
    """Have matplotlib not log what it does for itself; what it logs of the snippet's doing is published."""
    for name in ("matplotlib", "matplotlib.font_manager"):
        logging.getLogger(name).addFilter(_of_the_snippet)


def _of_the_snippet(record: logging.LogRecord) -> bool:
    return not _OF_ITSELF.match(str(record.msg))


def set_style(matplotlib: Any) -> None:
    """Make matplotlib draw what `capture` can restyle; whatever a user's own matplotlibrc says is undone."""
    matplotlib.rcdefaults()
    ink = dict.fromkeys(
        ("text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color"),
        _INK,
    )
    clear = dict.fromkeys(
        ("figure.facecolor", "axes.facecolor", "savefig.facecolor", "legend.facecolor"), "none"
    )
    matplotlib.rcParams.update(
        {
            **ink,
            **clear,
            "axes.prop_cycle": matplotlib.cycler(color=_CYCLE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "grid.color": _GRID,
            "legend.edgecolor": _GRID,
            "lines.linewidth": 1.8,
            "patch.edgecolor": _INK,
            "figure.figsize": (6.4, 3.2),
            "figure.constrained_layout.use": True,
            "svg.fonttype": "none",
        }
    )


def capture(pyplot: Any, name: str) -> list[str]:
    """Draw every open figure as an SVG element and close it. `name` keeps their ids apart on a page."""
    drawn = []
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        label = re.sub(r"\W", "-", f"{name}-{number}")
        pyplot.rcParams["svg.hashsalt"] = label
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        drawn.append(restyle(file.getvalue(), label))
    pyplot.close("all")
    return drawn


def restyle(svg: str, label: str) -> str:
    """An SVG file of matplotlib's as an element for the page: no prologue, own ids, the page's colours."""
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = svg.replace(_STYLE, "")
    svg = _ID.sub(rf"\g<1>{label}-\g<2>", svg)
    svg = _COLOUR.sub(lambda match: _CSS[match[0].lower()], svg)
    root = _ROOT.match(svg)
    assert root is not None
    sizes = " ".join(f'{name}="{size}"' for name, size in _SIZE.findall(root[0]))
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    svg = f'<svg {spaces} {sizes} {_INHERITED} aria-hidden="true">{svg[root.end() :]}'
    # A blank line would end the raw HTML block that the figure stands in.
    return re.sub(r"\n\s*\n", "\n", svg).strip()
