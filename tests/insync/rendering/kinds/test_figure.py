"""Figures that can be held: their data, their tables, and what is said when something about them is wrong."""

from __future__ import annotations

import html as html_module
import json
import re
from typing import TYPE_CHECKING

import pytest
import torch
from conftest import CHINESE, ENGLISH

from conv1d_site.figures import FIGURES, field_tower, groups_matrix, shape_machine, sliding_window, which_axis
from insync.pages.fences import Fence
from insync.pages.syntax import parse_body
from insync.publishing.outputs import published
from insync.publishing.parity import parity
from insync.rendering.figures import compact, texts_of
from insync.rendering.notebook import build
from insync.rendering.tables import table
from insync.running.expression import Expression

if TYPE_CHECKING:
    from conftest import Run, Site

SNIPPET = """
# %% layer
import torch
torch.manual_seed(5)
layer = torch.nn.Conv1d(2, 3, 4)
x = torch.rand(1, 2, 9)
y = layer(x)
# %% later
x = torch.zeros(1, 2, 9)
"""
OPTIONS = {
    "snippet": "made#layer",
    "x": "x[0]",
    "weight": "layer.weight",
    "bias": "layer.bias",
    "y": "y[0]",
    "alt": "All outputs; the first is `{python} y[0, 0, 0]:.4f`.",
}


def figure(name: str = "sliding-window", **changes: str) -> str:
    """The fence with the options as they should be, but for the changes; an empty one is left out."""
    options = {key: value for key, value in (OPTIONS | changes).items() if value}
    return "\n".join(["```figure", name, *(f"{key}: {value}" for key, value in options.items()), "```", ""])


def torchs_own() -> dict[str, torch.Tensor]:
    torch.manual_seed(5)
    layer = torch.nn.Conv1d(2, 3, 4)
    x = torch.rand(1, 2, 9)
    return {
        "x": x[0],
        "weight": layer.weight.detach(),
        "bias": layer.bias.detach(),
        "y": layer(x)[0].detach(),
    }


def payload(html: str) -> dict[str, dict[str, object]]:
    (found,) = re.findall(r"data-given='(.*?)'>", html, re.DOTALL)
    return json.loads(html_module.unescape(found))


# --- The fence ----------------------------------------------------------------------------------------------


def test_a_figure_fence_has_a_name_a_cell_and_expressions() -> None:
    (fence,) = (part for part in parse_body(figure()).parts if isinstance(part, Fence))
    assert (fence.kind, fence.name, [str(ref) for ref in fence.refs]) == (
        "figure",
        "sliding-window",
        ["made#layer"],
    )
    assert fence.option("weight") == "layer.weight"
    assert fence.errors == ()


def test_the_data_arrives_with_every_float_as_torch_has_it(site: Site) -> None:
    html = site.html(figure(), SNIPPET)
    data = payload(html)["data"]
    for key, tensor in torchs_own().items():
        assert torch.equal(torch.tensor(data[key]), tensor), key
    assert (
        '<figure class="insync-interactive" id="fig-sliding-window" data-figure="sliding-window" data-given='
        in html
    )
    first = f"{torchs_own()['y'][0, 0]:.4f}"
    assert (
        f"<figcaption><strong>Figure\u00a01</strong> All outputs; the first is {first}.</figcaption>" in html
    )


def test_the_data_is_that_of_the_figures_own_cell_and_embeds_nothing(site: Site) -> None:
    html = site.html("```snippet\nmade#later\n```\n\n" + figure() + "\n`{python} x.sum():.1f`\n", SNIPPET)
    assert any(any(row) for row in payload(html)["data"]["x"])
    assert re.search(r">0\.0</a>", html), "numbers below belong to the cell embedded last"


def test_the_tables_hold_every_number_without_a_script(site: Site) -> None:
    html = re.sub(r" data-given='.*?'", "", site.html(figure(), SNIPPET), flags=re.DOTALL)
    cells = re.findall(r"<td[^>]*>(-?\d+\.\d{4})</td>", html)
    own = torchs_own()
    for key in ("x", "weight", "bias", "y"):
        for value in own[key].flatten().tolist():
            assert f"{value:.4f}" in cells, (key, value)
    products = (own["weight"][0] * own["x"][:, :4]).flatten().tolist()
    assert re.findall(r"<b>= (-?\d\.\d{4})</b>", html) == [f"{value:.4f}" for value in products]
    assert html.count("<caption>") == 4
    assert re.findall(r"<t[dh][^>]*></th>|<th>", html) == [], "every heading says what it is the heading of"


