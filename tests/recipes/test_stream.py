"""The streams: chunks of any sizes against the whole signal in one go, and what must be refused."""

from __future__ import annotations

import copy
import io
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, load, seeds, strided
from torch import nn
from torch.nn.functional import pad

if TYPE_CHECKING:
    from collections.abc import Callable

recipe = load("stream")
StreamConv1d, StreamConvTranspose1d = recipe.StreamConv1d, recipe.StreamConvTranspose1d
sizes = {
    "kernel_size": st.integers(1, 5),
    "stride": st.integers(1, 6),
    "dilation": st.integers(1, 4),
    "groups": st.sampled_from([1, 2]),
    "bias": st.booleans(),
}
plain_sizes = st.fixed_dictionaries(sizes)
transposed_sizes = st.fixed_dictionaries({**sizes, "output_padding": st.integers(0, 5)})
# How long each chunk is: none and single samples among them.
cuts = st.lists(st.sampled_from([0, 0, 1, 1, 1, 2, 3, 5, 8]), min_size=1, max_size=9)
batches = st.sampled_from([None, 0, 1, 3])


def signal(n: int | None, length: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*([] if n is None else [n]), 4, length, dtype=dtype)


def transposed(size: dict, **options: object) -> nn.ConvTranspose1d:
    assume(size["output_padding"] < max(size["stride"], size["dilation"]))
    return nn.ConvTranspose1d(4, 2, **size, **options)


def in_one_go(conv: nn.Conv1d, x: torch.Tensor, left: int) -> torch.Tensor:
    """Of the whole signal; no outputs where torch refuses a signal as too short."""
    x = pad(x, (left, 0))
    if x.shape[-1] <= conv.dilation[0] * (conv.kernel_size[0] - 1):
        return x.new_zeros(*x.shape[:-2], conv.out_channels, 0)
    return conv(x)


def by_numbers(layer: nn.ConvTranspose1d, x: torch.Tensor) -> torch.Tensor:
    """Every stamp added where it falls, the bias once: for a batch of one channel each way."""
    (taps,), (s,), (d,) = layer.kernel_size, layer.stride, layer.dilation
    length = (x.shape[-1] - 1) * s + d * (taps - 1) + 1 + layer.output_padding[0]
    y = torch.full((len(x), 1, length), float(layer.bias), dtype=x.dtype)
    for i in range(x.shape[-1]):
        for k in range(taps):
            y[:, 0, i * s + k * d] += x[:, 0, i] * layer.weight[0, 0, k]
    return y


