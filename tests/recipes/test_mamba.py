"""Mamba's convolution: against the definition, in one go, in steps, and at every edge."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, load, seeds, strided
from scipy.special import expit
from torch import Tensor, nn

mamba = load("mamba")
whole, update = mamba.causal_conv1d_fn, mamba.causal_conv1d_update


def by_numpy(x: Tensor, weight: Tensor, bias: Tensor | None, *, silu: bool) -> Tensor:
    """Every output by its definition, in float64."""
    row, taps = x.double().numpy(), weight.double().numpy()
    y = np.zeros(row.shape)
    if bias is not None:
        y += bias.double().numpy()[:, None]
    for t, k in itertools.product(range(row.shape[-1]), range(taps.shape[-1])):
        if (u := t - (taps.shape[-1] - 1 - k)) >= 0:
            y[..., t] += taps[:, k] * row[..., u]
    return torch.from_numpy(y * expit(y) if silu else y)


def drawn(
    seed: int, n: int, taps: int, length: int, dtype: torch.dtype = torch.float64
) -> tuple[Tensor, ...]:
    torch.manual_seed(seed)
    return (
        torch.randn(n, 5, length, dtype=dtype),
        torch.randn(5, taps, dtype=dtype),
        torch.randn(5, dtype=dtype),
    )


@held
@given(
    seeds, st.integers(0, 3), st.integers(1, 6), st.integers(0, 9), st.sampled_from([None, "silu", "swish"])
)
def test_it_gives_the_sum_over_the_past(
    seed: int, n: int, taps: int, length: int, activation: str | None
) -> None:
    x, weight, bias = drawn(seed, n, taps, length)
    for b in (bias, None):
        true = by_numpy(x, weight, b, silu=activation is not None)
        close(whole(x, weight, b, activation), true)
        close(whole(x, weight[:, None], b, activation), true)
        close(whole(strided(x), strided(weight), b, activation), true)


@held
@given(
    seeds, st.integers(0, 3), st.integers(1, 6), st.lists(st.integers(0, 5), max_size=6), st.integers(0, 4)
)
def test_steps_of_any_length_give_the_whole(
    seed: int, n: int, taps: int, sizes: list[int], more: int
) -> None:
    x, weight, bias = drawn(seed, n, taps, sum(sizes))
    true = by_numpy(x, weight, bias, silu=True)
    state = torch.zeros(n, 5, taps - 1 + more, dtype=x.dtype)
    same = state
    got = [update(piece, state, weight, bias, "silu") for piece in x.split(sizes, dim=-1)]
    close(torch.cat([x[..., :0], *got], -1), true)
    assert state is same
    close(state, nn.functional.pad(x, (state.shape[-1], 0))[..., x.shape[-1] :])


@held
@given(seeds, st.integers(1, 3), st.integers(1, 6), st.integers(0, 9), st.integers(0, 9), st.integers(0, 3))
def test_steps_after_a_prompt_give_the_whole(
    seed: int, n: int, taps: int, length: int, cut: int, more: int
) -> None:
    x, weight, bias = drawn(seed, n, taps, length)
    true = by_numpy(x, weight, bias, silu=False)
    y, state = whole(x[..., :cut], weight, bias, return_final_states=True)
    got, kept = whole(x[..., cut:], weight, bias, initial_states=state, return_final_states=True)
    close(torch.cat([y, got], -1), true)
    close(kept, nn.functional.pad(x, (taps - 1, 0))[..., x.shape[-1] :])
    state = nn.functional.pad(state, (more, 0), value=torch.nan)  # a longer one, as Mamba keeps it
    rows = [update(x_t, state, weight, bias) for x_t in x[..., cut:].unbind(-1)]
    close(torch.stack([*y.unbind(-1), *rows], -1) if rows else y, true)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("of_weight", DTYPES)
def test_it_keeps_the_dtype_of_the_input_and_computes_in_the_finer_one(
    dtype: torch.dtype, of_weight: torch.dtype
) -> None:
    x, weight, bias = drawn(0, 2, 4, 12)
    x, weight, bias = x.to(dtype), weight.to(of_weight), bias.to(of_weight)
    true = by_numpy(x, weight, bias, silu=True).to(dtype)
    tolerance = 4 * torch.finfo(dtype).eps
    y, state = whole(x, weight, bias, "silu", return_final_states=True)
    assert y.dtype == state.dtype == dtype
    torch.testing.assert_close(y, true, rtol=tolerance, atol=tolerance)
    fine = whole(x.double(), weight.double(), bias.double(), "silu")
    close(fine, by_numpy(x, weight, bias, silu=True))
    for held_in in {dtype, torch.promote_types(dtype, torch.float32)}:
        state = torch.zeros(2, 5, 4, dtype=held_in)
        steps = [update(x_t, state, weight, bias, "silu") for x_t in x.unbind(-1)]
        torch.testing.assert_close(torch.stack(steps, -1), true, rtol=tolerance, atol=tolerance)
        assert state.dtype == held_in


def test_sums_too_large_for_half_that_silu_makes_small_are_right() -> None:
    x = torch.full((1, 1, 6), 300.0, dtype=torch.float16)
    weight = torch.tensor([[300.0, -300, 300, -300]], dtype=torch.float16)
    y = whole(x, weight, None, "silu")
    close(y, torch.zeros(1, 1, 6, dtype=torch.float16))
    close(update(x, torch.zeros_like(x[..., :3]), weight, None, "silu"), y)
    fine = torch.tensor([[1 + 2**-40, -1]], dtype=torch.float64)
    close(whole(torch.ones(1, 1, 2), fine)[..., 1], torch.tensor([[2.0**-40]]))
    assert whole(torch.ones(1, 1, 2), fine)[0, 0, 1] > 0


def test_it_is_the_plain_layer_of_a_mamba_block() -> None:
    layer = nn.Conv1d(5, 5, 4, groups=5, padding=3)
    x = torch.randn(3, 5, 11)
    for weight in (layer.weight, layer.weight[:, 0]):
        close(whole(x, weight, layer.bias, "silu"), nn.functional.silu(layer(x)[..., :11]))


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("n", [1, 2, 40])
def test_what_is_not_a_number_reaches_its_own_channel_and_later_outputs_alone(n: int, bad: float) -> None:
    x, weight, bias = drawn(1, n, 4, 12, torch.float32)
    clean = whole(x, weight, bias)
    x[0, 2, 5] = bad
    y = whole(x, weight, bias)
    moved = y != clean
    assert moved.nonzero().tolist() == [[0, 2, t] for t in range(5, 9)]
    state = torch.zeros(n, 5, 3)
    steps = torch.stack([update(x_t, state, weight, bias) for x_t in x.unbind(-1)], -1)
    close(steps, y)


def test_gradients_are_those_of_the_whole_and_no_graph_grows_from_step_to_step() -> None:
    x, weight, bias = (value.requires_grad_() for value in drawn(2, 2, 4, 6))
    past = torch.randn(2, 5, 3, dtype=torch.float64, requires_grad=True)

    def both(x: Tensor, weight: Tensor, bias: Tensor, past: Tensor) -> Any:
        return whole(x, weight, bias, "silu", past, return_final_states=True)

    assert torch.autograd.gradcheck(both, (x, weight, bias, past))
    state, sizes = torch.zeros(2, 5, 3, dtype=torch.float64), set()
    for x_t in x.unbind(-1):
        y = update(x_t.detach().requires_grad_(), state, weight, bias, "silu")
        sizes.add(graph_size(y))
        assert not state.requires_grad
    assert len(sizes) == 1
    y.sum().backward()
    assert weight.grad is not None


def test_no_gradient_leads_to_a_state_that_changes_in_place() -> None:
    x, weight, bias = drawn(6, 2, 4, 6)
    x.requires_grad_()
    true = whole(x, weight, bias).detach()
    y, state = whole(x[..., :4], weight, bias, return_final_states=True)
    assert state.requires_grad
    rows = [update(x_t, state, weight, bias) for x_t in x[..., 4:].unbind(-1)]
    close(torch.cat([y, torch.stack(rows, -1)], -1).detach(), true)
    slope = torch.autograd.grad(rows[0].sum() + rows[1].sum(), x)[0]
    # of each step, its own input alone
    own = weight[:, -1].expand(2, 5)
    close(slope, torch.stack([*4 * [torch.zeros_like(own)], own, own], -1))
    leaf = torch.zeros(2, 5, 3, dtype=x.dtype, requires_grad=True)
    close(update(x[..., :4], leaf, weight, bias), y)
    close(leaf.detach(), x[..., 1:4].detach())


def test_the_final_states_change_with_nothing_and_do_not_keep_the_whole_input() -> None:
    x, weight, bias = drawn(3, 1, 4, 600)
    kept = whole(x, weight, bias, return_final_states=True)[1]
    before = kept.clone()
    x.zero_()
    close(kept, before)
    assert kept.untyped_storage().nbytes() == kept.nbytes


def test_it_works_on_meta_in_inference_mode_and_under_autocast() -> None:
    x = torch.zeros(2, 5, 7, device="meta")
    y, state = whole(x, torch.zeros(5, 4, device="meta"), None, "silu", return_final_states=True)
    assert (y.shape, state.shape, y.device.type) == ((2, 5, 7), (2, 5, 3), "meta")
    y = update(x, state, torch.zeros(5, 4, device="meta"))
    assert (y.shape, y.device.type) == ((2, 5, 7), "meta")
    x, weight, bias = drawn(4, 2, 4, 7, torch.float32)
    with torch.inference_mode():
        close(whole(x, weight, bias), whole(x, weight, bias).clone())
    with torch.autocast("cpu", torch.bfloat16):
        y = whole(x, weight, bias)
    assert y.dtype == torch.float32
    torch.testing.assert_close(y, whole(x, weight, bias), rtol=0.05, atol=0.05)


def test_what_does_not_fit_is_refused_with_a_sentence_and_leaves_the_state_alone() -> None:
    x, weight, bias = drawn(5, 2, 4, 7, torch.float32)
    state = torch.randn(2, 5, 3)
    before = state.clone()
    refused: list[tuple[str, Any, tuple[Any, ...]]] = [
        (r"x of shape \(2, 7, 5\); the weight wants \(N, 5, L\)", whole, (x.mT, weight)),
        (r"x of shape \(5, 7\); the weight wants", whole, (x[0], weight)),
        (r"a weight \(5, 2, 4\); it is \(D, K\) or \(D, 1, K\)", whole, (x, weight[:, None].expand(5, 2, 4))),
        ("activation is None, 'silu' or 'swish', not 'relu'", whole, (x, weight, bias, "relu")),
        ("activation is None, 'silu' or 'swish', not tensor", whole, (x, weight, bias, torch.ones(2, 7))),
        ("2 initial states; 4 taps need 3", whole, (x, weight, bias, None, state[..., 1:])),
        ("4 initial states; 4 taps need 3", whole, (x, weight, bias, None, torch.zeros(2, 5, 4))),
        ("x holds torch.int64, no floats", whole, (x.long(), weight)),
        ("a state of 2; 4 taps need 3 or more", update, (x, state[..., 1:], weight)),
        (r"a state of shape \(1, 5, 3\) for x of shape \(2, 5, 7\)", update, (x, state[:1], weight)),
        ("activation is None", update, (x, state, weight, bias, "gelu")),
        ("a state in torch.float16 cannot hold an x in torch.float32", update, (x, state.half(), weight)),
        (r"x of shape \(7, 5, 1\)", update, (x[:1].mT[0], state, weight[:4])),
        (r"a weight \(4,\); it is \(D, K\)", whole, (x, weight[0])),
        (r"a weight \(\); it is \(D, K\)", whole, (x, weight[0, 0])),
        (r"a weight \(5, 0\); it is \(D, K\)", whole, (x, weight[:, :0])),
        (r"a weight \(0, 4\); it is \(D, K\)", whole, (x[:, :0], weight[:0])),
        (r"a bias \(1,\); it is \(5,\)", whole, (x, weight, bias[:1])),
        (r"a bias \(5, 1\); it is \(5,\)", update, (x, state, weight, bias[:, None])),
        ("torch.complex64 on cpu beside x", whole, (x, weight.to(torch.complex64))),
        ("torch.complex64 on cpu beside x", update, (x, state.to(torch.complex64), weight)),
        (r"a state of shape \(5, 3\) for x", whole, (x, weight, bias, None, state[0])),
        (r"a state of shape \(2, 5, 3, 1\) for x", update, (x, state[..., None], weight)),
    ]
    for message, function, values in refused:
        with pytest.raises(ValueError, match=message):
            function(*values)
    close(state, before)


@pytest.mark.parametrize("which", range(4))
def test_two_devices_are_refused_with_a_sentence(which: int) -> None:
    # torch reads memory that is not there if a weight is on meta
    values = [torch.zeros(2, 5, 7), torch.zeros(5, 4), torch.zeros(5), torch.zeros(2, 5, 3)]
    values[which] = values[which].to("meta")
    x, weight, bias, state = values
    with pytest.raises(ValueError, match=r"on (meta|cpu) beside x on (meta|cpu)"):
        whole(x, weight, bias, None, state)
    with pytest.raises(ValueError, match=r"on (meta|cpu) beside x on (meta|cpu)"):
        update(x, state, weight, bias)


def test_it_exports_with_any_length() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv1d(5, 5, 4, groups=5)

        def forward(self, x: Tensor) -> Tensor:
            result: Tensor = whole(x, self.conv.weight, self.conv.bias, "silu")
            return result

    length = torch.export.Dim("length", min=2, max=1000)
    net = Net().eval()
    exported = torch.export.export(net, (torch.randn(1, 5, 20),), dynamic_shapes=({2: length},)).module()
    for size in (2, 33):
        x = torch.randn(1, 5, size)
        close(exported(x), net(x))