def test_texts_are_the_pages_language(site: Site) -> None:
    site.snippet(SNIPPET)
    for language, word in (("en", "Outputs y[0]"), ("zh", "输出 y[0]")):
        site.page(figure(), language=language)
        html = str(site.render(language=language).content)
        assert payload(html)["texts"]["outputs"].startswith(word)
        assert f"<caption>{word}" in html


def test_no_text_breaks_out_of_its_place(site: Site) -> None:
    odd = 'it\'s <b> & "quoted" </figure>'
    source = SNIPPET.replace("x = torch.rand", f"odd = {odd!r}\nx = torch.rand")
    html = site.html(figure(alt="Less < more & </figure> than `{python} odd`."), source)
    assert "</strong> Less &lt; more &amp; &lt;/figure&gt; than it&#x27;s &lt;b&gt; &amp; " in html
    assert html.count("</figure>") == 1


def test_what_the_script_is_given_may_hold_any_text(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = "it's <b> & \"quoted\" </figure> '>"
    texts = texts_of(FIGURES["sliding-window"], ENGLISH.language) | {"odd": odd}
    monkeypatch.setattr("insync.rendering.kinds.figure.texts_of", lambda *_: texts)
    html = site.html(figure(), SNIPPET)
    assert payload(html)["texts"]["odd"] == odd
    assert html.count("</figure>") == 1


@pytest.mark.parametrize(
    "around", ["!!! note\n\n{}", '=== "Tab"\n\n{}', "1. item\n\n{}"], ids=["admonition", "tab", "list"]
)
def test_a_figure_works_in_any_block(site: Site, around: str) -> None:
    inner = "".join(f"    {line}\n" for line in figure().splitlines())
    assert "weight" in payload(site.html(around.format(inner), SNIPPET))["data"]


# --- As JSON ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("torch.tensor([[1, 2], [3, 4]])", [[1, 2], [3, 4]]),
        ("torch.tensor(0.1)", 0.10000000149011612),
        ("torch.tensor(0.5, dtype=torch.bfloat16)", 0.5),
        ("torch.ones(1, requires_grad=True)", [1.0]),
        ("torch.zeros(2, 3).shape", [2, 3]),
        ("numpy.arange(3)", [0, 1, 2]),
        ("numpy.float32(0.25)", 0.25),
        ("{'a': (1, None, True), 'b': 'é\\n'}", {"a": [1, None, True], "b": "é\n"}),
        ("'\\x1b[31m'", "\x1b[31m"),
        ("1e-7", 1e-7),
        ("[{'a': 1}['a'] == 1 for _ in range(2)]", [True, True]),
    ],
)
def test_an_expression_arrives_as_json(run: Run, expression: str, expected: object) -> None:
    outcome = run("# %% one\nimport numpy, torch\n", one=[Expression(expression, "data")])
    value = outcome.record.cell("one").value(Expression(expression, "data"))
    assert (json.loads(value.text), value.error) == (expected, "")


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("float('nan')", "nan is in it, and JSON has no such number"),
        ("torch.tensor([1, float('inf')])", "inf is in it"),
        ("[torch.float32]", "dtype is in it, and JSON has nothing like it"),
        ("{1: 2}", "dict is in it"),
        ("[0] * 100_000", "it has 300000 characters as JSON, and 200000 are the most"),
        ("torch.rand(2)", "it changes torch's random state"),
        ("nothing", "NameError: name 'nothing' is not defined"),
    ],
)
def test_what_cannot_be_json_says_why(run: Run, expression: str, error: str) -> None:
    outcome = run("# %% one\nimport torch\n", one=[Expression(expression, "data")])
    assert error in outcome.record.cell("one").value(Expression(expression, "data")).error


