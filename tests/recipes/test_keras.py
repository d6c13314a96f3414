"""Weights from Keras: the layers against what Keras documents, as sums in NumPy; and what is refused."""

from __future__ import annotations

import copy
import itertools
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, held, load, seeds
from torch import nn

keras = load("keras")
load_conv1d, load_conv1d_transpose = keras.load_conv1d, keras.load_conv1d_transpose
load_separable_conv1d, load_batch_norm = keras.load_separable_conv1d, keras.load_batch_norm
Arrays = list[np.ndarray]
sizes = st.fixed_dictionaries(
    {
        "taps": st.integers(1, 4),
        "stride": st.integers(1, 5),
        "dilation": st.integers(1, 3),
        "bias": st.booleans(),
        "n": st.integers(0, 2),
    }
)


def conv(
    x: np.ndarray, kernel: np.ndarray, stride: int = 1, dilation: int = 1, groups: int = 1
) -> np.ndarray:
    """Keras' Conv1D without a bias, padding valid: (N, L, C_in) and (K, C_in/g, C_out) to (N, T, C_out)."""
    taps, per_group, outputs = kernel.shape
    starts = range(0, x.shape[1] - dilation * (taps - 1), stride)
    y = np.zeros((len(x), len(starts), outputs))
    for (t, start), k, c, o in itertools.product(
        enumerate(starts), range(taps), range(per_group), range(outputs)
    ):
        channel = o // (outputs // groups) * per_group + c
        y[:, t, o] += x[:, start + k * dilation, channel] * kernel[k, c, o]
    return y


def depthwise(x: np.ndarray, kernel: np.ndarray, stride: int, dilation: int) -> np.ndarray:
    """Output c * M + m of a kernel (K, C_in, M) is channel c seen through its filter m."""
    taps, channels, multiplier = kernel.shape
    starts = range(0, x.shape[1] - dilation * (taps - 1), stride)
    y = np.zeros((len(x), len(starts), channels, multiplier))
    for (t, start), k in itertools.product(enumerate(starts), range(taps)):
        y[:, t] += x[:, start + k * dilation, :, None] * kernel[k]
    return y.reshape(*y.shape[:2], channels * multiplier)


def transposed(x: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Conv1DTranspose, padding valid: each input gets at least a whole stride of outputs."""
    taps, outputs, _ = kernel.shape
    y = np.zeros((len(x), (x.shape[1] - 1) * stride + max(taps, stride), outputs))
    for t, k in itertools.product(range(x.shape[1]), range(taps)):
        y[:, t * stride + k] += x[:, t] @ kernel[k].T
    return y


def through(layer: nn.Module, x: np.ndarray) -> np.ndarray:
    """The layer, for Keras' order of axes."""
    tensor = next(layer.parameters(), torch.zeros(1))
    with torch.no_grad():
        return layer.eval()(torch.tensor(x).to(tensor.dtype).mT).mT.double().numpy()


def same(layer: nn.Module, x: np.ndarray, wanted: np.ndarray, tolerance: float = 1e-9) -> None:
    got = through(layer, x)
    assert got.shape == wanted.shape
    np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance)


def biased(kernels: Arrays, bias: np.ndarray, use_bias: bool) -> Arrays:
    return [*kernels, bias] if use_bias else kernels


