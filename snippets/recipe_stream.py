# %% code
import torch
from torch import nn
from torch.nn import functional as F


class Stream(nn.Module):
    """What both streams have: a past.

    It has no graph, follows .to() and is in
    the state_dict. A chunk with another batch
    size, dtype or device is refused, until
    reset(). So are layers with padding, or
    with a forward of their own.
    """

    def __init__(self, layer, kind):
        super().__init__()
        own, name = type(layer), kind.__name__
        if getattr(own, "forward", 0) != kind.forward:
            raise ValueError(f"{own} is no nn.{name}")
        if layer.padding not in ("valid", (0,)):
            raise ValueError(
                f"padding={layer.padding}: here"
                " the past is the padding;"
                " take a layer with padding=0"
            )
        self.layer = layer
        self.step = layer.stride[0]
        self.reach = layer.dilation[0]
        self.reach *= layer.kernel_size[0] - 1
        self.register_buffer("past", None, False)

    def reset(self):
        """Begin anew."""
        self.past = None

    def keep(self, rest):
        """A copy, without graph or storage."""
        self.past = rest.detach().clone()

    def get_extra_state(self):
        """For state_dict(): the past."""
        past = self.past
        return torch.zeros(0) if past is None else past

    def set_extra_state(self, past):
        """For load_state_dict()."""
        w = next(self.layer.parameters())
        past = past.to(w.device)
        self.past = past if past.dim() > 1 else None

    def join(self, chunk, zeros):
        """The past (or zeros), then chunk."""
        lead, past = chunk.shape[:-1], self.past
        if past is None:
            past = chunk.new_zeros(*lead, zeros)
        now, before = (
            f"{[*x.shape[:-1]]} {x.dtype} {x.device}"
            for x in (chunk, past)
        )
        if now != before:
            raise ValueError(
                f"a chunk of {now} in a stream of"
                f" {before}: reset() comes first"
            )
        return torch.cat([past, chunk], -1)


class StreamConv1d(Stream):
    """An nn.Conv1d for a signal in chunks.

    (N, C_in, L) -> (N, C_out, T), and without
    N; L and T may be 0. Together: the outputs
    of the whole signal with `left` zeros, or
    dilation * (kernel_size - 1), before it.
    """

    def __init__(self, conv, left=None):
        super().__init__(conv, nn.Conv1d)
        left = self.reach if left is None else left
        if left < 0:
            raise ValueError(f"left={left} < 0")
        # kept at most; a stride may skip some
        self.most = max(self.reach, self.step - 1)
        self.skip = self.most - self.reach
        self.zeros = left + self.skip

    def forward(self, chunk):
        x = self.join(chunk, self.zeros)
        ready = x.shape[-1] - self.most
        T = max(0, -(-ready // self.step))
        # too short: give one output, keep none
        lack = max(0, 1 - ready)
        row = F.pad(x[..., self.skip :], (0, lack))
        y = self.layer(row)[..., :T]
        self.keep(x[..., T * self.step :])
        return y.contiguous()


class StreamConvTranspose1d(Stream):
    """nn.ConvTranspose1d, signal in chunks.

    (N, C_in, L) -> (N, C_out, T), and without
    N; L may be 0. It gives what later inputs
    cannot change, flush() gives the rest: all
    together, the outputs of the whole signal.
    """

    def __init__(self, conv):
        super().__init__(conv, nn.ConvTranspose1d)
        self.held = max(1, self.reach // self.step)
        # a gap waits for the next input
        gap = self.step - self.reach - 1
        gap -= conv.output_padding[0]
        self.gap = max(0, gap)

    def forward(self, chunk):
        x = self.join(chunk, self.held)
        L = chunk.shape[-1]
        start = self.held * self.step
        end = start + L * self.step - self.gap
        if self.past is not None:
            start -= self.gap
        y = self.layer(x)[..., start:end]
        if L:
            self.keep(x[..., L:])
        return y.contiguous()

    def flush(self):
        """The rest of the signal; reset."""
        if self.past is None:
            raise ValueError("nothing to flush")
        y = self.layer(self.past)
        self.reset()
        return y[..., self.held * self.step :].contiguous()


# %% use
torch.manual_seed(0)
conv = nn.Conv1d(
    2, 3, kernel_size=4, stride=2
)
stream = StreamConv1d(conv)
x = torch.randn(5, 2, 40)
with torch.no_grad():
    whole = conv(F.pad(x, (3, 0)))
    pieces = [
        stream(chunk)
        for chunk in x.split([1, 7, 0, 32], 2)
    ]
print([y.shape[2] for y in pieces])
y = torch.cat(pieces, 2)
torch.testing.assert_close(y, whole)

# %% flush
stamps = nn.ConvTranspose1d(
    1, 1, kernel_size=4, stride=2
)
nn.init.ones_(stamps.weight)
nn.init.constant_(stamps.bias, 10)
up = StreamConvTranspose1d(stamps)
row = torch.tensor([[1.0, 2, 3]])
with torch.no_grad():
    print(stamps(row).int().tolist())
    for chunk in row.split([1, 2], 1):
        print(up(chunk).int().tolist())
    print(up.flush().int().tolist())

# %% network
net = nn.Sequential(
    StreamConv1d(conv),
    nn.ReLU(),
    StreamConv1d(nn.Conv1d(3, 3, 3)),
    StreamConvTranspose1d(
        nn.ConvTranspose1d(3, 2, 4, 2)
    ),
).eval()


def run(net, x, size):
    chunks = x.split(size, dim=2)
    return torch.cat(
        [net(chunk) for chunk in chunks], 2
    )


def reset(net):
    for module in net.modules():
        if isinstance(module, Stream):
            module.reset()


with torch.no_grad():
    one_by_one = run(net, x, 1)
    reset(net)
    sevens = run(net, x, 7)
torch.testing.assert_close(
    one_by_one, sevens
)
print(one_by_one.shape)

# %% resume
reset(net)
with torch.no_grad():
    net(x[:, :, :23])
    saved = net.state_dict()
    went_on = net(x[:, :, 23:])
    net.load_state_dict(saved)
    resumed = net(x[:, :, 23:])
print(torch.equal(went_on, resumed))

# %% valid
no_zeros = StreamConv1d(conv, left=0)
with torch.no_grad():
    late = run(no_zeros, x, 1)
    plain = conv(x)
torch.testing.assert_close(late, plain)
print(late.shape)

# %% sweep
from itertools import product

cases = list(product(
    (1, 2, 5), (1, 2, 3, 6), (1, 3),
    (1, 2, 3, 7),
))
gaps, counts_right = [], []


def compare(got, true):
    right = got.shape == true.shape
    counts_right.append(right)
    if right:
        gap = (got - true).abs().max()
        gaps.append(float(gap))


with torch.no_grad():
    for K, s, d, size in cases:
        down = nn.Conv1d(2, 3, K, s, 0, d)
        ends = (d * (K - 1), 0)
        true = down(F.pad(x, ends))
        got = run(StreamConv1d(down), x, size)
        compare(got, true)
        grow = nn.ConvTranspose1d(
            2, 3, K, s, dilation=d
        )
        stream = StreamConvTranspose1d(grow)
        got = run(stream, x, size)
        got = torch.cat([got, stream.flush()], 2)
        compare(got, grow(x))

# %% refused tags=["raises-exception"]
net(x[:2])

# %% padded tags=["raises-exception"]
StreamConv1d(nn.Conv1d(2, 3, 3, padding=1))