# --- What is wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fence", "line", "message", "advice"),
    [
        (figure("sliding-windw"), 1, "there is no figure `sliding-windw`", "Did you mean `sliding-window`?"),
        (figure(snippet=""), 1, "has no `snippet:`", "`snippet: name#cell`"),
        (figure(snippet="made#layr"), 3, "`made` has no cell `layr`", "Did you mean `layer`?"),
        (figure(snippet="mad#layer"), 3, "no snippet `mad`", "Did you mean `made`?"),
        (figure(snippet="two words"), 3, "`two words` names no cell", "`snippet: name#cell`"),
        (figure(alt=""), 1, "the figure `sliding-window` has no alternative text", "`alt: "),
        (figure(bias=""), 1, "the figure `sliding-window` has no `bias:`", "`x:`, `weight:`, `bias:`, `y:`"),
        (figure(bias="", bais="layer.bias"), 8, "`sliding-window` has no option `bais`", "mean `bias`?"),
        (figure(x="x["), 4, "`x[` is no Python expression", "such as `x: x[0]`"),
        (figure(x="x:.4f"), 4, "`x:.4f` is not an expression alone", "such as `x: x[0]`"),
        (figure(x="(x := 1)"), 4, "would change what it looks at", "such as `x: x[0]`"),
        (figure(x="q[0]"), 4, "`q[0]` gives no data: NameError", "at the end of the cell `layer`"),
        (figure(x="x"), 1, "`x` is no block of numbers with 2 axes", "x (C_in, L)"),
        (figure(x="x[0, :1]"), 1, "the shape of `weight` is (3, 2, 4)", "would be (3, 1, 4)"),
        (figure(y="y[0] + 1"), 1, "`y` has", "and the others give"),
        (figure(y="'text'"), 1, "`y` is no block of numbers", "y (C_out, L - K + 1)"),
        ("```figure\n```\n", 1, "the `figure` fence names no figure", "on the first line"),
        (
            "```figure\nsnippet: made#layer\nsliding-window\n```\n",
            3,
            "is no option of a figure",
            "`key: expr",
        ),
    ],
)
def test_one_clear_error_names_page_and_line(
    site: Site, fence: str, line: int, message: str, advice: str
) -> None:
    error = site.error(fence, SNIPPET)
    assert message in error
    assert advice in error
    assert error.startswith(f"docs/en/page.md:{line}: ")
    assert error.count("What to do:") == 1, error


def test_a_page_that_is_served_shows_the_error_in_place_of_the_figure(site: Site) -> None:
    site.project.on_problem = lambda _: None
    html = site.html(figure(x="q[0]") + "\nafter\n", SNIPPET)
    assert "gives no data: NameError" in html
    assert "<figure" not in html
    assert "<p>after</p>" in html


# --- Elsewhere ----------------------------------------------------------------------------------------------


def test_data_is_published_rounded_and_a_moved_number_moves_a_line(site: Site) -> None:
    site.html(figure(), SNIPPET)
    ((_, record),) = site.project.records()
    text = published(site.project.snippet("made"), record)
    values = ", ".join(f"{value:.4f}" for value in torchs_own()["bias"].tolist())
    assert f"    as JSON: layer.bias  →  [{values}]\n" in text


def test_published_data_does_not_move_with_float_noise() -> None:
    assert compact('[0.25449020, [1e-7, -1e-7], 2, true, null, "0.123456", {"é": -0.5}]') == (
        '[0.2545, [0.0000, 0.0000], 2, true, null, "0.123456", {"é": -0.5000}]'
    )
    assert compact("[0.25449014]") == compact("[0.25449020]")


def test_a_changed_expression_runs_the_snippet_again_and_a_changed_text_does_not(site: Site) -> None:
    site.html(figure(), SNIPPET)
    site.runner.runs.clear()
    site.new_project()
    site.html(figure(alt="Other words."))
    # The number in the old text was a question, too.
    asked = len(site.runner.runs)
    site.new_project()
    site.html(figure(alt="Still other words."))
    assert len(site.runner.runs) == asked
    site.new_project()
    site.html(figure(alt="Still other words.", bias="layer.bias * 1"))
    assert len(site.runner.runs) == asked + 1


def test_both_languages_must_have_the_same_figure(site: Site) -> None:
    site.snippet(SNIPPET)
    mark = "---\ntranslation_of: x\n---\n"
    for changes, differ in (({}, False), ({"alt": "别的话。"}, False), ({"x": "x[0] * 1"}, True)):
        site.page(figure(alt="Words."))
        site.page(mark + figure(**{"alt": "一句话。", **changes}), language="zh")
        site.project.start()
        fences = [problem for problem in parity(site.project) if problem.message.startswith("the fence")]
        assert bool(fences) == differ, changes


