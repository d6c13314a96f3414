"""The table and the verdict follow from the samples."""

import pytest

from tools.bench.columns import COLUMNS, PLAIN, PROJECT
from tools.bench.report import Sample, report, slope, table, targets


def samples(column: str, state: str, pages: int, *seconds: float) -> list[Sample]:
    return [Sample(column, state, pages, index, value) for index, value in enumerate(seconds)]


def test_ratios_are_taken_within_a_round() -> None:
    # The machine was half as fast in round 1: every time doubles, no ratio moves.
    data = samples(PLAIN.name, "cold", 20, 1.0, 2.0, 1.0) + samples(PROJECT.name, "warm", 20, 1.1, 2.2, 1.1)
    plain, warm = table(data, 20)
    assert plain.seconds == (1.0, 1.0, 2.0)
    assert plain.ratio == (1.0, 1.0, 1.0)
    assert warm.seconds == (1.1, 1.1, 2.2)
    assert warm.ratio == pytest.approx((1.1, 1.1, 1.1))


def test_a_column_with_fewer_rounds_meets_plain_in_its_own() -> None:
    data = samples(PLAIN.name, "cold", 20, 2.0, 1.0) + samples("mkdocs-jupyter", "cold", 20, 40.0)
    row = table(data, 20)[1]
    assert (row.rounds, row.seconds[0], row.ratio[0]) == (1, 40.0, 20.0)


def test_the_slope_is_per_further_page_and_taken_within_a_round() -> None:
    # A slow spell in round 2 meets both sizes.
    data = samples(PROJECT.name, "cold", 20, 1.9, 2.0, 9.0) + samples(PROJECT.name, "cold", 40, 2.2, 2.2, 9.3)
    assert slope(data, PROJECT.name, 20) == pytest.approx(15.0)


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
        samples(PLAIN.name, "cold", 20, 1.0)
        + samples(PROJECT.name, "cold", 20, cold)
        + samples(PROJECT.name, "warm", 20, warm)
        + samples("markdown-exec", "cold", 20, 2.0)
        + samples(PROJECT.name, "cold", 40, doubled)
    )
    assert [target.kept for target in targets(data, 20)] == kept
    text = report(data, 20, {"cores": "2"})
    assert text.count("| MISSED |") == kept.count(False)


def test_the_report_is_a_table_with_every_column() -> None:
    names = [column.name for column in COLUMNS]
    data = [sample for name in names for sample in samples(name, "cold", 20, 1.0, 3.0)]
    lines = report(data, 20, {"cores": "2", "torch": "2.13.0"}).splitlines()
    rows = [line for line in lines if line.startswith("| ") and line.endswith("1.00 (1.00–1.00) |")]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == names
    assert all("2.00 (1.00–3.00)" in row for row in rows)
    assert lines[-1] == "cores 2; torch 2.13.0"