@held
@given(sizes, seeds, st.sampled_from([1, 2]), st.booleans())
def test_conv1d_gives_what_keras_gives(size: dict, seed: int, groups: int, new: bool) -> None:
    draw = np.random.default_rng(seed).standard_normal
    x, bias, kernel = draw((size["n"], 14, 4)), draw(6), draw((size["taps"], 4 // groups, 6))
    options = {"stride": size["stride"], "dilation": size["dilation"], "groups": groups}
    true = conv(x, kernel, *options.values()) + bias * size["bias"]
    arrays = biased([kernel], bias, size["bias"])
    if new:
        layer = load_conv1d(arrays, **options, dtype=torch.float64)
    else:
        mine = nn.Conv1d(4, 6, size["taps"], **options, bias=size["bias"], dtype=torch.float64)
        layer = load_conv1d(arrays, mine)
        assert layer is mine
    same(layer, x, true)


@held
@given(sizes, seeds, st.booleans())
def test_conv1d_transpose_gives_what_keras_gives(size: dict, seed: int, dilate: bool) -> None:
    draw = np.random.default_rng(seed).standard_normal
    x, bias, kernel = draw((size["n"], 5, 4)), draw(6), draw((size["taps"], 6, 4))
    arrays = biased([kernel], bias, size["bias"])
    # Keras refuses a stride together with a dilation; the layer has the rule of a kernel with gaps.
    dilation = size["dilation"] if dilate else 1
    wide = np.zeros(((size["taps"] - 1) * dilation + 1, 6, 4))
    wide[::dilation] = kernel
    options = {"stride": size["stride"], "dilation": dilation, "dtype": torch.float64}
    layer = load_conv1d_transpose(arrays, **options)
    true = transposed(x, wide, size["stride"])
    same(layer, x, true + bias * size["bias"])


@held
@given(sizes, seeds, st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_separable_conv1d_gives_what_keras_gives(
    size: dict, seed: int, channels: int, multiplier: int, new: bool
) -> None:
    draw = np.random.default_rng(seed).standard_normal
    between = channels * multiplier
    x, depth = draw((size["n"], 14, channels)), draw((size["taps"], channels, multiplier))
    point, bias = draw((1, between, 5)), draw(5)
    options = {"stride": size["stride"], "dilation": size["dilation"]}
    arrays, double = biased([depth, point], bias, size["bias"]), {"dtype": torch.float64}
    mine = None
    if not new:
        mine = nn.Sequential(
            nn.Conv1d(channels, between, size["taps"], groups=channels, bias=False, **options, **double),
            nn.Conv1d(between, 5, 1, bias=size["bias"], **double),
        )
    layer = load_separable_conv1d(arrays, mine, **(options | double if new else {}))
    assert new or layer is mine
    same(layer, x, conv(depthwise(x, depth, *options.values()), point) + bias * size["bias"])


@held
@given(seeds, st.booleans(), st.booleans(), st.booleans(), st.integers(1, 4))
def test_batch_norm_gives_what_keras_gives(
    seed: int, scale: bool, center: bool, new: bool, channels: int
) -> None:
    draw = np.random.default_rng(seed).standard_normal
    gamma, beta, mean = draw((3, channels))
    variance, x = draw(channels) ** 2 * 1e-3, draw((3, 6, channels))
    mine = None if new else nn.BatchNorm1d(channels, dtype=torch.float64)
    options = {"dtype": torch.float64 if new else None}
    arrays = [gamma] * scale + [beta] * center + [mean, variance]
    layer = load_batch_norm(arrays, mine, scale, center, **options)
    true = (x - mean) / np.sqrt(variance + 1e-3) * (gamma if scale else 1) + (beta if center else 0)
    if new and not (scale or center):  # no parameter says the dtype
        assert layer.running_mean.dtype == torch.float64
        true, x = true.astype(np.float32), x.astype(np.float32)
        layer = layer.float()
        same(layer, x, true, 1e-4)
    else:
        same(layer, x, true)
    trained = {name for name, parameter in layer.named_parameters() if parameter.requires_grad}
    assert trained == {name for name, there in (("weight", scale), ("bias", center)) if there}
    assert layer.momentum == pytest.approx(0.01)
    assert layer.eps == 1e-3


def test_its_running_means_move_as_keras_moves_them() -> None:
    arrays = [np.ones(2), np.zeros(2), np.array([10.0, -10.0]), np.ones(2)]
    layer = load_batch_norm(arrays, momentum=0.9, dtype=torch.float64).train()
    x = torch.randn(8, 2, 5, dtype=torch.float64)
    layer(x)
    true = arrays[2] * 0.9 + x.mean((0, 2)).numpy() * 0.1
    np.testing.assert_allclose(layer.running_mean.numpy(), true)


def test_a_depthwise_kernel_is_a_grouped_one() -> None:
    draw = np.random.default_rng(0).standard_normal
    kernel, bias, x = draw((3, 4, 2)), draw(8), draw((2, 9, 4))
    layer = load_conv1d([kernel.reshape(3, 1, 8), bias], groups=4, dtype=torch.float64)
    same(layer, x, depthwise(x, kernel, 1, 1) + bias)


@pytest.mark.parametrize("dtype", DTYPES)
def test_it_keeps_the_layers_dtype_and_takes_arrays_of_any_kind(dtype: torch.dtype) -> None:
    kernel = np.arange(24).reshape(4, 3, 2)
    for given_ in (
        kernel,
        kernel.astype(np.float16),
        kernel.tolist(),
        torch.tensor(kernel),
        kernel.astype(">f4"),
    ):
        layer = load_conv1d([given_], dtype=dtype)
        assert layer.weight.dtype == dtype
        assert layer.weight[1, 2, 3] == kernel[3, 2, 1]
        assert layer.weight.requires_grad
        assert layer.weight.is_leaf


def test_arrays_are_not_shared_and_may_be_read_only_or_strided() -> None:
    wide = np.random.default_rng(0).standard_normal((8, 3, 4)).astype(np.float32)
    wide.setflags(write=False)
    kernel = wide[::-2, :, 1::2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layer = load_conv1d([kernel])
    before = kernel.copy()
    assert not np.shares_memory(layer.weight.detach().numpy(), wide)
    with torch.no_grad():
        assert layer.weight.is_contiguous()
        layer.weight.zero_()
    assert np.array_equal(kernel, before)


def test_new_layers_are_made_on_the_device_of_the_options() -> None:
    ones = np.ones
    for layer in (
        load_conv1d([ones((3, 4, 2)), ones(2)], device="meta"),
        load_conv1d_transpose([ones((3, 4, 2)), ones(4)], device="meta"),
        load_separable_conv1d([ones((3, 4, 2)), ones((1, 8, 5)), ones(5)], device="meta"),
        load_batch_norm([ones(3)] * 4, device="meta"),
    ):
        assert {tensor.device.type for tensor in layer.state_dict().values()} == {"meta"}


K, B = np.ones((3, 4, 2)), np.ones(2)
DEPTH, POINT = np.ones((3, 4, 2)), np.ones((1, 8, 5))
REFUSED = {
    "another kernel": (load_conv1d, ([K, B], nn.Conv1d(4, 2, 5)), r"weight: \(2, 4, 5\) wanted, \(2, 4, 3\)"),
    "not turned": (load_conv1d, ([K.T, B], nn.Conv1d(4, 2, 3)), r"wanted, \(3, 4, 2\) given"),
    "another bias": (load_conv1d, ([K, np.ones(3)], nn.Conv1d(4, 2, 3)), r"bias: \(2,\) wanted"),
    "no bias there": (load_conv1d, ([K, B], nn.Conv1d(4, 2, 3, bias=False)), "no bias of its own"),
    "no bias given": (load_conv1d, ([K], nn.Conv1d(4, 2, 3)), "no array for the Conv1d's bias"),
    "groups": (load_conv1d, ([K, B], nn.Conv1d(4, 2, 3, groups=2)), "wanted"),
    "two axes": (load_conv1d, ([K[0], B],), r"kernel \(4, 2\); wanted \(K, C_in/groups, C_out\)"),
    "too many": (load_conv1d, ([K, B, B],), "3 arrays; 2 wanted"),
    "none": (load_conv1d, ([],), "0 arrays; 2 wanted, 1 if there is no bias"),
    "wrong layer": (load_conv1d, ([np.ones((4, 4, 4))], nn.ConvTranspose1d(4, 4, 4)), "is no Conv1d"),
    "wrong layer up": (load_conv1d_transpose, ([K], nn.Conv1d(4, 2, 3)), "is no ConvTranspose1d"),
    "groups up": (load_conv1d_transpose, ([K], nn.ConvTranspose1d(2, 4, 3, groups=2)), "wanted"),
    "pointwise": (load_separable_conv1d, ([DEPTH, POINT[:, :7]],), r"\(5, 8, 1\) wanted, \(5, 7, 1\) given"),
    "2-D pointwise": (load_separable_conv1d, ([DEPTH, POINT[0]],), r"kernel \(8, 5\); wanted"),
    "channels": (
        load_separable_conv1d,
        ([DEPTH, POINT], nn.Sequential(nn.Conv1d(2, 8, 3, groups=2), nn.Conv1d(8, 5, 1))),
        "2 channels in .*, 4 in the kernel",
    ),
    "biased depthwise": (
        load_separable_conv1d,
        ([DEPTH, POINT], nn.Sequential(nn.Conv1d(4, 8, 3, groups=4), nn.Conv1d(8, 5, 1, bias=False))),
        "no array for the Conv1d's bias",
    ),
    "three of four": (load_batch_norm, ([B] * 3,), "3 arrays; 4 wanted with scale=True, center=True"),
    "renorm": (load_batch_norm, ([B] * 7,), "7 arrays; 4 wanted"),
    "wrong order": (load_batch_norm, ([B, B, B, -B],), "variance below 0"),
    "not affine": (load_batch_norm, ([B] * 4, nn.BatchNorm1d(2, affine=False)), "no weight of its own"),
    "no statistics": (
        load_batch_norm,
        ([B] * 4, nn.BatchNorm1d(2, track_running_stats=False)),
        "no running_mean of its own",
    ),
    "channels of a norm": (load_batch_norm, ([B] * 4, nn.BatchNorm1d(3)), r"weight: \(3,\) wanted"),
    "another norm": (load_batch_norm, ([B] * 4, nn.GroupNorm(1, 2)), "is no BatchNorm1d"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_and_nothing_is_touched(case: str) -> None:
    loader, arguments, sentence = REFUSED[case]
    arguments = copy.deepcopy(arguments)
    before = [copy.deepcopy(layer.state_dict()) for layer in arguments[1:]]
    with pytest.raises(ValueError, match=sentence):
        loader(*arguments)
    for layer, state in zip(arguments[1:], before, strict=True):
        assert all(torch.equal(value, state[name]) for name, value in layer.state_dict().items())


@pytest.mark.parametrize(
    "wrap", [nn.utils.parametrizations.weight_norm, nn.utils.weight_norm], ids=["new", "old"]
)
@pytest.mark.filterwarnings("ignore")
def test_a_weight_that_is_computed_is_refused(wrap: object) -> None:
    with pytest.raises(ValueError, match="no weight of its own"):
        load_conv1d([K, B], wrap(nn.Conv1d(4, 2, 3)))  # type: ignore[operator]


def test_options_for_a_given_layer_are_refused() -> None:
    for loader, arrays, layer in (
        (load_conv1d, [K, B], nn.Conv1d(4, 2, 3)),
        (load_conv1d_transpose, [K, np.ones(4)], nn.ConvTranspose1d(2, 4, 3)),
    ):
        with pytest.raises(ValueError, match=r"\{'stride': 2\}: these are for a new layer"):
            loader(arrays, layer, stride=2)
    for option in ({"dtype": torch.float64}, {"device": "meta"}):
        with pytest.raises(ValueError, match="device and dtype are for a new layer"):
            load_batch_norm([B] * 4, nn.BatchNorm1d(2), **option)


def test_options_of_pytorchs_name_are_not_swallowed() -> None:
    with pytest.raises(TypeError, match="eps"):
        load_batch_norm([B] * 4, eps=1e-5)
    assert load_conv1d_transpose([K], stride=3, output_padding=2).output_padding == (2,)


def test_numbers_that_the_dtype_cannot_hold_are_refused_but_infinity_is_kept() -> None:
    with pytest.raises(ValueError, match=r"weight: up to 100000.0, too much for torch.float16"):
        load_conv1d([K * 1e5], dtype=torch.float16)
    with pytest.raises(ValueError, match="running_var: up to"):
        load_batch_norm([B, B, B, B * 1e5], dtype=torch.float16)
    layer = load_conv1d([K * np.inf], dtype=torch.float16)
    assert layer.weight.isinf().all()
    assert load_conv1d([K * np.nan]).weight.isnan().all()


def test_a_new_layer_with_one_option_missing_is_a_plain_one() -> None:
    layer = load_conv1d([K, B], padding="same")
    assert (layer.padding, layer.stride, layer.bias.shape) == ("same", (1,), (2,))
    assert load_conv1d_transpose([K]).output_padding == (0,)
    assert load_batch_norm([B] * 2, scale=False, center=False).affine is False


def test_a_padding_in_words_is_refused_where_pytorch_has_none() -> None:
    for word in ("same", "causal"):
        with pytest.raises(ValueError, match=f"padding='{word}' is none of nn.ConvTranspose1d"):
            load_conv1d_transpose([K], padding=word)
    assert load_conv1d_transpose([K], padding="valid").padding == (0,)
    assert load_conv1d_transpose([K], padding=1).padding == (1,)


def test_complex_numbers_are_refused() -> None:
    for arrays in ([K * 1j], [K, B + 0j]):
        for loader in (load_conv1d, load_conv1d_transpose):
            with pytest.raises(ValueError, match="complex numbers given, real ones wanted"):
                loader(arrays)
    with pytest.raises(ValueError, match="weight: complex"):
        load_separable_conv1d([DEPTH * 1j, POINT])
    with pytest.raises(ValueError, match="running_mean: complex"):
        load_batch_norm([B, B, B * 1j, B])


def test_a_separable_layer_is_a_sequential_of_two() -> None:
    conv1d = nn.Conv1d(4, 8, 3, groups=4, bias=False)
    for layer in (conv1d, nn.Sequential(conv1d), nn.Sequential(*[conv1d] * 3), nn.ReLU()):
        with pytest.raises(ValueError, match=f"{type(layer).__name__} given; an nn.Sequential of two"):
            load_separable_conv1d([DEPTH, POINT], layer)
    with pytest.raises(ValueError, match="Linear is no Conv1d"):
        load_separable_conv1d([DEPTH, POINT], nn.Sequential(nn.Linear(4, 8), nn.Conv1d(8, 5, 1)))


def test_the_arrays_may_come_one_by_one() -> None:
    for loader, arrays in (
        (load_conv1d, [K, B]),
        (load_conv1d_transpose, [K]),
        (load_separable_conv1d, [DEPTH, POINT]),
        (load_batch_norm, [B] * 4),
    ):
        state = loader(arrays).state_dict()
        for name, value in loader(iter(arrays)).state_dict().items():
            assert torch.equal(value, state[name])