def test_the_list_of_what_is_published_has_the_beginning_of_the_data(site: Site) -> None:
    site.html(figure(), SNIPPET)
    rows = table("published", site.project, ENGLISH, site.root / "docs/en/page.md")
    (row,) = [row for row in rows if "`layer.weight`" in row]
    weights = torchs_own()["weight"]
    assert f"`[[[{weights[0, 0, 0]:.4f}, " in row
    assert row.count("…") == 1


def test_a_notebook_has_the_figures_tables(site: Site) -> None:
    site.html("# Title { #title }\n\n" + figure(), SNIPPET)
    (page,) = site.project.pages
    cells = build(page, site.project, ENGLISH, str)["cells"]
    assert "<caption>Outputs y[0]" in cells[-1]["source"]
    assert [cell["cell_type"] for cell in cells] == ["markdown"]


# --- Shapes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [[], [[]], [[1], [1, 2]], ["a"], [True], 1.5, None, [[1.0], 2.0]])
def test_what_is_no_block_of_numbers_has_no_shape(bad: object) -> None:
    assert sliding_window.shape(bad) in {(), (1, 0)}


# --- Shape machine ------------------------------------------------------------------------------------------


def machine(**changes: object) -> dict[str, object]:
    row = {"L": 5, "K": 2, "s": 1, "p": 0, "d": 1, "g": 1, "mode": "zeros", "gives": 4}
    refused = row | {"mode": "same", "s": 2, "gives": "ValueError: <no>"}
    refusals = dict.fromkeys(shape_machine.REASONS, "ValueError: no")
    return {"channels": [4, 6], "rows": [row, refused], "refusals": refusals} | changes


def test_the_shape_machines_table_has_lengths_and_refusals() -> None:
    assert shape_machine.wrong(machine()) == ""
    html = shape_machine.table(machine(), texts_of(FIGURES["shape-machine"], ENGLISH.language))
    rows = re.findall(r"<tr>((?:<td>.*?</td>)+)</tr>", html)
    assert [re.findall(r"<td>(.*?)</td>", row)[-1] for row in rows] == ["4", "ValueError: &lt;no&gt;"]
    assert "<td>&#x27;same&#x27;</td>" in rows[1]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"channels": [4]}, "`channels` is no pair"),
        ({"channels": "46"}, "`channels` is no pair"),
        ({"refusals": {}}, "`refusals` does not have the reasons"),
        ({"refusals": dict.fromkeys(shape_machine.REASONS, "no")}, "`refusals` has one that is no error"),
        ({"rows": []}, "`rows` has no rows"),
        ({"rows": [{"L": 1}]}, "`rows` has one without L, K"),
        ({"rows": machine()["rows"][1:]}, "the first of `rows` has no length"),
    ],
)
def test_the_shape_machine_says_what_is_wrong_with_its_data(changes: dict[str, object], wrong: str) -> None:
    assert wrong in shape_machine.wrong(machine(**changes))


# --- Receptive-field tower ----------------------------------------------------------------------------------


def tower(preset: dict[str, object] | None = None, **changes: object) -> dict[str, object]:
    row = {"name": "gappy", "length": 9, "mode": "none", "t": 0, "layers": [[2, 2, 1]], "formula": 3}
    row |= {"measured": 3, "reads": 2, "future": 2, **(preset or {})}
    refusals = dict.fromkeys(field_tower.REASONS, "ValueError: no")
    return {"presets": [row], "measured": {"221": [3, 2]}, "refusals": refusals} | changes


def test_the_towers_table_has_what_was_measured() -> None:
    assert field_tower.wrong(tower()) == ""
    for language, cells in (
        (ENGLISH, ["2", "2", "1", "none", "3", "3", "2", "1", "2"]),
        (CHINESE, ["2", "2", "1", "无", "3", "3", "2", "1", "2"]),
    ):
        html = field_tower.table(tower(), texts_of(FIGURES["field-tower"], language.language))
        assert re.findall(r"<td>([^<]+)</td>", html) == cells
        assert html.count('<th scope="col">') == len(cells)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (tower(refusals={}), "`refusals` does not have the reasons long, same"),
        (tower(refusals=dict.fromkeys(field_tower.REASONS, "no")), "`refusals` has one that is no error"),
        (tower(presets=[]), "`presets` has none"),
        (tower(presets=[{"name": "gappy"}]), "`presets` has one without"),
        (tower({"mode": "zeros"}), "`presets` has one without"),
        (tower(measured=[]), "`measured` is no table"),
        (tower(measured={"22": [3, 2]}), "at `22`"),
        (tower(measured={"221": [3]}), "at `221`"),
        (tower({"layers": [[2, 2]]}), "the layers of `gappy` are not (K, d, s)"),
        (tower({"reads": 3}), "`measured` does not have what `gappy` has"),
    ],
)
def test_the_tower_says_what_is_wrong_with_its_data(data: dict[str, object], wrong: str) -> None:
    assert wrong in field_tower.wrong(data)


