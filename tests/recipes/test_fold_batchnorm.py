"""Folding a BatchNorm: against norm(layer(x)), against PyTorch's own fusion, and what is refused."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, held, load, seeds, strided
from torch import nn
from torch.nn.utils import fusion

fold_batchnorm = load("fold_batchnorm").fold_batchnorm
KINDS = (nn.Conv1d, nn.ConvTranspose1d)
sizes = st.fixed_dictionaries(
    {
        "kernel_size": st.integers(1, 4),
        "stride": st.integers(1, 3),
        "padding": st.integers(0, 2),
        "dilation": st.integers(1, 3),
        "groups": st.sampled_from([1, 2, 4]),
        "bias": st.booleans(),
    }
)


def trained(
    channels: int,
    dtype: torch.dtype = torch.float64,
    kind: type[nn.Module] = nn.BatchNorm1d,
    **options: bool | float,
) -> nn.Module:
    """A norm in eval mode with numbers as training leaves them: no two channels alike, some nearly still."""
    norm = kind(channels, dtype=dtype, **options)
    with torch.no_grad():
        norm.running_mean.normal_()
        norm.running_var.copy_(torch.rand(channels) * 3).mul_(torch.randint(0, 2, (channels,))).add_(1e-3)
        for parameter in norm.parameters():
            parameter.normal_()
    return norm.eval()


@pytest.mark.parametrize("kind", KINDS)
@held
@given(
    size=sizes,
    seed=seeds,
    n=st.integers(0, 3),
    affine=st.booleans(),
    beta=st.booleans(),
    eps=st.floats(1e-8, 1),
)
def test_it_does_what_both_do(
    kind: type, size: dict, seed: int, n: int, affine: bool, beta: bool, eps: float
) -> None:
    torch.manual_seed(seed)
    layer = kind(4, 8, **size, dtype=torch.float64).eval()
    norm = trained(8, affine=affine, bias=beta, eps=eps)
    before = copy.deepcopy((layer.state_dict(), norm.state_dict()))
    x = torch.randn(n, 4, 14, dtype=torch.float64)
    folded = fold_batchnorm(layer, norm)
    assert type(folded) is kind
    assert (folded.bias.requires_grad, folded.training) == (True, False)
    close(folded(x), norm(layer(x)))
    close(folded(strided(x)), norm(layer(x)))
    for i in range(n):
        close(folded(x[i])[None], norm(layer(x[i : i + 1])))
    with torch.no_grad():  # the folded layer shares nothing with what it came from
        for parameter in folded.parameters():
            parameter.zero_()
    for module, state in zip((layer, norm), before, strict=True):
        assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())


@held
@given(size=sizes, seed=seeds)
def test_it_does_what_pytorchs_own_fusion_does(size: dict, seed: int) -> None:
    torch.manual_seed(seed)
    layer, norm = nn.Conv1d(4, 8, **size).eval(), trained(8, torch.float32)
    theirs, ours = fusion.fuse_conv_bn_eval(layer, norm), fold_batchnorm(layer, norm)
    close(ours.weight, theirs.weight)
    close(ours.bias, theirs.bias)


def test_more_axes_linear_layers_and_other_paddings() -> None:
    double = {"dtype": torch.float64}
    x, image = torch.randn(3, 4, 9, **double), torch.randn(2, 4, 6, 5, **double)
    for mode in ("reflect", "replicate", "circular"):
        layer, norm = nn.Conv1d(4, 6, 3, padding=2, padding_mode=mode, **double).eval(), trained(6)
        close(fold_batchnorm(layer, norm)(x), norm(layer(x)))
    for kind in (nn.Conv2d, nn.ConvTranspose2d):
        layer, norm = kind(4, 6, (2, 3), groups=2, **double).eval(), trained(6, kind=nn.BatchNorm2d)
        close(fold_batchnorm(layer, norm)(image), norm(layer(image)))
    for bias in (True, False):
        layer, norm = nn.Linear(4, 6, bias=bias, **double).eval(), trained(6)
        close(fold_batchnorm(layer, norm)(x[:, :, 0]), norm(layer(x[:, :, 0])))


@pytest.mark.parametrize("dtype", DTYPES)
def test_it_keeps_the_dtype_and_rounds_once(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    layer, norm = nn.Conv1d(4, 8, 3, dtype=dtype).eval(), trained(8, torch.float32)
    folded = fold_batchnorm(layer, norm)
    assert folded.weight.dtype == folded.bias.dtype == dtype
    exact = fold_batchnorm(copy.deepcopy(layer).double(), copy.deepcopy(norm).double())
    close(folded.weight, exact.weight.to(dtype))
    x = torch.randn(2, 4, 9, dtype=dtype)
    loose = {"rtol": 0.05, "atol": 0.2} if dtype in (torch.float16, torch.bfloat16) else {}
    torch.testing.assert_close(folded(x), norm.to(dtype)(layer(x)), **loose)


def test_a_layer_with_a_forward_of_its_own_stays_what_it_is() -> None:
    causal = load("causal").CausalConv1d(4, 8, 3, dilation=2, dtype=torch.float64).eval()
    norm, x = trained(8), torch.randn(2, 4, 9, dtype=torch.float64)
    close(fold_batchnorm(causal, norm)(x), norm(causal(x)))


def test_it_works_on_meta_and_keeps_what_is_frozen_frozen() -> None:
    layer, norm = nn.ConvTranspose1d(4, 8, 3, groups=2, device="meta"), nn.BatchNorm1d(8, device="meta")
    folded = fold_batchnorm(layer.eval(), norm.eval())
    assert {tensor.device.type for tensor in folded.state_dict().values()} == {"meta"}
    frozen = nn.Conv1d(4, 8, 3, bias=False).requires_grad_(False).eval()
    assert not any(p.requires_grad for p in fold_batchnorm(frozen, trained(8, torch.float32)).parameters())


def test_nan_stays_nan() -> None:
    layer, norm = nn.Conv1d(1, 2, 1).eval(), trained(2, torch.float32)
    norm.running_mean[0] = torch.nan
    assert fold_batchnorm(layer, norm).bias.isnan().tolist() == [True, False]


CONV, NORM = nn.Conv1d(4, 8, 3).eval(), nn.BatchNorm1d(8).eval()
REFUSED = {
    "training norm": (CONV, nn.BatchNorm1d(8), r"call eval\(\) on both first"),
    "training layer": (nn.Conv1d(4, 8, 3), NORM, r"call eval\(\) on both first"),
    "no statistics": (CONV, nn.BatchNorm1d(8, track_running_stats=False).eval(), "has no statistics"),
    "norm in front": (CONV, nn.BatchNorm1d(4).eval(), "8 channels come out of Conv1d, the norm has 4"),
    "one channel": (CONV, nn.BatchNorm1d(1).eval(), "the norm has 1"),
    "another norm": (CONV, nn.GroupNorm(2, 8).eval(), "GroupNorm is no BatchNorm"),
    "instance norm": (CONV, nn.InstanceNorm1d(8, track_running_stats=True).eval(), "is no BatchNorm"),
    "order": (NORM, CONV, "Conv1d is no BatchNorm"),
    "not linear": (nn.ReLU().eval(), NORM, "ReLU takes no BatchNorm in"),
    "computed": (
        nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 8, 3)).eval(),
        NORM,
        "weight is computed; remove weight_norm",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_folded_is_refused(case: str) -> None:
    layer, norm, sentence = REFUSED[case]
    with pytest.raises(ValueError, match=sentence):
        fold_batchnorm(layer, norm)


def test_a_bias_that_is_computed_is_refused() -> None:
    layer = nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 8, 3), "bias", dim=None)
    with pytest.raises(ValueError, match="bias is computed"):
        fold_batchnorm(layer.eval(), NORM)


def test_what_a_hook_would_do_between_the_two_is_not_lost_without_a_word() -> None:
    layer, norm = nn.Conv1d(4, 8, 3).eval(), nn.BatchNorm1d(8).eval()
    hooks = (layer.register_forward_hook, norm.register_forward_hook, norm.register_forward_pre_hook)
    for register in hooks:
        hook = register(lambda _module, value, *_: value)
        with pytest.raises(ValueError, match="a hook stands between"):
            fold_batchnorm(layer, norm)
        hook.remove()
    fold_batchnorm(layer, norm)


@pytest.mark.filterwarnings("ignore")
def test_the_old_weight_norm_is_refused_too() -> None:
    with pytest.raises(ValueError, match="weight is computed"):
        fold_batchnorm(nn.utils.weight_norm(nn.Conv1d(4, 8, 3)).eval(), NORM)


def test_numbers_that_the_dtype_cannot_hold_are_refused() -> None:
    layer, norm = nn.Conv1d(4, 8, 3).half().eval(), nn.BatchNorm1d(8).eval()
    norm.running_mean.fill_(1000)
    norm.running_var.fill_(0)  # a scale of 316
    with pytest.raises(ValueError, match=r"bias: up to 316.*, too much for torch.float16"):
        fold_batchnorm(layer, norm)
