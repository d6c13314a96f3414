"""Windows put together again: against the sum place by place, and against the signal they were cut from."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, load, seeds, strided

recipe = load("overlap_add")
frame, overlap_add = recipe.frame, recipe.overlap_add
sizes = st.tuples(st.integers(1, 20), st.integers(1, 7), st.integers(1, 7)).filter(
    lambda size: size[2] <= size[1]
)


def by_loops(frames: np.ndarray, step: int, length: int, window: np.ndarray) -> np.ndarray:
    """The weighted mean of one row of windows (T, K), place by place."""
    y, total = np.zeros(length), np.zeros(length)
    for t, row in enumerate(frames):
        for k, value in enumerate(row):
            if t * step + k < length:
                y[t * step + k] += window[k] * value
                total[t * step + k] += window[k]
    return y / total


@held
@given(sizes, seeds, st.sampled_from([(), (3,), (2, 3), (0, 3), (1, 2, 2)]), st.sampled_from(DTYPES))
def test_the_signal_comes_back(
    size: tuple[int, int, int], seed: int, front: tuple[int, ...], dtype: torch.dtype
) -> None:
    length, width, step = size
    torch.manual_seed(seed)
    x = torch.randn(*front, length).to(dtype)
    frames = frame(x, width, step)
    assert frames.shape[:-2] == front
    assert frames.shape[-1] == width
    assert frames.dtype == dtype
    for window in (None, torch.rand(width) + 0.1):
        for given_frames in (frames, frames.contiguous(), strided(frames)):
            y = overlap_add(given_frames, step, length, window)
            assert y.dtype == dtype
            close(y, x)
    sent = torch.rand(width, dtype=torch.float64).to(dtype) + 0.5
    back = overlap_add(frames.double() * sent.double(), step, length, sent, before=sent)
    close(back, x.double())


@held
@given(sizes, seeds)
def test_windows_that_differ_are_averaged_by_their_weights(size: tuple[int, int, int], seed: int) -> None:
    length, width, step = size
    torch.manual_seed(seed)
    count = frame(torch.zeros(length), width, step).shape[0]
    frames, window = torch.randn(2, count, width, dtype=torch.float64), torch.rand(width) + 0.1
    true = [by_loops(one.numpy(), step, length, window.double().numpy()) for one in frames]
    close(overlap_add(frames, step, length, window), torch.from_numpy(np.array(true)))
    true = [by_loops(one.numpy(), step, length, np.ones(width)) for one in frames]
    close(overlap_add(frames, step, length), torch.from_numpy(np.array(true)))
    for wrong in (length + step + width, 0, *([length - step] if length > width else [])):
        with pytest.raises(ValueError, match=f"are not those of {wrong} values"):
            overlap_add(frames, step, wrong)


def test_it_inverts_the_stft_of_scipy() -> None:
    x = np.random.default_rng(0).normal(size=256)
    hann = scipy.signal.get_window("hann", 32)
    transform = scipy.signal.ShortTimeFFT(hann, 16, fs=1)
    spectra = transform.stft(x, p0=1, p1=15)
    frames = torch.from_numpy(np.array([np.fft.irfft(one, 32) for one in spectra.T]))
    frames = frames.roll(16, -1)  # SciPy's phases count from the middle of a window
    weights = torch.from_numpy(hann).clamp(min=1e-12)
    for window in (None, weights):
        y = overlap_add(frames, 16, window=window, before=weights)
        torch.testing.assert_close(y[16:-16], torch.from_numpy(x)[16 : len(y) - 16])


def test_nan_stays_where_it_was_and_under_no_weight_it_vanishes() -> None:
    frames = torch.ones(4, 3)
    frames[1, 1] = torch.nan
    assert overlap_add(frames, 2).isnan().nonzero().flatten().tolist() == [3]
    window = torch.tensor([0.0, 1, 1, 1])
    edge = torch.ones(1, 3, 4)
    edge[:, 1:, 0] = torch.tensor([torch.nan, torch.inf])
    edge.requires_grad_()
    head = torch.ones(1, 4)
    with pytest.raises(ValueError, match="1 of 4 places have no weight"):
        overlap_add(head, 2, window=window)
    tail = overlap_add(edge.flip(-1), 2, window=window.flip(0), length=7)
    assert tail.tolist() == [[1.0] * 7]
    tail.sum().backward()
    assert edge.grad.isfinite().all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_many_windows_over_one_place_are_counted_in_full(dtype: torch.dtype) -> None:
    x = torch.rand(1000).to(dtype)
    close(overlap_add(frame(x, 600, 1), 1, 1000), x)


def test_no_place_without_weight_is_passed_over() -> None:
    with pytest.raises(ValueError, match="1 of 20 places have no weight"):
        overlap_add(torch.ones(4, 8), 4, window=torch.hann_window(8))
    with pytest.raises(ValueError, match="6 of 38 places have no weight"):
        overlap_add(torch.ones(4, 8), 10)
    with pytest.raises(ValueError, match="places have no weight"):
        overlap_add(torch.ones(4, 8, device="meta"), 10)


def test_what_cannot_be_is_refused_with_a_sentence() -> None:
    for length, size, step in ((0, 4, 2), (9, 4, 5), (9, 4, 0), (9, 0, 0)):
        with pytest.raises(
            ValueError, match=f"no windows of {size}, one every {step}, hold all of {length} values"
        ):
            frame(torch.zeros(1, length), size, step)
    with pytest.raises(ValueError, match=r"no mean in torch.int64"):
        overlap_add(torch.ones(3, 4, dtype=torch.long), 2)
    with pytest.raises(ValueError, match="0 windows of 4"):
        overlap_add(torch.zeros(2, 0, 4), 2)
    with pytest.raises(ValueError, match=r"window has \(5,\), windows need \(4,\)"):
        overlap_add(torch.zeros(2, 3, 4), 2, window=torch.ones(5))
    with pytest.raises(ValueError, match=r"before has \(1, 4\), windows need \(4,\)"):
        overlap_add(torch.zeros(2, 3, 4), 2, before=torch.ones(1, 4))


def test_gradients_meta_and_complex() -> None:
    frames = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
    window = torch.rand(4, dtype=torch.float64) + 0.1
    assert torch.autograd.gradcheck(lambda x: overlap_add(x, 3, 9, window), (frames,))
    assert graph_size(overlap_add(frames, 3)) == graph_size(overlap_add(frames, 3))
    for dtype in DTYPES:
        on_meta = frame(torch.zeros(2, 3, 11, device="meta", dtype=dtype), 4, 3)
        y = overlap_add(on_meta, 3, 11, window)
        assert (y.shape, y.device.type, y.dtype) == ((2, 3, 11), "meta", dtype)
    x = torch.randn(2, 11, dtype=torch.complex64)
    close(overlap_add(frame(x, 4, 3), 3, 11, window.float()), x)


def test_cutting_takes_no_memory_where_nothing_has_to_be_filled_up() -> None:
    x = torch.arange(10.0)
    assert frame(x, 4, 3).untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
    assert frame(x[:9], 4, 3)[-1].tolist() == [6, 7, 8, 0]
    assert frame(torch.arange(9), 4, 3)[-1].tolist() == [6, 7, 8, 0]
    assert x.tolist() == list(range(10))


def test_it_exports_with_any_number_of_windows() -> None:
    class Model(torch.nn.Module):
        def forward(self, frames: torch.Tensor) -> torch.Tensor:
            return overlap_add(frames, 3, window=torch.ones(4))

    count = torch.export.Dim("count", min=2, max=1000)
    example = (torch.randn(1, 2, 5, 4),)
    exported = torch.export.export(Model(), example, dynamic_shapes=({2: count},)).module()
    frames = torch.randn(1, 2, 8, 4)
    close(exported(frames), overlap_add(frames, 3))


def test_weights_may_be_a_list_or_an_array() -> None:
    x, weights = torch.randn(2, 11), [0.5, 1.0, 2.0, 0.25]
    frames, true = frame(x, 4, 3) * torch.tensor(weights) ** 2, torch.tensor(weights)
    for form in (weights, tuple(weights), np.array(weights)):
        close(overlap_add(frames, 3, 11, form), overlap_add(frames, 3, 11, true))
        close(overlap_add(frames, 3, 11, form, before=form), overlap_add(frames, 3, 11, true, before=true))
    with pytest.raises(ValueError, match=r"window has \(3,\), windows need \(4,\)"):
        overlap_add(frames, 3, 11, [1, 2, 3])


def test_too_few_axes_are_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"frames are \(4,\), but \(..., T, K\) is needed"):
        overlap_add(torch.ones(4), 3)
    with pytest.raises(ValueError, match=r"frames are \(\), but"):
        overlap_add(torch.tensor(1.0), 3)
    with pytest.raises(ValueError, match="hold all of 0 values"):
        frame(torch.tensor(1.0), 4, 3)
