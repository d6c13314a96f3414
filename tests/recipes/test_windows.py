"""Windows of a series: each against a loop over its rows; nothing of a later part in an earlier one."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, held, load, seeds, strided
from torch import nn
from torch.utils.data import DataLoader

recipe = load("windows")
Scaler, windows, split_by_time, forecast_sets = (
    recipe.Scaler,
    recipe.windows,
    recipe.split_by_time,
    recipe.forecast_sets,
)


def by_loop(rows: np.ndarray, length: int, horizon: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Windows and what comes next, row by row."""
    x, y = [], []
    for start in range(0, len(rows) - length - horizon + 1, stride):
        x.append([rows[start + i] for i in range(length)])
        y.append([rows[start + length + i] for i in range(horizon)])
    shape = len(x), horizon, rows.shape[1]
    return np.array(x).transpose(0, 2, 1), np.array(y).reshape(shape).transpose(0, 2, 1)


@held
@given(
    seeds, st.integers(1, 6), st.integers(0, 4), st.integers(1, 5), st.integers(0, 12), st.integers(1, 3),
    st.sampled_from(DTYPES),
)  # fmt: skip
def test_every_window_holds_neighbours_and_its_answer(
    seed: int, length: int, horizon: int, stride: int, more: int, columns: int, dtype: torch.dtype
) -> None:
    torch.manual_seed(seed)
    table = torch.randn(length + horizon + more, columns).to(dtype)
    true = by_loop(table.double().numpy(), length, horizon, stride)
    for given_table in (table, strided(table.T).T, table.double().numpy(), table.T.double().numpy().copy().T):
        for found, want in zip(windows(given_table, length, horizon, stride), true, strict=True):
            close(found.double(), torch.from_numpy(want))
    x, _ = windows(table, length, horizon, stride)
    assert x.dtype == dtype
    assert x.untyped_storage().data_ptr() == table.untyped_storage().data_ptr()
    alone, next_alone = windows(table[:, 0], length, horizon, stride)
    close(alone, x[:, :1])
    assert next_alone.shape == (len(x), 1, horizon)


@held
@given(seeds, st.integers(1, 5), st.integers(1, 3), st.integers(1, 4), st.integers(40, 70), st.booleans())
def test_a_later_part_moves_nothing_in_an_earlier_one(
    seed: int, length: int, horizon: int, stride: int, rows: int, gaps: bool
) -> None:
    torch.manual_seed(seed)
    shares = (0.5, 0.25, 0.25)
    series = torch.randn(rows, 2, dtype=torch.float64)
    if gaps:
        series[3, 1], series[-2, 0] = torch.nan, torch.inf
    sets, scaler = forecast_sets(series, length, horizon, stride, shares, drop=gaps)
    first, second = round(0.5 * rows), round(0.75 * rows)
    for start, earlier in ((first, 1), (second, 2)):
        other = series.clone()
        other[start:] = 1e6 * torch.randn(rows - start, 2)
        found, scaler_found = forecast_sets(other, length, horizon, stride, shares, drop=gaps)
        close(scaler_found.mean, scaler.mean)
        close(scaler_found.std, scaler.std)
        for one, after in zip(sets[:earlier], found[:earlier], strict=True):
            for a, b in zip(one.tensors, after.tensors, strict=True):
                close(a, b)
    for one, (begin, end) in zip(sets, ((0, first), (first, second), (second, rows)), strict=True):
        values = scaler.back(torch.cat(one.tensors, 2))
        for window in values:
            hits = series[begin:end].unfold(0, length + horizon, 1)
            assert any(torch.allclose(window, hit) for hit in hits)


@held
@given(seeds, st.sampled_from(DTYPES), st.floats(-1e3, 1e3), st.integers(1, 3))
def test_the_scaler_gives_mean_0_and_deviation_1_and_takes_it_back(
    seed: int, dtype: torch.dtype, offset: float, columns: int
) -> None:
    torch.manual_seed(seed)
    table = (offset + 3 * torch.randn(50, columns)).to(dtype)
    scaler = Scaler(table)
    z = scaler(table)
    assert z.dtype == dtype
    numbers = table.double().numpy()
    want = (numbers - numbers.mean(0)) / numbers.std(0)
    loose = {torch.float64: 1e-8, torch.float32: 1e-3}.get(dtype, 0.5)
    torch.testing.assert_close(z.double(), torch.from_numpy(want), rtol=loose, atol=loose)
    y = z.T[None]
    torch.testing.assert_close(scaler.back(y)[0].T, table, rtol=loose, atol=loose)
    torch.testing.assert_close(scaler.back(y[:, -1], column=-1)[0], table[:, -1], rtol=loose, atol=loose)


def test_gaps_are_left_out_of_the_scale_and_windows_with_them_are_refused_or_left_out() -> None:
    table = torch.arange(20.0)[:, None].repeat(1, 2)
    table[5, 0], table[6, 1] = torch.nan, -torch.inf
    scaler = Scaler(table)
    known = np.delete(np.arange(20.0), 5)
    assert float(scaler.mean[0]) == pytest.approx(known.mean())
    assert float(scaler.std[0]) == pytest.approx(known.std())
    with pytest.raises(ValueError, match="6 of 16 windows hold NaN or infinity"):
        windows(table, 4, 1)
    x, y = windows(table, 4, 1, drop=True)
    assert [int(one) for one in x[:, 0, 0]] == [0, *range(7, 16)]
    assert x.isfinite().all()
    assert y.isfinite().all()
    with pytest.raises(ValueError, match="3 of 3 windows"):
        windows(table[3:10], 4, 1, drop=True)
    with pytest.raises(ValueError, match=r"columns \[1\] hold no number"):
        Scaler(torch.tensor([[1.0, torch.nan], [2.0, torch.inf]]))


