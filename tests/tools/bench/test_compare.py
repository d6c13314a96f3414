"""The benchmark: that its sites are what they say, and that its table follows from its samples."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tools.bench import compare as bench
from tools.bench.compare import COLUMNS, PLAIN, PROJECT, Sample

BY_NAME = {column.name: column for column in COLUMNS}


def block(page: str, info: str) -> list[str]:
    return re.findall(rf"^```{info}\n(.*?)\n```$", page, flags=re.MULTILINE | re.DOTALL)


def test_the_pasted_outputs_are_what_the_cells_print() -> None:
    shapes, sums = zip(*bench.outputs(3), strict=True)
    assert shapes == ("(1, 2, 7)\n",) * 3
    assert len(set(sums)) == 3, "each page has numbers of its own"
    for text in sums:
        by_hand, of_the_layer = map(float, text.split(" = "))
        assert by_hand == pytest.approx(of_the_layer, abs=1.1e-4)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_site_has_the_same_cells(column: bench.Column, tmp_path: Path) -> None:
    folder = bench.write_site(column, tmp_path / "site", 2)
    for number in range(2):
        name = bench.page_name(number)
        wanted = [cell.code for cell in bench.cells(number)]
        if column is PROJECT:
            source = (folder / "snippets" / f"{name}.py").read_text(encoding="utf-8")
            found = [part.partition("\n")[2].strip() for part in source.split("# %% ")[1:]]
        elif column.name == "mkdocs-jupyter":
            notebook = json.loads((folder / "docs" / f"{name}.ipynb").read_text(encoding="utf-8"))
            found = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
        else:
            found = block((folder / "docs" / f"{name}.md").read_text(encoding="utf-8"), "python[^\n]*")
        assert found == wanted


def test_the_projects_pages_paste_nothing(tmp_path: Path) -> None:
    folder = bench.write_site(PROJECT, tmp_path / "site", 1)
    page = (folder / "docs" / "page_0000.md").read_text(encoding="utf-8")
    assert block(page, "snippet") == ["page_0000#layer", "page_0000#by_hand"]
    assert "torch" not in page


def test_columns_differ_only_in_what_makes_the_outputs() -> None:
    loaded = {column.name: yaml.safe_load(column.configuration()) for column in COLUMNS}
    plain = loaded[PLAIN]
    assert "search" in plain["plugins"]
    assert loaded["markdown-exec"]["plugins"].keys() - plain["plugins"].keys() == {"markdown-exec"}
    assert loaded["mkdocs-jupyter"]["plugins"]["mkdocs-jupyter"]["execute"] is True
    assert [e for e in loaded[PROJECT.name]["markdown_extensions"] if "insync" not in e] == plain[
        "markdown_extensions"
    ]
    for configuration in loaded.values():
        assert configuration["theme"] == plain["theme"]
        assert configuration["plugins"]["search"] == plain["plugins"]["search"]


def samples(column: str, state: str, pages: int, *seconds: float) -> list[Sample]:
    return [Sample(column, state, pages, index, value) for index, value in enumerate(seconds)]


def test_ratios_are_taken_within_a_round() -> None:
    # The machine was half as fast in round 1: every time doubles, no ratio moves.
    data = samples(PLAIN, "cold", 20, 1.0, 2.0, 1.0) + samples(PROJECT.name, "warm", 20, 1.1, 2.2, 1.1)
    plain, warm = bench.table(data, 20)
    assert plain.seconds == (1.0, 1.0, 2.0)
    assert plain.ratio == (1.0, 1.0, 1.0)
    assert warm.seconds == (1.1, 1.1, 2.2)
    assert warm.ratio == pytest.approx((1.1, 1.1, 1.1))


def test_a_column_with_fewer_rounds_meets_plain_in_its_own() -> None:
    data = samples(PLAIN, "cold", 20, 2.0, 1.0) + samples("mkdocs-jupyter", "cold", 20, 40.0)
    row = bench.table(data, 20)[1]
    assert (row.rounds, row.seconds[0], row.ratio[0]) == (1, 40.0, 20.0)


def test_the_slope_is_per_further_page_and_taken_within_a_round() -> None:
    # A slow spell in round 2 meets both sizes.
    data = samples(PROJECT.name, "cold", 20, 1.9, 2.0, 9.0) + samples(PROJECT.name, "cold", 40, 2.2, 2.2, 9.3)
    assert bench.slope(data, PROJECT.name, 20) == pytest.approx(15.0)


@pytest.mark.parametrize(
    ("cold", "warm", "doubled", "kept"),
    [
        (2.0, 1.1, 2.3, [True, True, True]),
        (2.1, 1.1, 2.4, [False, True, True]),
        (2.0, 1.2, 2.3, [True, False, True]),
        (1.8, 1.0, 2.3, [True, True, False]),
    ],
)
def test_targets_are_judged(cold: float, warm: float, doubled: float, kept: list[bool]) -> None:
    data = (
        samples(PLAIN, "cold", 20, 1.0)
        + samples(PROJECT.name, "cold", 20, cold)
        + samples(PROJECT.name, "warm", 20, warm)
        + samples("markdown-exec", "cold", 20, 2.0)
        + samples(PROJECT.name, "cold", 40, doubled)
    )
    assert [target.kept for target in bench.targets(data, 20)] == kept
    text = bench.report(data, 20, {"cores": "2"})
    assert text.count("| MISSED |") == kept.count(False)


def test_the_report_is_a_table_with_every_column() -> None:
    data = [sample for name in BY_NAME for sample in samples(name, "cold", 20, 1.0, 3.0)]
    lines = bench.report(data, 20, {"cores": "2", "torch": "2.13.0"}).splitlines()
    rows = [line for line in lines if line.startswith("| ") and line.endswith("1.00 (1.00–1.00) |")]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(BY_NAME)
    assert all("2.00 (1.00–3.00)" in row for row in rows)
    assert lines[-1] == "cores 2; torch 2.13.0"


def test_a_build_that_does_not_show_its_output_is_not_timed(tmp_path: Path) -> None:
    page = tmp_path / "site" / "page_0000" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>nothing was run</p>", encoding="utf-8")
    with pytest.raises(bench.click.ClickException, match="does not show"):
        bench.check(BY_NAME["markdown-exec"], tmp_path, 1)
