# %% code
import torch
from torch.nn import functional as F


def causal_conv1d_fn(
    x, weight, bias=None, activation=None,
    initial_states=None,
    return_final_states=False,
):
    """Mamba's convolution, all of x at once.

    x (N, D, L), weight (D, K) or (D, 1, K),
    bias (D,) -> (N, D, L), in the dtype of x,
    computed in float32 at least. Each channel
    alone, output t reads the K inputs up to t.
    Before x come zeros, or initial_states
    (N, D, K - 1). On demand gives the last
    K - 1 inputs too.
    """
    _check(x, weight, bias, initial_states)
    S, past = weight.shape[-1] - 1, initial_states
    if past is None:
        past = x.new_zeros(*x.shape[:2], S)
    if past.shape[-1] != S:
        raise ValueError(
            f"{past.shape[-1]} initial states;"
            f" {S + 1} taps need {S}"
        )
    joined = torch.cat([past, x], dim=-1)
    y = _filtered(joined, weight, bias, activation)
    y = y.to(x.dtype)
    if not return_final_states:
        return y
    return y, joined[..., x.shape[-1]:].clone()


def causal_conv1d_update(
    x, conv_state, weight, bias=None,
    activation=None,
):
    """One step, or several, behind what was.

    x (N, D) or (N, D, L) -> the same shape.
    conv_state (N, D, S), S >= K - 1: the
    last inputs, the newest at its end. It is
    changed in place, and no gradient leads
    to it.
    """
    new = x[..., None] if x.dim() == 2 else x
    _check(new, weight, bias, conv_state)
    unread = conv_state.shape[-1] + 1
    unread -= weight.shape[-1]
    if unread < 0:
        raise ValueError(
            f"a state of {conv_state.shape[-1]};"
            f" {weight.shape[-1]} taps need"
            f" {weight.shape[-1] - 1} or more"
        )
    joined = torch.cat(
        [conv_state.detach(), new], dim=-1
    )
    y = _filtered(
        joined[..., unread:],
        weight, bias, activation,
    )
    with torch.no_grad():
        last = joined[..., new.shape[-1]:]
        conv_state.copy_(last)
    return y.reshape(x.shape).to(x.dtype)


def _check(x, weight, bias, past):
    """Refuses what does not fit together."""
    size = tuple(weight.shape)
    if len(size) < 2 or 0 in size or (
        size[1:-1] not in ((), (1,))
    ):
        raise ValueError(
            f"a weight {size};"
            " it is (D, K) or (D, 1, K)"
        )
    D = size[0]
    if x.dim() != 3 or x.shape[1] != D:
        raise ValueError(
            f"x of shape {tuple(x.shape)}; the"
            f" weight wants (N, {D}, L)"
        )
    if not x.is_floating_point():
        raise ValueError(
            f"x holds {x.dtype}, no floats"
        )
    if bias is not None and bias.shape != (D,):
        raise ValueError(
            f"a bias {tuple(bias.shape)};"
            f" it is ({D},)"
        )
    if past is not None and (
        past.dim() != 3
        or past.shape[:2] != x.shape[:2]
    ):
        raise ValueError(
            f"a state of shape {tuple(past.shape)}"
            f" for x of shape {tuple(x.shape)}"
        )
    if past is not None and past.dtype != (
        torch.promote_types(x.dtype, past.dtype)
    ):
        raise ValueError(
            f"a state in {past.dtype} cannot"
            f" hold an x in {x.dtype}"
        )
    for other in weight, bias, past:
        if other is not None and (
            other.is_complex()
            or other.device != x.device
        ):
            raise ValueError(
                f"{other.dtype} on {other.device}"
                f" beside x on {x.device}"
            )


def _filtered(x, weight, bias, activation):
    """(N, D, K - 1 + L) -> (N, D, L), unpadded."""
    if activation not in (None, "silu", "swish"):
        raise ValueError(
            "activation is None, 'silu' or"
            f" 'swish', not {activation!r}"
        )
    # One more in front, whose output is cut:
    # then L may be 0.
    x = F.pad(x, (1, 0))
    D, *_, K = weight.shape
    weight = weight.reshape(D, 1, K)
    dtype = torch.promote_types(
        x.dtype, weight.dtype
    )
    dtype = torch.promote_types(
        dtype, torch.float32
    )
    y = F.conv1d(
        x.to(dtype), weight.to(dtype),
        None if bias is None else bias.to(dtype),
        groups=D,
    )[..., 1:]
    return F.silu(y) if activation else y


# %% use
from torch import nn

torch.manual_seed(0)
layer = nn.Conv1d(
    6, 6, 4, groups=6, padding=3
)
filters = layer.weight[:, 0], layer.bias
x = torch.randn(2, 6, 10)
y = causal_conv1d_fn(x, *filters, "silu")
print(filters[0].shape, y.shape)

# %% plain
plain = F.silu(layer(x)[..., :10])
of_plain = (y - plain).abs().max()

# %% steps
state = torch.zeros(2, 6, 3)
prompt, rest = x[..., :7], x[..., 7:]
parts = [causal_conv1d_update(
    prompt, state, *filters, "silu"
)]
for x_t in rest.unbind(-1):  # (N, D)
    y_t = causal_conv1d_update(
        x_t, state, *filters, "silu"
    )
    parts.append(y_t[..., None])
in_steps = torch.cat(parts, dim=-1)
print(in_steps.shape)


# %% sweep
from itertools import product


def by_definition(x, weight, bias):
    """(N, D, L), term by term."""
    L, K = x.shape[-1], weight.shape[-1]
    y = torch.zeros_like(x) + bias[:, None]
    for t, k in product(range(L), range(K)):
        u = t - (K - 1 - k)
        if u >= 0:
            y[..., t] += weight[:, k] * x[..., u]
    return y * torch.sigmoid(y)


cases = list(product(
    range(1, 6),  # taps
    range(9),  # length
    range(9),  # length of the prompt
    range(3),  # what the state has too much
))
gaps = []
with torch.no_grad():
    for K, L, cut, more in cases:
        w = torch.randn(4, K)
        b = torch.randn(4)
        x = torch.randn(2, 4, L)
        true = by_definition(x, w, b)
        whole = causal_conv1d_fn(x, w, b, "silu")
        s = torch.zeros(2, 4, K - 1 + more)
        y = [
            causal_conv1d_update(
                piece, s, w, b, "silu"
            )
            for piece in (x[..., :cut], x[..., cut:])
        ]
        for got in whole, torch.cat(y, -1):
            gap = (got - true).abs().flatten()
            gaps += gap.tolist()

# %% refused tags=["raises-exception"]
y = torch.randn(2, 10, 6)  # (N, L, D)
causal_conv1d_fn(y, *filters, "silu")