# --- Which way does it slide --------------------------------------------------------------------------------


def axes(**changes: object) -> dict[str, object]:
    sizes = {"L": 3, "E": 2, "K": 2, "C_out": 1, "t": 0}
    row = {"input": [2, 3], "output": [1, 2], "parameters": 5000, "whole": 2, "part": 0, "longer": [1, 3]}
    rows = [{"way": way, **row} for way in which_axis.WAYS]
    rows[2]["longer"] = "RuntimeError: <no>"
    refused = "RuntimeError: {C_out} {L} {K} {E} {longer}"
    given = {"start": sizes, "rows": rows, "graphdta": sizes, "published": rows, "refused": refused}
    return {"words": ["a", "b", "c"], **given, **changes}


def test_which_ways_tables_have_a_column_for_each_way() -> None:
    assert which_axis.wrong(axes()) == ""
    html = which_axis.table(axes(), texts_of(FIGURES["which-axis"], ENGLISH.language))
    assert html.count("<caption>") == 2
    rows = [
        re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", html)
    ]
    assert ["5,000"] * 3 in rows
    assert ["(N, 1, 3)", "(N, 1, 3)", "RuntimeError: &lt;no&gt;"] in rows
    assert {len(row) for row in rows} == {3}
    assert "{" not in html, "every place in the captions is filled"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"words": "abc"}, "`words` is no list"),
        ({"words": []}, "`words` is no list"),
        ({"words": ["a"] * 11}, "`words` has more than ten"),
        ({"words": ["a"]}, "`words` has 1, and `start` wants 3"),
        ({"start": {"L": 3}}, "`start` does not have the sizes"),
        ({"graphdta": [3]}, "`graphdta` does not have the sizes"),
        ({"rows": 3}, "`rows` has no rows"),
        ({"published": []}, "`published` does not have the ways permute, view, nothing"),
        ({"rows": [{"way": way} for way in which_axis.WAYS]}, "`rows` has one without"),
        ({"refused": "RuntimeError: {L}"}, "`refused` has no place {C_out}"),
        ({"refused": [1, 2]}, "`refused` has no place"),
    ],
)
def test_which_way_says_what_is_wrong_with_its_data(changes: dict[str, object], wrong: str) -> None:
    assert wrong in which_axis.wrong(axes(**changes))


# --- Groups and the matrix ----------------------------------------------------------------------------------


def grouped(**changes: object) -> dict[str, object]:
    start = dict.fromkeys(groups_matrix.SETTINGS, 1)
    row = start | {"gives": {"length_out": 7, "parameters": 8, "madds": 9}}
    refusals = dict.fromkeys(groups_matrix.REASONS, "ValueError: no")
    return {
        "start": start,
        "rows": [row, row | {"gives": "ValueError: <no>"}],
        "refusals": refusals,
    } | changes


def test_the_table_of_groups_has_counts_and_refusals() -> None:
    assert groups_matrix.wrong(grouped()) == ""
    html = groups_matrix.table(grouped(), texts_of(FIGURES["groups-matrix"], ENGLISH.language))
    assert "<td>7</td><td>8</td><td>9</td></tr>" in html
    assert '<td colspan="3">ValueError: &lt;no&gt;</td></tr>' in html


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"start": {}}, "`start` does not have inputs"),
        ({"refusals": {}}, "`refusals` does not have the reasons"),
        ({"refusals": dict.fromkeys(groups_matrix.REASONS, "no")}, "`refusals` has one that is no error"),
        ({"rows": []}, "`rows` has no rows"),
        ({"rows": [{"L": 1}]}, "`rows` has one without inputs"),
        ({"rows": [grouped()["start"] | {"gives": 1}]}, "neither numbers nor an error"),
    ],
)
def test_groups_say_what_is_wrong_with_their_data(changes: dict[str, object], wrong: str) -> None:
    assert wrong in groups_matrix.wrong(grouped(**changes))