@held
@given(plain_sizes, seeds, cuts, batches, st.one_of(st.none(), st.integers(0, 9)))
def test_chunks_of_any_sizes_give_what_the_whole_signal_gives(
    size: dict, seed: int, cut: list[int], n: int | None, left: int | None
) -> None:
    torch.manual_seed(seed)
    conv = nn.Conv1d(4, 2, **size, dtype=torch.float64)
    x = signal(n, sum(cut))
    zeros = size["dilation"] * (size["kernel_size"] - 1) if left is None else left
    whole = in_one_go(conv, x, zeros)
    stream = StreamConv1d(conv, left)
    for _ in range(2):  # the second time after a reset
        pieces = [stream(chunk) for chunk in x.split(cut, -1)]
        close(torch.cat(pieces, -1), whole)
        stream.reset()
    if left is None:
        so_far = [sum(cut[: i + 1]) for i in range(len(cut))]
        given_out = [sum(p.shape[-1] for p in pieces[: i + 1]) for i in range(len(cut))]
        assert given_out == [-(-length // size["stride"]) for length in so_far], "as early as it can"


@held
@given(transposed_sizes, seeds, cuts, batches)
def test_transposed_chunks_and_the_flush_give_what_the_whole_signal_gives(
    size: dict, seed: int, cut: list[int], n: int | None
) -> None:
    torch.manual_seed(seed)
    conv = transposed(size, dtype=torch.float64)
    stream = StreamConvTranspose1d(conv)
    x = signal(n, sum(cut))
    if not sum(cut):
        assert [stream(chunk).shape[-1] for chunk in x.split(cut, -1)] == [0] * len(cut)
        with pytest.raises(ValueError, match="nothing to flush"):
            stream.flush()
        return
    for _ in range(2):  # the flush resets
        pieces = [stream(chunk) for chunk in x.split(cut, -1)]
        so_far = sum(p.shape[-1] for p in pieces)
        close(torch.cat([*pieces, stream.flush()], -1), conv(x))
    span = size["dilation"] * (size["kernel_size"] - 1) + 1 + size["output_padding"]
    assert so_far == (sum(cut) - 1) * size["stride"] + min(size["stride"], span), "as early as it can"


@held
@given(transposed_sizes, seeds, cuts)
def test_transposed_it_is_the_sum_of_the_stamps_with_the_bias_once(
    size: dict, seed: int, cut: list[int]
) -> None:
    assume(sum(cut))
    torch.manual_seed(seed)
    assume(size["output_padding"] < max(size["stride"], size["dilation"]))
    options = {**size, "groups": 1, "bias": True, "dtype": torch.float64}
    conv = nn.ConvTranspose1d(1, 1, **options)
    stream, x = StreamConvTranspose1d(conv), torch.randn(2, 1, sum(cut), dtype=torch.float64)
    with torch.no_grad():
        pieces = [stream(chunk) for chunk in x.split(cut, -1)]
        close(torch.cat([*pieces, stream.flush()], -1), by_numbers(conv, x))


@held
@given(plain_sizes, transposed_sizes, seeds, cuts, st.sampled_from(DTYPES))
def test_layers_in_a_row_stream_in_every_dtype(
    size: dict, up: dict, seed: int, cut: list[int], dtype: torch.dtype
) -> None:
    assume(sum(cut))
    torch.manual_seed(seed)
    first, last = nn.Conv1d(4, 4, **size, dtype=dtype), transposed(up, dtype=dtype)
    stream = nn.Sequential(StreamConv1d(first), nn.ReLU(), StreamConvTranspose1d(last)).eval()
    x = strided(signal(2, sum(cut), dtype))
    left = size["dilation"] * (size["kernel_size"] - 1)
    with torch.no_grad():
        whole = last(in_one_go(first, x, left).relu())
        pieces = [stream(chunk) for chunk in x.split(cut, -1)]
        got = torch.cat([*pieces, stream[-1].flush()], -1)
    assert got.dtype == dtype
    torch.testing.assert_close(got, whole, atol=1e-4 if dtype.itemsize > 2 else 0.05, rtol=0.02)


KINDS: dict[str, Callable[[], nn.Module]] = {
    "strided and dilated": lambda: StreamConv1d(nn.Conv1d(4, 2, 3, stride=2, dilation=2)),
    "one tap": lambda: StreamConv1d(nn.Conv1d(4, 2, 1)),
    "stride over its span": lambda: StreamConv1d(nn.Conv1d(4, 2, 2, stride=5)),
    "transposed": lambda: StreamConvTranspose1d(nn.ConvTranspose1d(4, 2, 5, stride=2)),
    "transposed with gaps": lambda: StreamConvTranspose1d(nn.ConvTranspose1d(4, 2, 1, stride=3)),
}


@pytest.fixture(params=KINDS)
def stream(request: pytest.FixtureRequest) -> nn.Module:
    torch.manual_seed(0)
    return KINDS[request.param]()


def test_no_graph_and_no_storage_of_earlier_chunks_is_kept(stream: nn.Module) -> None:
    row = nn.Sequential(nn.Conv1d(4, 4, 1), stream)
    sizes = [graph_size(row(torch.randn(1, 4, 6, requires_grad=True))) for _ in range(6)]
    assert max(sizes[1:]) == min(sizes[1:])
    stream.reset()
    y = row(torch.randn(1, 4, 100_000))
    assert y.requires_grad
    assert not stream.past.requires_grad
    assert stream.past.untyped_storage().nbytes() <= 4 * 4 * 16
    y.sum().backward()  # and again, though the first graph is gone
    row(torch.randn(1, 4, 9)).sum().backward()
    assert all(bool(p.grad.abs().sum() > 0) for p in row.parameters())


def test_its_state_is_bounded_however_many_empty_or_short_chunks_come(stream: nn.Module) -> None:
    for length in [0, 1] * 20:
        stream(torch.randn(1, 4, length))
    assert stream.past.shape[-1] <= 8


@pytest.mark.parametrize("begun", [False, True])
def test_a_saved_state_resumes_exactly(stream: nn.Module, begun: bool) -> None:
    net = nn.Sequential(stream, nn.ReLU())
    x, later = torch.randn(3, 4, 7), torch.randn(3, 4, 9)
    if begun:
        net(x)
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    other = copy.deepcopy(net)
    plain = type(stream.layer)(
        4, 2, stream.layer.kernel_size, stride=stream.layer.stride, dilation=stream.layer.dilation
    )
    fresh = nn.Sequential(type(stream)(plain), nn.ReLU())
    fresh[0](torch.randn(2, 4, 5))  # what it held is forgotten
    before = {name: value.clone() for name, value in net.state_dict().items()}
    fresh.load_state_dict(torch.load(file, weights_only=True))
    y = net(later)
    assert torch.equal(fresh(later), y)
    assert torch.equal(other(later), y)
    net.load_state_dict(before)
    assert torch.equal(net(later), y)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda x: x[:1], id="batch"),
        pytest.param(lambda x: x[0], id="no batch"),
        pytest.param(lambda x: x.double(), id="dtype"),
        pytest.param(lambda x: x.to("meta"), id="device"),
        pytest.param(lambda x: x[:, :3], id="channels"),
    ],
)
def test_a_change_in_mid_stream_is_refused_and_harms_nothing(
    stream: nn.Module, other: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    x, later = torch.randn(2, 4, 7), torch.randn(2, 4, 6)
    stream(x)
    true = copy.deepcopy(stream)(later)
    with pytest.raises(ValueError, match=r"reset\(\) comes first"):
        stream(other(later))
    assert torch.equal(stream(later), true)
    stream.reset()
    stream(x[:1])


def test_what_torch_refuses_leaves_the_stream_as_it_was(stream: nn.Module) -> None:
    for wrong in (torch.randn(2, 3, 5), torch.randn(2, 4, 5).double(), torch.randn(5)):
        with pytest.raises(RuntimeError):
            stream(wrong)
        assert stream.past is None


def test_it_moves_with_the_module_and_takes_train_eval_and_inference(stream: nn.Module) -> None:
    x = torch.randn(2, 4, 12)
    whole = copy.deepcopy(stream)(x)
    pieces = [stream.train()(x[..., :3])]
    with torch.inference_mode():
        pieces.append(stream.eval()(x[..., 3:6]))
    with torch.no_grad():
        pieces.append(stream(x[..., 6:7]))
    pieces.append(stream.train()(x[..., 7:]))
    close(torch.cat(pieces, -1), whole)
    pieces[-1].sum().backward()
    stream.double()
    assert stream(x.double()).dtype == torch.float64
    stream.to("meta")
    assert stream(x.double().to("meta")).device.type == "meta"


@pytest.mark.parametrize(
    ("kind", "options", "sentence"),
    [
        (nn.Conv1d, {"padding": 1}, "padding=.1,.: here the past is the padding"),
        (nn.Conv1d, {"padding": "same"}, "padding=same: here the past is the padding"),
        (nn.ConvTranspose1d, {"padding": 1}, "padding=.1,.: here the past is the padding"),
    ],
)
def test_padding_is_refused(kind: type[nn.Module], options: dict, sentence: str) -> None:
    stream = StreamConv1d if kind is nn.Conv1d else StreamConvTranspose1d
    with pytest.raises(ValueError, match=sentence):
        stream(kind(2, 2, 3, **options))
    assert StreamConv1d(nn.Conv1d(2, 2, 3, padding="valid"))


def test_layers_of_another_kind_are_refused() -> None:
    causal = load("causal").CausalConv1d(1, 1, 3)  # pads by itself
    for layer in (causal, nn.ConvTranspose1d(1, 1, 3), nn.Conv2d(1, 1, 3), nn.Linear(1, 1), None):
        with pytest.raises(ValueError, match=r"is no nn\.Conv1d"):
            StreamConv1d(layer)
    with pytest.raises(ValueError, match=r"Conv1d'> is no nn\.ConvTranspose1d"):
        StreamConvTranspose1d(nn.Conv1d(1, 1, 3))
    with pytest.raises(ValueError, match="left=-1 < 0"):
        StreamConv1d(nn.Conv1d(1, 1, 3), left=-1)


def test_weight_norm_and_autocast_go_with_it() -> None:
    conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 2, 3))
    stream, x = StreamConv1d(conv), torch.randn(2, 4, 9)
    close(torch.cat([stream(c) for c in x.split(2, -1)], -1), conv(pad(x, (2, 0))))
    stream.reset()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = [stream(c) for c in x.split([0, 3, 0, 6], -1)]
    assert {y.dtype for y in outputs} == {torch.bfloat16}
    whole = conv(pad(x, (2, 0)))
    torch.testing.assert_close(torch.cat(outputs, -1).float(), whole, atol=0.05, rtol=0.05)


