"""matplotlib figures as SVG elements that take their colours from the page's light or dark scheme."""

import functools
import io
import logging
import re
import sys
import warnings
from collections.abc import Callable
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
# matplotlib escapes < and > in texts and attributes alike: whatever stands between two is a tag.
_TAG = re.compile(r"(<[^>]*>)")
_ID = re.compile(r"""(?<=\sid=(["']))(.*?)(?=\1)""", re.DOTALL)
_REFERENCE = re.compile(r"""(?P<before>url\(#|\shref=["']#|:href=["']#)(?P<id>[^"')]+)(?=["')])""")
_PAINT = re.compile(r"""\s(?:fill|stroke|style|stop-color)=(["']).*?\1""", re.DOTALL)
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
            "interactive": True,  # as in a notebook, where a figure is shown unless this is turned off
        }
    )


def take_show(backend_bases: Any) -> None:
    """Have figures shown by `show_by`, which else tell that there is no screen, or open a window on one."""
    manager = backend_bases.FigureManagerBase
    if manager.show is not _show:  # else it is done, before a fork
        manager.show, manager.__init__ = _show, _watching(manager.__init__)


def _watching(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def watched(*args: Any, **options: Any) -> None:
        global _to_show
        init(*args, **options)
        _to_show = _to_show or sys.modules["matplotlib"].is_interactive()

    return watched


def show_by(shown: Callable[[Any], None]) -> None:
    """Have `plt.show()` and `figure.show()` call this with each figure, as soon as matplotlib is there."""
    global _shown, _to_show
    _shown, _to_show = shown, False


def _show(manager: Any) -> None:
    _shown(manager.canvas.figure)


_shown: Callable[[Any], None] = lambda _: None  # noqa: E731
_to_show = False  # whether one was made in this cell, other than after `plt.ioff()`


def open_figures() -> list[Any]:
    """The figures that a notebook shows at the end of a cell, in its order: all of pyplot's, or none."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    if not helpers or not _to_show:
        return []
    return [manager.canvas.figure for manager in helpers.Gcf.get_all_fig_managers()]


def is_figure(value: Any) -> bool:
    """Whether it is a figure, of pyplot's or not."""
    figure = sys.modules.get("matplotlib.figure")
    return figure is not None and issubclass(type(value), figure.Figure)


def close(figure: Any) -> None:
    """Close a figure that is pyplot's."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(figure)


def capture(figure: Any, name: str) -> str:
    """Draw a figure as an SVG element. `name` keeps its ids apart from others on a page."""
    matplotlib = sys.modules["matplotlib"]
    label = re.sub(r"\W", "-", name)
    file = io.StringIO()
    # A font of this machine may lack a sign; the reader's browser draws the text, with a font of its own.
    with warnings.catch_warnings(), matplotlib.rc_context({"svg.hashsalt": label}):
        warnings.simplefilter("ignore")
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return restyle(file.getvalue(), label)


def restyle(svg: str, label: str) -> str:
    """An SVG file of matplotlib's as an element for the page: no prologue, own ids, the page's colours.

    Only tags change. Texts are the user's, whatever they look like.
    """
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = svg.replace(_STYLE, "")
    ids = {found[2] for found in _ID.finditer("".join(_TAG.findall(svg)))}
    parts = _TAG.split(svg)
    parts[1::2] = [_restyled(tag, label, ids) for tag in parts[1::2]]
    # A blank line would end the raw HTML block that the figure stands in.
    parts[::2] = [re.sub(r"\n(?=\s*\n)", "" if text.isspace() else "&#10;", text) for text in parts[::2]]
    svg = "".join(parts).strip()
    root = _ROOT.match(svg)
    assert root is not None
    sizes = " ".join(f'{name}="{size}"' for name, size in _SIZE.findall(root[0]))
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} {sizes} {_INHERITED} aria-hidden="true">{svg[root.end() :]}'


def _restyled(tag: str, label: str, ids: set[str]) -> str:
    """A tag with the page's colours, and with ids that no other figure has."""
    if tag.startswith("<!"):
        return tag
    tag = _PAINT.sub(lambda paint: _COLOUR.sub(lambda colour: _CSS[colour[0].lower()], paint[0]), tag)
    tag = _ID.sub(lambda found: f"{label}-{found[2]}", tag)
    # A reference to anything else leads out of the figure, and is the user's.
    return _REFERENCE.sub(
        lambda found: found["before"] + (f"{label}-" if found["id"] in ids else "") + found["id"], tag
    )
