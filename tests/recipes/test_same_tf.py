"""TensorFlow's `same`, down and up: against the definition, against its gradient, and at every edge."""

from __future__ import annotations

import copy
import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, load, seeds, strided
from torch import nn

SameConv1d = load("same_tf").SameConv1d
SameConvTranspose1d = load("same_tf").SameConvTranspose1d
BOTH = (SameConv1d, SameConvTranspose1d)
sizes = st.fixed_dictionaries(
    {
        "kernel_size": st.integers(1, 6),
        "stride": st.integers(1, 6),
        "dilation": st.integers(1, 4),
        "groups": st.sampled_from([1, 2]),
        "bias": st.booleans(),
    }
)


def numbers(tensor: torch.Tensor | None, channels: int) -> np.ndarray:
    return np.zeros(channels) if tensor is None else tensor.detach().double().numpy()


def down_by_numpy(layer: nn.Conv1d, x: torch.Tensor) -> np.ndarray:
    """The row made long enough by zeros, as TensorFlow's pages count them; then window by window."""
    weight, rows = numbers(layer.weight, 0), x.double().numpy()
    outputs, per_group, taps = weight.shape
    (stride,), (dilation,) = layer.stride, layer.dilation
    length, span = rows.shape[-1], (taps - 1) * dilation + 1
    # The form with two cases, by which TensorFlow's pages define it.
    needed = span - stride if length % stride == 0 else span - length % stride
    zeros = max(needed, 0)
    padded = np.zeros((*rows.shape[:2], length + zeros))
    padded[:, :, zeros // 2 : zeros // 2 + length] = rows
    y = np.zeros((len(rows), outputs, int(np.ceil(length / stride))))
    y += numbers(layer.bias, outputs)[:, None]
    for o, t, c, k in itertools.product(range(outputs), range(y.shape[-1]), range(per_group), range(taps)):
        channel = o // (outputs // layer.groups) * per_group + c
        y[:, o, t] += weight[o, c, k] * padded[:, channel, t * stride + k * dilation]
    return y


def up_by_numpy(layer: nn.ConvTranspose1d, x: torch.Tensor) -> np.ndarray:
    """All that the inputs spread, on a row that has room for it; then what Keras keeps, and the bias."""
    weight, rows = numbers(layer.weight, 0), x.double().numpy()
    inputs, per_group, taps = weight.shape
    (stride,), (dilation,) = layer.stride, layer.dilation
    length, span = rows.shape[-1], (taps - 1) * dilation + 1
    room = np.zeros((len(rows), layer.out_channels, (length - 1) * stride + max(span, stride)))
    for c, o, t, k in itertools.product(range(inputs), range(per_group), range(length), range(taps)):
        channel = c // (inputs // layer.groups) * per_group + o
        room[:, channel, t * stride + k * dilation] += weight[c, o, k] * rows[:, c, t]
    left = max(span - stride, 0) // 2
    kept = room[:, :, left : left + length * stride]
    return kept + numbers(layer.bias, layer.out_channels)[:, None]


REFERENCES = {SameConv1d: down_by_numpy, SameConvTranspose1d: up_by_numpy}


@pytest.mark.parametrize("kind", BOTH)
@held
@given(size=sizes, seed=seeds, n=st.integers(0, 3), length=st.integers(1, 14))
def test_it_gives_what_the_definition_gives(kind: type, size: dict, seed: int, n: int, length: int) -> None:
    torch.manual_seed(seed)
    layer = kind(4, 2, **size, dtype=torch.float64)
    x = torch.randn(n, 4, length, dtype=torch.float64)
    true = torch.from_numpy(REFERENCES[kind](layer, x))
    up = kind is SameConvTranspose1d
    assert true.shape[-1] == (length * size["stride"] if up else -(-length // size["stride"]))
    close(layer(x).detach(), true)
    close(layer(strided(x)).detach(), true)
    for i in range(n):
        close(layer(x[i]).detach(), true[i])


@held
@given(size=sizes, seed=seeds, length=st.integers(1, 9))
def test_up_is_the_gradient_of_down_as_keras_defines_it(size: dict, seed: int, length: int) -> None:
    torch.manual_seed(seed)
    size = size | {"bias": False}
    down = SameConv1d(4, 2, **size, dtype=torch.float64)
    up = SameConvTranspose1d(2, 4, **size, dtype=torch.float64)
    up.load_state_dict(down.state_dict())
    x = torch.randn(2, 4, length * size["stride"], dtype=torch.float64, requires_grad=True)
    z = torch.randn(2, 2, length, dtype=torch.float64)
    close(up(z).detach(), torch.autograd.grad(down(x), x, z)[0])


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("stride", [1, 2, 5])
def test_it_keeps_the_dtype(kind: type, dtype: torch.dtype, stride: int) -> None:
    layer = kind(4, 2, 3, stride, dtype=dtype)
    x = torch.randn(2, 4, 7, dtype=dtype)
    true = torch.from_numpy(REFERENCES[kind](layer, x))
    assert layer(x).dtype == dtype
    loose = 0.05 if dtype in (torch.float16, torch.bfloat16) else 1e-5
    torch.testing.assert_close(layer(x).detach().double(), true, rtol=loose, atol=loose)


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_with_stride_1_it_is_what_torch_calls_same(kernel_size: int, dilation: int) -> None:
    plain = nn.Conv1d(4, 2, kernel_size, padding="same", dilation=dilation)
    layer = SameConv1d(4, 2, kernel_size, dilation=dilation)
    layer.load_state_dict(plain.state_dict())
    x = torch.randn(3, 4, 9)
    close(layer(x), plain(x))
    plain.load_state_dict(layer.state_dict())


def test_the_numbers_that_the_pages_of_others_show() -> None:
    # TensorFlow and Keras for 0 to 9, K 3, stride 2; Keras for 1 2 3 spread by 1, 10, 100.
    down = SameConv1d(1, 1, 3, 2, bias=False)
    nn.init.ones_(down.weight)
    assert down(torch.arange(10.0)[None]).tolist() == [[3, 9, 15, 21, 17]]
    up = SameConvTranspose1d(1, 1, 3, 2, bias=False)
    up.weight.data = torch.tensor([[[1.0, 10.0, 100.0]]])
    assert up(torch.tensor([[1.0, 2.0, 3.0]])).tolist() == [[1, 10, 102, 20, 203, 30]]


def test_what_no_input_reaches_has_the_bias_alone() -> None:
    layer = SameConvTranspose1d(1, 1, 2, 5)
    nn.init.ones_(layer.weight)
    nn.init.constant_(layer.bias, 0.5)
    assert layer(torch.tensor([[1.0, 2.0]])).tolist() == [[1.5, 1.5, 0.5, 0.5, 0.5, 2.5, 2.5, 0.5, 0.5, 0.5]]


@pytest.mark.parametrize("kind", BOTH)
def test_no_length_is_refused_with_a_sentence(kind: type) -> None:
    with pytest.raises(ValueError, match=r"no values: \(2, 4, 0\)"):
        kind(4, 2, 3, 2)(torch.zeros(2, 4, 0))


def test_a_stride_of_0_is_refused() -> None:
    for stride in (0, -1, (0,)):
        with pytest.raises(ValueError, match="a stride of"):
            SameConvTranspose1d(4, 2, 3, stride=stride)
    with pytest.raises(ValueError, match="a stride of 0"):
        SameConv1d(4, 2, 3, stride=0)


@pytest.mark.parametrize("kind", BOTH)
def test_it_works_on_meta_is_copied_keeps_no_graph_and_has_gradients(kind: type) -> None:
    on_meta = kind(2, 3, 4, stride=2, device="meta")
    assert all(parameter.is_meta for parameter in on_meta.parameters())
    assert on_meta(torch.zeros(5, 2, 9, device="meta")).shape[:2] == (5, 3)
    layer = kind(2, 3, 4, 3, dtype=torch.float64)
    x = torch.randn(2, 2, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))
    assert graph_size(layer(x)) == graph_size(layer(x))
    close(copy.deepcopy(layer)(x), layer(x))
    close(layer.train()(x), layer.eval()(x))


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(("kernel_size", "stride"), [(4, 1), (3, 2), (4, 2), (2, 3)])
def test_it_exports_with_any_length(kind: type, kernel_size: int, stride: int) -> None:
    layer = kind(2, 3, kernel_size, stride).eval()
    length = torch.export.Dim("length", min=2 * stride, max=1000)
    exported = torch.export.export(layer, (torch.randn(1, 2, 20),), dynamic_shapes=({2: length},)).module()
    for n in range(2 * stride, 2 * stride + 7):
        x = torch.randn(1, 2, n)
        close(exported(x), layer(x))