def test_gradients_inside_a_chunk_are_those_of_the_whole() -> None:
    conv = nn.Conv1d(2, 3, 3, stride=2, dtype=torch.float64)
    x = torch.randn(2, 2, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: StreamConv1d(conv).forward(x), (x,))
    up = nn.ConvTranspose1d(2, 3, 3, stride=2, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x: StreamConvTranspose1d(up).forward(x), (x,))


@held
@given(plain_sizes, seeds, st.integers(0, 4), st.integers(5, 12))
def test_padding_can_be_had_as_the_page_says(size: dict, seed: int, p: int, length: int) -> None:
    torch.manual_seed(seed)
    x = signal(2, length)
    assume(length + 2 * p > size["dilation"] * (size["kernel_size"] - 1))
    padded = nn.Conv1d(4, 2, **size, padding=p, dtype=torch.float64)
    conv = nn.Conv1d(4, 2, **size, dtype=torch.float64)
    conv.load_state_dict(padded.state_dict())
    y = StreamConv1d(conv, left=p)(x)
    close(y, padded(x)[..., : y.shape[-1]])
    padded = nn.ConvTranspose1d(4, 2, **size, padding=p, dtype=torch.float64)
    conv = nn.ConvTranspose1d(4, 2, **size, dtype=torch.float64)
    conv.load_state_dict(padded.state_dict())
    stream = StreamConvTranspose1d(conv)
    y = torch.cat([stream(x), stream.flush()], -1)
    assume(y.shape[-1] > 2 * p)
    close(y[..., p : y.shape[-1] - p], padded(x))


def test_the_past_of_an_empty_batch_is_saved_and_a_loaded_one_goes_to_the_weights(stream: nn.Module) -> None:
    stream(torch.zeros(0, 4, 4))
    saved = stream.state_dict()
    length = stream(torch.zeros(0, 4, 4)).shape[-1]
    stream.reset()
    stream.load_state_dict(saved)
    assert stream(torch.zeros(0, 4, 4)).shape[-1] == length
    moved = stream.to("meta")
    moved.set_extra_state(torch.zeros(2, 4, 3))
    assert moved.past.device.type == "meta"
