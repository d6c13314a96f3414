"""Messages with random numbers, raised by torch itself, and what must be said of them."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

if TYPE_CHECKING:
    from collections.abc import Callable

GIVEN: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "math": math}


@dataclass(frozen=True)
class Case:
    """A program that fails.

    `setup` is what a reader has, `call` the line that raises, `anchor` the section that the explanation leads
    to, and `facts` are words that it says. A message without `words` is another one than was meant. `others`
    are programs that fail with the same message: a cure must work in one of them at least, and each must be
    cured by one.
    """

    anchor: str
    setup: str
    call: str
    facts: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    words: str = ""

    def run(self, code: str, setup: str = "") -> str:
        """The message that the code raises behind the setup, with its type, or nothing."""
        names = dict(GIVEN)
        torch.manual_seed(0)
        exec(setup or self.setup, names)  # programs of this test
        try:
            exec(code, names)
        except Exception as error:  # noqa: BLE001 - any error is one that is to be explained
            return f"{type(error).__name__}: {error}"
        return ""


def count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def channels(draw: random.Random) -> Case:
    n, got, length, out, want, k = (
        draw.randint(*ends) for ends in [(1, 9), (1, 12), (1, 30), (1, 9), (1, 12), (1, 5)]
    )
    groups = draw.choice([1, 1, 1, 2, 3])
    want, out = want * groups, out * groups
    if draw.random() < 0.5:
        length = want
    elif draw.random() < 0.2:
        n = want
    layer = f"nn.Conv1d({want}, {out}, {k}, groups={groups})"
    facts = [
        count(out, "output channel"),
        count(n, "sample"),
        count(got, "channel") + ", " + count(length, "position"),
    ]
    facts += ["your data is (N, L, C)"] if length == want else []
    return Case(
        "channels",
        f"x = torch.rand({n}, {got}, {length})\nlayer = {layer}",
        "y = layer(x)",
        facts,
        words="to have",
    )


def transposed(draw: random.Random) -> Case:
    n, got, length, out, want, k = (draw.randint(1, 9) for _ in range(6))
    setup = f"x = torch.rand({n}, {got}, {length})\nlayer = nn.ConvTranspose1d({want}, {out}, {k})"
    return Case(
        "channels", setup, "y = layer(x)", [count(want, "input channel"), count(out, "output channel")]
    )


def image(draw: random.Random) -> Case:
    n, got, out, want = (draw.randint(2, 9) for _ in range(4))
    height, width = draw.randint(4, 9), draw.choice([want, 11])
    setup = f"x = torch.rand({n}, {got}, {height}, {width})\nlayer = nn.Conv2d({want}, {out}, 2)"
    return Case("channels", setup, "y = layer(x)", [count(out, "output channel"), count(got, "channel")])


def unbatched(draw: random.Random) -> Case:
    signals, length, k = draw.randint(2, 9), draw.randint(5, 30), draw.randint(1, 5)
    setup = f"x = torch.rand({signals}, {length})\nlayer = nn.Conv1d(1, 4, {k})"
    return Case("channels", setup, "y = layer(x)", [f"{signals} channels", "torch's own"])


def unbatched_turned(draw: random.Random) -> Case:
    c, length = draw.randint(2, 9), draw.randint(1, 30)
    setup = f"x = torch.rand({length}, {c})\nlayer = nn.Conv1d({c}, 4, 2)"
    facts = ["your data is (N, L, C)", "torch's own"]
    return Case("channels", setup, "y = layer(x)", facts, words="to have")


def axes(draw: random.Random) -> Case:
    shape = [draw.randint(2, 6) for _ in range(3)]
    at = draw.randint(0, 3)
    shape.insert(at, 1)
    three = [*shape[:at], *shape[at + 1 :]]
    setup = f"x = torch.rand({shape})\nlayer = nn.Conv1d({three[1]}, 2, 1)"
    return Case("axes", setup, "y = layer(x)", [str(shape), "4 axes", f"Axis {at},"])


def more_axes(draw: random.Random) -> Case:
    shape = [draw.randint(2, 6) for _ in range(4)]
    others = [f"x = torch.rand({shape})\nlayer = nn.Conv1d({shape[i]}, 2, 1)" for i in (1, 2)]
    return Case("axes", others[0], "y = layer(x)", [str(shape), "none of size 1"], others)


def row(draw: random.Random) -> Case:
    length = draw.randint(3, 40)
    return Case(
        "axes",
        f"x = torch.rand({length})\nlayer = nn.Conv1d(1, 2, 3)",
        "y = layer(x)",
        [count(length, "number")],
    )


def pool_axes(draw: random.Random) -> Case:
    shape = [draw.randint(2, 6), 1, draw.randint(2, 6), draw.randint(4, 9)]
    pool = draw.choice(["MaxPool1d(2)", "AvgPool1d(2)", "AdaptiveAvgPool1d(1)", "AdaptiveMaxPool1d(1)"])
    return Case("axes", f"x = torch.rand({shape})\nlayer = nn.{pool}", "y = layer(x)", ["4 axes"])


def short(draw: random.Random) -> Case:
    k, dilation, padding, length = (
        draw.randint(2, 9),
        draw.randint(1, 3),
        draw.randint(0, 2),
        draw.randint(1, 9),
    )
    span, has = dilation * (k - 1) + 1, length + 2 * padding
    setup = (
        f"x = torch.rand(2, 3, {length})\n"
        f"layer = nn.Conv1d(3, 2, {k}, padding={padding}, dilation={dilation})"
    )
    facts = [f"{has} is the length", f"{span} is the kernel's span", f"lacks {span - has}"]
    return Case("too-short", setup, "y = layer(x)", facts)


TYPES = ["float64", "int64", "int16", "uint8", "float16", "bfloat16", "float32"]


def dtypes(draw: random.Random) -> Case:
    x, weight = (
        draw.choice(TYPES),
        draw.choice(["float32", "float32", "float64", "float16", "bfloat16"]),
    )
    n, bias = draw.randint(1, 4), draw.random() < 0.7
    setup = (
        f"x = torch.ones({n}, 3, 9).to(torch.{x})\nlayer = nn.Conv1d(3, 2, 4, bias={bias}).to(torch.{weight})"
    )
    small = {"float16", "bfloat16"}
    anchor = "half" if weight in small or x in small else "dtype"
    if not bias and n == 1 and x == "float32" and weight in small:
        anchor = "elsewhere"  # a single sample has words of its own
    return Case(anchor, setup, "y = layer(x)", [f"input is {x}", f"weights are {weight}"])


def linear(draw: random.Random) -> Case:
    n, c, length, width, out = (draw.randint(1, 9) for _ in range(5))
    shape = draw.choice([f"{n}, {c * length}", f"{n}, {c}, {length}"])
    if draw.random() < 0.5:
        width = draw.choice([c * length, c])
    setup = f"x = torch.rand({shape})\nlayer = nn.Linear({width}, {out})"
    last = shape.split(", ")[-1]
    return Case(
        "linear",
        setup,
        "y = layer(x)",
        [f"built for {count(width, 'number')}", f"has {last} in its last axis"],
    )


def residual(draw: random.Random) -> Case:
    n, c, k, stride = draw.randint(2, 5), draw.randint(2, 5), draw.randint(2, 6), draw.choice([1, 1, 2])
    length, padding = draw.randint(9, 30), draw.choice([0, k // 2])
    setup = f"x = torch.rand({n}, {c}, {length})\nlayer = nn.Conv1d({c}, {c}, {k}, {stride}, {padding})"
    y = (length + 2 * padding - k) // stride + 1
    others = [setup]
    return Case("residual", setup, "y = layer(x) + x", [f"has {y}, of the other {length}"], others)


def shortcut(draw: random.Random) -> Case:
    a, b = draw.randint(2, 9), draw.randint(2, 9)
    setup = f"x = torch.rand(4, {a}, 9)\nlayer = nn.Conv1d({a}, {b}, 3, padding=1)"
    return Case("residual", setup, "y = layer(x) + x", [f"has {b}, of the other {a}", "channels"])


def target(draw: random.Random) -> Case:
    n, classes, length = draw.randint(1, 9), draw.randint(2, 9), draw.randint(2, 9)
    setup = (
        f"x = torch.rand({n}, 3, {length})\n"
        f"layer = nn.Conv1d(3, {classes}, 1)\nlabels = torch.zeros({n}).long()"
    )
    facts = [f"labels [{n}, {length}]", f"yours are [{n}]"]
    return Case("target", setup, "loss = F.cross_entropy(layer(x), labels)", facts)


def classes_last(draw: random.Random) -> Case:
    n, classes, length = draw.randint(1, 9), draw.randint(2, 5), draw.randint(6, 9)
    setup = (
        f"x = torch.rand({n}, {length}, 3)\n"
        f"layer = nn.Linear(3, {classes})\nlabels = torch.zeros({n}, {length}).long()"
    )
    return Case(
        "target",
        setup,
        "loss = F.cross_entropy(layer(x), labels)",
        [f"If {classes} is the number of classes"],
    )


def merged(draw: random.Random) -> Case:
    n, length = draw.randint(2, 9), draw.randint(2, 9)
    setup = f"scores = torch.rand({n * length}, 3)\nlabels = torch.zeros({n}).long()"
    return Case("target", setup, "F.cross_entropy(scores, labels)", [f"{n * length} is {length} × {n}"])


def shares(draw: random.Random) -> Case:
    out, each, groups = draw.randint(1, 9), draw.randint(1, 5), draw.randint(2, 5)
    setup = f"x = torch.rand(2, {each * groups}, 9)\nweight = torch.rand({out}, {each}, 3)"
    facts = [count(out, "output channel"), f"each of {groups} groups"]
    return Case("groups", setup, f"F.conv1d(x, weight, groups={groups})", facts)


def wide(draw: random.Random) -> Case:
    length = draw.randint(2, 8)
    padding = draw.randint(length, 12)
    setup = (
        f"x = torch.rand(2, 3, {length})\n"
        f'layer = nn.Conv1d(3, 2, 2, padding={padding}, padding_mode="reflect")'
    )
    return Case("too-wide", setup, "y = layer(x)", [count(length, "position"), f"at most {length - 1}"])


def ring(draw: random.Random) -> Case:
    length = draw.randint(2, 8)
    setup = (
        f"x = torch.rand(2, 3, {length})\n"
        f'layer = nn.Conv1d(3, 2, 2, padding={length + draw.randint(1, 20)}, padding_mode="circular")'
    )
    return Case("too-wide", setup, "y = layer(x)")


def output_padding(draw: random.Random) -> Case:
    stride, dilation = draw.randint(1, 4), draw.randint(1, 4)
    most = max(stride, dilation) - 1
    padding = most + draw.randint(1, 3)
    setup = (
        f"x = torch.rand(2, 3, 5)\n"
        f"layer = nn.ConvTranspose1d(3, 2, 4, {stride}, output_padding={padding}, dilation={dilation})"
    )
    return Case("output-padding", setup, "y = layer(x)", [f"output_padding is {padding}", f"at most {most}"])


def output_size(draw: random.Random) -> Case:
    length, stride, k = draw.randint(1, 9), draw.randint(1, 4), draw.randint(1, 5)
    low = (length - 1) * stride + k
    want = draw.choice([low + stride + draw.randint(0, 9), max(1, low - draw.randint(1, 9))])
    setup = f"x = torch.rand(2, 3, {length})\nlayer = nn.ConvTranspose1d(3, 2, {k}, {stride})"
    call = f"y = layer(x, output_size=[{want}])"
    return Case("output-size", setup, call, [f"{low} to {low + stride - 1}", f"asked for {want}"])


def nothing_left(draw: random.Random) -> Case:
    length, k = draw.randint(1, 3), draw.randint(1, 4)
    padding = (length + k) // 2 + draw.randint(0, 3)
    gives = length - 1 - 2 * padding + k
    setup = f"x = torch.rand(1, 3, {length})\nlayer = nn.ConvTranspose1d(3, 2, {k}, padding={padding})"
    return Case("guide/transposed#errors", setup, "y = layer(x)", [f"would make {gives}"])


def state(draw: random.Random) -> Case:
    a, b = ([draw.randint(1, 5) for _ in range(3)] for _ in range(2))
    setup = (
        f"saved = nn.Conv1d({a[1]}, {a[0]}, {a[2]}, bias=False).state_dict()\n"
        f"layer = nn.Conv1d({b[1]}, {b[0]}, {b[2]}, bias=False)"
    )
    facts = [f"Saved as {a}", f"is {b}"]
    if a[::-1] == b:
        facts.append("Keras")
    # With its bias, the layer that the cure builds would miss one.
    return Case("state", setup.replace(", bias=False", ""), "layer.load_state_dict(saved)", facts)


def keras(draw: random.Random) -> Case:
    k, c, out = draw.sample(range(2, 9), 3)
    setup = (
        f"layer = nn.Conv1d({c}, {out}, {k})\n"
        f"saved = layer.state_dict() | {{'weight': torch.rand({k}, {c}, {out})}}"
    )
    return Case("state", setup, "layer.load_state_dict(saved)", ["Keras", f"[{k}, {c}, {out}]"])


def image_weights(draw: random.Random) -> Case:
    k, c, out = (draw.randint(2, 9) for _ in range(3))
    setup = (
        f"layer = nn.Conv1d({c}, {out}, {k})\n"
        f"saved = layer.state_dict() | {{'weight': torch.rand({out}, {c}, 1, {k})}}"
    )
    return Case("state", setup, "layer.load_state_dict(saved)", ["Conv2d"])


def norm_channels(draw: random.Random) -> Case:
    a, b, stats = draw.randint(2, 9), draw.randint(2, 9), draw.random() < 0.7
    layer = f"layer = nn.BatchNorm1d({b}, track_running_stats={stats})"
    others = [f"x = torch.rand({shape})\n{layer}" for shape in (f"4, {a}, {b}", f"4, {a}, 7", f"{b}, {a}")]
    return Case("norm-channels", others[0], "y = layer(x)", [f"found {a}", f"built for {b}"], others)


def norm_last(draw: random.Random) -> Case:
    c, length = draw.randint(2, 9), draw.randint(2, 9)
    second = draw.choice([c, c + 1])
    setup = f"x = torch.rand(4, {second}, {length})\nlayer = nn.LayerNorm({c})"
    facts = [f"[4, {second}, {length}] ends in {length}"] + (["stands second"] if second == c else [])
    return Case("norm-last", setup, "y = layer(x)", facts)


def norm_groups(draw: random.Random) -> Case:
    c, groups = draw.randint(2, 12), draw.randint(2, 12)
    setup = f"x = torch.rand(4, {c}, 9)"
    return Case(
        "norm-groups",
        setup,
        f"layer = nn.GroupNorm({groups}, {c})",
        [f"{c} channels", f"among {groups} groups"],
    )


def one_value(draw: random.Random) -> Case:
    c = draw.randint(1, 9)
    setup = f"x = torch.rand(1, {c}, 1)\nlayer = nn.BatchNorm1d({c})"
    return Case("one-value", setup, "y = layer(x)", ["1 sample, " + count(c, "channel")])


def one_position(draw: random.Random) -> Case:
    n, c = draw.randint(1, 9), draw.randint(2, 9)
    setup = f"x = torch.rand({n}, {c}, 1)\nlayer = nn.InstanceNorm1d({c})"
    return Case("one-value", setup, "y = layer(x)", [count(n, "sample"), count(c, "channel")])


def pool_size(draw: random.Random) -> Case:
    length, kind = draw.randint(1, 9), draw.choice(["Max", "Avg"])
    setup = f"x = torch.rand(2, 3, {length})\nlayer = nn.{kind}Pool1d({length + draw.randint(1, 9)})"
    return Case("pool-size", setup, "y = layer(x)", [count(length, "position")] if kind == "Avg" else [])


def pool_padding(draw: random.Random) -> Case:
    k, kind = draw.randint(1, 6), draw.choice(["Max", "Avg"])
    padding = k // 2 + draw.randint(1, 4)
    setup = f"x = torch.rand(2, 3, 12)\nlayer = nn.{kind}Pool1d({k}, padding={padding})"
    return Case(
        "pool-padding", setup, "y = layer(x)", [f"{k // 2} for a window of {k}", f"asked for {padding}"]
    )


def bias_size(draw: random.Random) -> Case:
    out, wrong = draw.randint(1, 9), draw.randint(1, 9)
    setup = f"x = torch.rand(2, 3, 9)\nweight = torch.rand({out}, 3, 4)"
    return Case(
        "bias-size",
        setup,
        f"F.conv1d(x, weight, torch.rand({wrong}))",
        [count(out, "output channel"), f"[{wrong}]"],
    )


def permute(draw: random.Random) -> Case:
    a = draw.choice([2, 4])
    shape = [draw.randint(2, 6) for _ in range(2)] if a == 2 else [4, 1, 5, 6]
    return Case("permute", f"x = torch.rand({shape})", "x.permute(0, 2, 1)", [f"{a} axes", "given 3"])


def pair(draw: random.Random) -> Case:
    n, c, length, k = draw.randint(2, 9), draw.randint(2, 9), draw.randint(3, 9), draw.randint(1, 3)
    size = draw.choice([f"({k}, 1)", f"(1, {k})"])
    setup = f"x = torch.rand({n}, {c}, {length})\nlayer = nn.Conv1d({c}, 2, {size})"
    return Case("pair", setup, "y = layer(x)", [f"the pair {size}"])


def two_paddings(draw: random.Random) -> Case:
    name, a, b = draw.choice(["padding", "stride", "dilation"]), draw.randint(1, 3), draw.randint(1, 3)
    setup = f"x = torch.rand(2, 3, 12)\nlayer = nn.Conv1d(3, 2, 3, {name}=({a}, {b}))"
    return Case("two-paddings", setup, "y = layer(x)", [f"you gave {a}, {b}"])


def embedding(draw: random.Random) -> Case:
    rows = draw.randint(2, 9)
    setup = f"embedding = nn.Embedding({rows}, 4)\nx = torch.tensor([[0, {rows + draw.randint(0, 5)}]])"
    return Case("guide/text#errors", setup, "embedding(x)")


def reshape(draw: random.Random) -> Case:
    n, c, length, wrong = (draw.randint(2, 9) for _ in range(4))
    setup = f"x = torch.rand({n}, {c}, {length})"
    return Case("linear", setup, f"x.view(-1, {c * length + wrong})", [f"{n * c * length} numbers"])


KINDS: list[Callable[[random.Random], Case]] = [
    channels, channels, channels, channels, transposed, image, unbatched, unbatched_turned, axes, more_axes,
    row, pool_axes, short, dtypes, dtypes, linear, linear, residual, shortcut, target, classes_last, merged,
    shares, wide, ring, output_padding, output_size, nothing_left, state, keras, image_weights,
    norm_channels, norm_last, norm_groups, one_value, one_position, pool_size, pool_padding, bias_size,
    permute, pair, two_paddings, embedding, reshape,
]  # fmt: skip


def cases(each: int, seed: int) -> list[tuple[Case, str]]:
    """So many cases of each kind, with their messages; settings that torch takes are drawn again."""
    draw = random.Random(seed)
    found = []
    for kind in KINDS:
        got = 0
        while got < each:
            case = kind(draw)
            if (message := case.run(case.call)) and case.words in message:
                found.append((case, message))
                got += 1
    return found


# Wordings that today's torch does not raise, with programs of today that have the same shapes.
SO = "Given groups=1, weight[2, 3, 4], so expected"
NO_BATCH = "Expected 3-dimensional input for 3-dimensional weight"
OLD = [
    (
        f"{NO_BATCH} [2, 3, 4], but got 2-dimensional input of size [3, 10] instead",
        Case("axes", "x = torch.rand(3, 10)\nlayer = nn.Conv1d(3, 2, 4)", "", ["two axes"]),
    ),
    (
        f"{NO_BATCH} 2 1 4, but got 2-dimensional input of size [5, 10] instead",
        Case("axes", "x = torch.rand(5, 10)\nlayer = nn.Conv1d(1, 2, 4)", "", ["1 input channel, kernel 4"]),
    ),
    (
        f"{NO_BATCH} [2, 3, 4], but got 2-dimensional input of size [10, 3] instead",
        Case("axes", "x = torch.rand(10, 3)\nlayer = nn.Conv1d(3, 2, 4)", "", ["two axes"]),
    ),
    (
        f"{NO_BATCH} [2, 3, 4], but got input of size [7, 10] instead",
        Case("axes", "x = torch.rand(7, 10)", "", ["two axes"]),
    ),
    (
        f"{SO} input[5, 9, 3] to have 3 channels, but got 9 channels instead",
        Case("channels", "x = torch.rand(5, 9, 3)\nlayer = nn.Conv1d(3, 2, 4)", "", ["(N, L, C)"]),
    ),
    (
        "size mismatch, m1: [5 x 14], m2: [20 x 1] at /pytorch/aten/src/TH/generic/THTensorMath.cpp:41",
        Case("linear", "x = torch.rand(5, 14)", "", ["built for 20", "14 in its last axis"]),
    ),
    (
        "pad should be smaller than half of kernel size, but got padW = 4, padH = 4, kW = 5, kH = 5",
        Case("pool-padding", "x = torch.rand(2, 3, 12)", "", ["2 for a window of 5"]),
    ),
    (
        "number of dims don't match in permute",
        Case("permute", "x = torch.rand(3, 10)", "", ["number of axes"]),
    ),
    (
        "Expected object of scalar type Float but got scalar type Double for argument #2 'mat1' in call",
        Case("dtype", "x = torch.rand(4, 3).double()\nlayer = nn.Linear(3, 2)", "", ["input is float64"]),
    ),
    (
        "Sizes of tensors must match except in dimension 1. Got 7 and 6 in dimension 2 at /THC.cu:83",
        Case("residual", "a, b = torch.rand(2, 3, 7), torch.rand(2, 3, 6)", "", ["has 7, the other 6"]),
    ),
]
