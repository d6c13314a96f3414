"""conv1d agrees with what others compute: SciPy and NumPy, over a sweep of shapes and options."""

import itertools

import numpy as np
import pytest
import scipy.signal
import torch
from torch.nn import functional

SWEEP = [
    case
    for case in itertools.product((1, 2, 3), (1, 2), (5, 8, 13), (1, 2, 3, 4), (1, 2, 3), (0, 1, 2), (1, 2))
    if case[2] + 2 * case[5] >= case[6] * (case[3] - 1) + 1
]


def correlate_all(x: np.ndarray, w: np.ndarray, b: np.ndarray, *, by_scipy: bool) -> np.ndarray:
    """Every output channel: the sum of its channels' correlations, and the bias."""
    correlate = scipy.signal.correlate if by_scipy else np.correlate
    rows = [sum(correlate(x[c], w[o, c], mode="valid") for c in range(len(x))) + b[o] for o in range(len(w))]
    return np.stack(rows)


@pytest.mark.parametrize("by_scipy", [True, False], ids=["scipy", "numpy"])
def test_conv1d_agrees_with_correlation_over_a_sweep(by_scipy: bool) -> None:
    generator = torch.Generator().manual_seed(0)
    for c_in, c_out, length, k, stride, padding, dilation in SWEEP:
        x = torch.randn(c_in, length, generator=generator, dtype=torch.float64)
        w = torch.randn(c_out, c_in, k, generator=generator, dtype=torch.float64)
        b = torch.randn(c_out, generator=generator, dtype=torch.float64)
        ours = functional.conv1d(x[None], w, b, stride, padding, dilation)[0].numpy()
        # Dilation puts zeros between the taps; stride leaves outputs out; padding is done beforehand.
        spread = np.zeros((c_out, c_in, dilation * (k - 1) + 1))
        spread[:, :, ::dilation] = w.numpy()
        padded = np.pad(x.numpy(), ((0, 0), (padding, padding)))
        theirs = correlate_all(padded, spread, b.numpy(), by_scipy=by_scipy)[:, ::stride]
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_the_sweep_is_no_single_case() -> None:
    assert len(SWEEP) > 1000