def test_a_column_that_never_changes_is_only_moved() -> None:
    table = torch.full((30, 2), 0.1, dtype=torch.float64)
    table[4, 0] = torch.nan
    table[:, 1] = torch.arange(30)
    z = Scaler(table)(torch.tensor([[0.6, 1.0]], dtype=torch.float64))
    assert float(z[0, 0]) == pytest.approx(0.5)
    for rows in range(3, 40):
        for value in (0.1, -0.3, 1e6 / 3, 0.0):
            scaler = Scaler(torch.full((rows, 1), value, dtype=torch.float64))
            assert float(scaler.std) == 1


def test_a_long_table_of_halves_does_not_overflow() -> None:
    table = 1000 + torch.arange(5000).remainder(2)[:, None].half() * 64
    scaler = Scaler(table)
    assert float(scaler.mean) == pytest.approx(1032)
    assert float(scaler.std) == pytest.approx(32)


def test_numbers_on_a_large_offset_keep_their_digits() -> None:
    seconds = np.arange(1_700_000_000, 1_700_000_100)
    (train, _), scaler = forecast_sets(seconds, 4, shares=(0.8, 0.2))
    assert train.tensors[0].dtype == torch.float32
    steps = train.tensors[0].diff(dim=2)
    torch.testing.assert_close(steps, torch.full_like(steps, 1 / float(scaler.std)), rtol=1e-4, atol=1e-5)


def test_shares_are_parts_that_touch_and_lose_no_row() -> None:
    for rows in range(3, 40):
        for shares in ((0.7, 0.15, 0.15), (0.8, 0.2), (1.0,), (0.333333,) * 2 + (0.333334,), (0.1,) * 10):
            parts = split_by_time(torch.arange(rows), shares)
            assert torch.cat(parts).tolist() == list(range(rows))
    assert [len(part) for part in split_by_time(list(range(10)), (0.8, 0.2))] == [8, 2]
    assert sum(map(len, split_by_time(range(10**6), (0.3333331, 0.3333331, 0.3333331)))) == 10**6
    for wrong in ((0.7, 0.15), (1.2, -0.2), (), (0.5, 0.5, 0.0), (0.5, torch.nan), (torch.nan, 0.5)):
        with pytest.raises(ValueError, match="must be above 0 and add up to 1"):
            split_by_time([1, 2, 3], wrong)


def test_what_cannot_be_cut_is_refused_with_a_sentence() -> None:
    table = torch.zeros(9, 2)
    with pytest.raises(ValueError, match="9 rows; a window of 8 and 2 more need 10"):
        windows(table, 8, 2)
    with pytest.raises(ValueError, match="2 rows; a window of 4 and 1 more need 5"):
        forecast_sets(torch.arange(12.0), 4)
    with pytest.raises(ValueError, match=r"columns .* hold no number"):
        forecast_sets(torch.zeros(0, 2), 4)
    for length, horizon, stride in ((0, 1, 1), (2, -1, 1), (2, 1, 0)):
        with pytest.raises(ValueError, match=f"no windows of {length} with {horizon} more, every {stride}"):
            windows(table, length, horizon, stride)
    for wrong in (torch.zeros(2, 3, 4), torch.tensor(1.0), torch.zeros(9, 2, dtype=torch.complex64)):
        with pytest.raises(ValueError, match=r"no real \(L, C\) or \(L,\)"):
            windows(wrong, 1)


def test_a_loader_shuffles_the_windows_and_a_layer_takes_them() -> None:
    series = torch.randn(60, 3)
    (train, test), _ = forecast_sets(series, 6, 2, shares=(0.8, 0.2))
    batches = list(DataLoader(train, 16, shuffle=True))
    assert sum(len(x) for x, _ in batches) == len(train) == 41
    for x, y in [*batches, test[:]]:
        assert nn.Conv1d(3, 4, 6)(x).shape == (len(x), 4, 1)
        assert y.shape == (len(x), 3, 2)


def test_it_works_on_meta_and_the_scaler_is_kept_with_the_model() -> None:
    on_meta = torch.zeros(30, 2, device="meta")
    sets, _ = forecast_sets(on_meta, 4, shares=(0.5, 0.5))
    assert [one.device.type for one in sets[0].tensors] == ["meta"] * 2
    one, other = Scaler(torch.randn(9, 2)), Scaler(torch.randn(9, 2))
    other.load_state_dict(one.state_dict())
    x = torch.randn(4, 2)
    close(deepcopy(other)(x), one(x))
    assert one.train().eval().back(torch.zeros(1, 2, 3, device="meta")).device.type == "meta"
    x.requires_grad_()
    one(x).sum().backward()
    close(x.grad, (1 / one.std).expand(4, 2))


def test_other_columns_than_those_learnt_from_are_refused() -> None:
    for learnt, given_columns in ((1, 3), (2, 1), (2, 3)):
        scaler = load("windows").Scaler(torch.randn(5, learnt))
        with pytest.raises(ValueError, match=f"{given_columns} columns, not the {learnt} that were learnt"):
            scaler(torch.randn(5, given_columns))
