"""Figures: SVG elements that take the page's colours, stand beside others, and are the same every time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING

import pytest
from conftest import make_snippet

from insync.running.runner import Runner

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run, Site

DRAW = """
# %% bars
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.bar([1, 2], [3, -4], label="a")
ax.bar([3], [1], color="black", edgecolor="white")
ax.plot([1, 2], [1, 2], "o-", label="b")
ax.plot([1, 2], [2, 1], color="k")
ax.text(1, 1, "in black", color="black")
ax.text(1, 2, "$x^2$")
ax.fill_between([1, 2], [0, 1], facecolor="#000", alpha=0.5)
ax.scatter([1], [1], c="k")
ax.imshow([[0, 1]], extent=(0, 1, 0, 1))
ax.grid()
ax.legend()
ax.set_title("中文 title");
"""


def figures(run: Run, source: str, name: str = "made") -> list[str]:
    outcome = run(source, name)
    assert outcome.record is not None, str(outcome.problem)
    return [output.text for cell in outcome.record.cells for output in cell.outputs if output.kind == "plot"]


def painted(svg: str, name: str) -> set[str]:
    """The values of `fill` or `stroke`, in attributes and styles."""
    return set(re.findall(rf'\b{name}(?:="|:\s*)([^";]+)', svg))


def test_no_colour_is_black_or_white_for_good(run: Run) -> None:
    (svg,) = figures(run, DRAW)
    colours = painted(svg, "fill") | painted(svg, "stroke")
    assert not {colour.lower() for colour in colours} & {
        "#000000",
        "#000",
        "black",
        "#ffffff",
        "#fff",
        "white",
    }
    assert "currentColor" in colours
    assert "var(--insync-paper, #fff)" in colours
    assert "var(--insync-c0, #0072b2)" in colours
    assert "var(--insync-grid, #ccc)" in colours
    assert not re.search("#0[12]02|#fe01", svg)  # none of the colours that stand for others is left


def test_what_is_drawn_in_black_takes_the_pages_ink(run: Run) -> None:
    """Matplotlib leaves `fill` out for black, and SVG would then paint in black on a dark page."""
    (svg,) = figures(run, DRAW)
    root = ElementTree.fromstring(svg)
    assert root.get("fill") == "currentColor"
    assert not painted(svg, "background")


def test_a_figure_is_one_well_formed_element_without_a_prologue(run: Run) -> None:
    (svg,) = figures(run, DRAW)
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("aria-hidden") == "true"
    assert root.get("viewBox")
    assert "<metadata" not in svg
    assert "\n\n" not in svg
    assert "中文 title" in "".join(root.itertext())


def test_a_figures_style_is_for_itself_and_not_for_the_page(run: Run) -> None:
    (svg,) = figures(run, DRAW)
    assert "<style" not in svg


def test_ids_are_the_figures_own_and_all_references_lead_to_one(run: Run) -> None:
    one, two = figures(run, DRAW + "plt.figure(7); plt.plot([1, 2]);\n")
    other = figures(run, DRAW, "other")[0]
    ids = [re.findall(r'\bid="([^"]+)"', svg) for svg in (one, two, other)]
    everything = [each for group in ids for each in group]
    assert len(everything) == len(set(everything))
    assert all(each.startswith("made-bars-1-") for each in ids[0])
    assert all(each.startswith("other-bars-1-") for each in ids[2])
    for svg, group in zip((one, two, other), ids, strict=True):
        wanted = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg)
        assert wanted
        assert {a or b for a, b in wanted} <= set(group)


def test_two_runs_draw_the_same(run: Run) -> None:
    assert figures(run, DRAW) == figures(run, DRAW)


def test_a_figure_belongs_to_the_cell_that_drew_it(run: Run) -> None:
    outcome = run(DRAW + "# %% more\nplt.plot([1]);\n# %% none\na = 1\n")
    assert outcome.record is not None
    assert [[output.kind for output in cell.outputs] for cell in outcome.record.cells] == [
        ["plot"],
        ["plot"],
        [],
    ]


NOTEBOOKS = {
    "drawn into later": ("fig, ax = plt.subplots()", "ax.plot([1, 2]);\nfig", [["plot"], ["plot"]]),
    "as the last value": ("fig, ax = plt.subplots()\nfig", "1", [["plot"], ["value"]]),
    "hidden as a value": ("fig, ax = plt.subplots()\nfig;", "fig;", [["plot"], []]),
    "not of pyplot's": (
        "from matplotlib.figure import Figure\nf = Figure()\nf",
        "[f]",
        [["plot"], ["value"]],
    ),
    "turned off": ("plt.ioff(); plt.plot([1]);", "plt.plot([2]);", [[], []]),
    "turned off, then shown": ("plt.ioff()\nplt.plot([1]);", "plt.show()", [[], ["plot"]]),
    "turned off, then on": ("plt.ioff(); plt.ion(); plt.plot([1]);", "plt.show()", [["plot"], []]),
    "turned off, as a value": ("plt.ioff()\nfig, ax = plt.subplots()", "fig", [[], ["plot"]]),
    "turned off for a while": (
        "with plt.ioff():\n    fig, ax = plt.subplots()",
        "plt.figure();",
        [[], ["plot", "plot"]],
    ),
}


@pytest.mark.parametrize(("one", "two", "kinds"), NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_a_figure_is_shown_where_a_notebook_shows_it(
    run: Run, one: str, two: str, kinds: list[list[str]]
) -> None:
    outcome = run(f"# %% one\nimport matplotlib.pyplot as plt\n{one}\n# %% two\n{two}\n")
    assert outcome.record is not None, str(outcome.problem)
    assert [[output.kind for output in cell.outputs] for cell in outcome.record.cells] == kinds


def test_what_is_drawn_into_a_figure_of_before_is_in_it(run: Run) -> None:
    before, after = figures(
        run,
        """
        # %% one
        import matplotlib.pyplot as plt
        fig, ax = plt.subplots()
        # %% two
        ax.set_title("added");
        fig
        """,
    )
    assert "added" in after
    assert "added" not in before


def test_a_readers_own_matplotlib_settings_change_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from insync.running.runner import Runner

    folder = tmp_path_factory.mktemp("matplotlib")
    (folder / "matplotlibrc").write_text("lines.linewidth: 9\nsvg.fonttype: path\n", encoding="utf-8")
    monkeypatch.setenv("MATPLOTLIBRC", str(folder))
    outcome = run(DRAW, by=Runner(fork=False))
    assert outcome.record is not None
    assert [output.text for output in outcome.record.cells[0].outputs] == figures(run, DRAW)


def test_on_a_page_a_figure_has_its_alternative_text_with_live_numbers(site: Site) -> None:
    html = site.html('```snippet\nmade\nalt: A bar of `{python} 1 + 2` & "more".\n```\n', DRAW)
    figure = re.search(r'<figure class="insync-figure" role="img" aria-label="([^"]*)"><svg ', html)
    assert figure is not None
    assert figure[1] == "A bar of 3 &amp; &quot;more&quot;."


def test_a_figure_without_alternative_text_is_refused(site: Site) -> None:
    said = site.error("text\n\n```snippet\nmade\n```\n", DRAW)
    assert said.startswith("docs/en/page.md:3: the figure has no alternative text")
    assert "<svg" not in site.html("```snippet\nmade\nshow: code\n```\n")


def test_a_text_in_a_figure_is_the_users_whatever_it_looks_like(run: Run) -> None:
    title = 'white is #ffffff, black #000000, url(#x) ]]> <metadata> id="y" href="#z" & #010203'
    (svg,) = figures(
        run,
        f"""
        # %% one
        import matplotlib.pyplot as plt
        fig, ax = plt.subplots()
        ax.set_title({title!r})
        ax.plot([1, 2], gid="#000000")
        ax.text(1, 1, "site", url="https://x.org/#ffffff")
        ax.text(1, 1, "page", url="#section")
        ax.text(1, 1, "line", url="##000000");
        """,
    )
    root = ElementTree.fromstring(svg)
    assert title in "".join(root.itertext())
    links = [
        each.get("{http://www.w3.org/1999/xlink}href") for each in root.iter("{http://www.w3.org/2000/svg}a")
    ]
    assert links == ["https://x.org/#ffffff", "#section", "#made-one-1-#000000"]
    assert any(each.get("id") == "made-one-1-#000000" for each in root.iter())
    assert "var(--insync-c0, #0072b2)" in svg


def test_figures_that_are_shown_one_after_the_other_have_their_own_ids(run: Run) -> None:
    one, two = figures(run, DRAW.replace('title");', 'title")\nplt.show()\nplt.plot([1, 2]);'))
    assert 'id="made-bars-1-' in one
    assert 'id="made-bars-1-' not in two


def test_a_figure_that_cannot_be_drawn_is_a_problem_of_its_cell(run: Run) -> None:
    source = '# %% one\nimport matplotlib.pyplot as plt\nplt.title(r"$\\frac$");\n'
    problem = run(source).problem
    assert problem is not None
    assert problem.message.startswith("a figure of the cell `one` cannot be drawn: ValueError")


def test_what_matplotlib_says_of_its_own_folders_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSYNC_FORK", "0")  # a fork server imports it where nobody listens
    (tmp_path / "file").touch()
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "file/home"))  # cannot be made
    made = make_snippet(tmp_path, "# %% one\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);\n")
    record = Runner(fork=False).run(made, {}).record
    assert record
    assert [output.kind for output in record.cells[0].outputs] == ["plot"]
