"""Networks made at random, as torch sees them and as somebody would paste them."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from trace_draws import DRAWS, WEIGHTS

if TYPE_CHECKING:
    from random import Random

NAMES = list(DRAWS)
ODDS = [WEIGHTS.get(name, 1) for name in NAMES]
# Operations between layers, which stand in lines of their own.
OPERATIONS = [
    "x.permute(0, 2, 1)", "x.transpose(1, 2)", "x.transpose(-1, -2)", "x.squeeze()", "x.squeeze(-1)", "x.unsqueeze(1)",
    "x.flatten(1)", "x.flatten(1, -1)", "x.view(x.size(0), -1)", "x.reshape(x.shape[0], -1)", "x.view(8, -1)",
    "x.mean(-1)", "x.mean(dim=2)", "x.max(dim=-1).values", "x[:, :, -1]", "x[:, -1]", "x[..., ::2]", "x[:, :, 1:-1]",
    "x + x", "torch.cat([x, x], dim=1)", "x.contiguous()", "x.permute(0, 2)", "torch.flatten(x, 1)", "F.relu(x)",
    "F.max_pool1d(x, 2)", "F.pad(x, (2, 0))", "F.dropout(x, 0.2)", "x.sum(1)", "x[:, 0:1]", "x.view(-1, 6)",
]  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What torch makes of one layer: the shape and the number of new parameters."""

    shape: tuple[int, ...]
    parameters: int


@dataclass
class Network:
    """The text, the input, and what torch says of each."""

    code: str = ""
    given: str = ""
    shape: tuple[int, ...] = ()
    long: bool = False
    rows: list[Row] = field(default_factory=list)
    refusal: str = ""
    layers: list[str] = field(default_factory=list)
    modules: list[Any] = field(default_factory=list)

    def input(self) -> torch.Tensor:
        """What torch is given."""
        return torch.randint(0, 50, self.shape) if self.long else torch.rand(self.shape)


def first(value: Any) -> Any:
    """The output itself, where others come with it."""
    return value[0] if isinstance(value, tuple) else value


def written(draw: Random, name: str, args: tuple[Any, ...], options: dict[str, Any]) -> str:
    """A module as somebody would write it."""
    texts = [repr(each) for each in args] + [f"{key}={value!r}" for key, value in options.items()]
    start = draw.choice(["nn.", "nn.", "torch.nn.", ""])
    blank = draw.choice([", ", ", ", ",", ",\n        "])
    return f"{start}{name}({blank.join(texts)})"


def operation(code: str, x: torch.Tensor) -> torch.Tensor:
    """What torch makes of an operation."""
    result: torch.Tensor = eval(code, {"torch": torch, "F": nn.functional, "x": x})
    return result


def draw_network(draw: Random, longest: int = 12, operations: bool = True) -> Network:
    """A network of layers that fit mostly; torch is asked after each, and the first that it refuses is the last."""
    network = Network()
    dims = draw.choice([3, 3, 3, 3, 3, 2, 2, 1, 4])
    shape = [draw.randint(1, 4), draw.choice([1, 2, 3, 4, 6, 8]), draw.randint(1, 30)]
    network.shape = tuple({1: shape[-1:], 2: shape[1:], 3: shape, 4: [1, *shape]}[dims])
    network.long = draw.random() < 0.06
    x = network.input()
    for _ in range(draw.randint(1, longest)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                x = layer(draw, network, x, operations)
        except (
            RuntimeError,
            ValueError,
            TypeError,
            IndexError,
            NotImplementedError,
            ZeroDivisionError,
        ) as error:
            network.refusal = f"{type(error).__name__}: {error}"
            break
        if x.numel() == 0:
            network.refusal = "empty"
        if x.numel() == 0 or x.dim() == 0:  # nothing is left, or nothing that has a size
            break
    network.given = draw.choice(["{}", "torch.rand{}", "x = torch.randn{}", "torch.Size({})"]).format(
        network.shape
    )
    if network.long:
        network.given = draw.choice(["tokens {}", "torch.randint(0, 50, {})"]).format(network.shape)
    network.code = pasted(draw, network.layers)
    return network


def layer(draw: Random, network: Network, x: torch.Tensor, operations: bool) -> torch.Tensor:
    """One more layer or operation, in the network's text and in torch."""
    if operations and draw.random() < 0.15:
        code = draw.choice(OPERATIONS)
        network.layers.append(code)
        network.modules.append(None)
        made = operation(code, x)
        network.rows.append(Row(tuple(made.shape), 0))
        return made
    (name,) = draw.choices(NAMES, ODDS)
    if network.long and not network.layers and draw.random() < 0.7:
        name = "Embedding"
    args, options = DRAWS[name](draw, tuple(x.shape))
    network.layers.append(written(draw, name, args, options))
    network.modules.append(None)
    module = getattr(nn, name)(*args, **options)
    network.modules[-1] = module
    with torch.no_grad():
        made = first(module(x))
    network.rows.append(Row(tuple(made.shape), sum(each.numel() for each in module.parameters())))
    return made


def pasted(draw: Random, layers: list[str]) -> str:
    """The layers in one of the forms in which networks are pasted."""
    plain = all(not each.startswith(("x", "torch.cat", "torch.flatten", "F.")) for each in layers)
    recurrent = any(name in each for each in layers for name in ("LSTM(", "GRU(", "RNN("))
    forms = [as_lines, as_fields, as_class] + (
        [as_sequence, as_sequence, as_named, as_printed] if plain and not recurrent else []
    )
    text = draw.choice(forms)(draw, layers)
    if draw.random() < 0.1:
        text = text.replace("\n", "\r\n")
    if draw.random() < 0.1 and "'" not in text:
        text = text.replace("(", "（").replace(")", "）").replace(",", "，")
    return text


def is_module(layer: str) -> bool:
    """Whether it is a module, not an operation."""
    return not layer.startswith(("x", "torch.cat", "torch.flatten", "F."))


def as_lines(draw: Random, layers: list[str]) -> str:
    return "\n".join(each if is_module(each) else f"x = {each}" for each in layers)


def as_fields(draw: Random, layers: list[str]) -> str:
    lines = [f"self.layer{n} = {each}" if is_module(each) else f"x = {each}" for n, each in enumerate(layers)]
    return draw.choice(["", "        "]) + "\n        ".join(lines) + draw.choice(["", "\n", "  # the end\n"])


def as_class(draw: Random, layers: list[str]) -> str:
    fields = "".join(f"        self.layer{n} = {each}\n" for n, each in enumerate(layers) if is_module(each))
    calls = []
    for n, each in enumerate(layers):
        tuple_ = any(name in each for name in ("LSTM(", "GRU(", "RNN("))
        calls.append(
            f"        x{', _' if tuple_ else ''} = " + (f"self.layer{n}(x)" if is_module(each) else each)
        )
    body = "\n".join(calls)
    return (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"{fields}\n    def forward(self, x):\n{body}\n        return x\n"
    )


def as_sequence(draw: Random, layers: list[str]) -> str:
    inner = ",\n    ".join(layers)
    if len(layers) > 2 and draw.random() < 0.3:
        inner = f"nn.Sequential({layers[0]}, {layers[1]}),\n    " + ",\n    ".join(layers[2:])
    return f"{draw.choice(['', 'model = '])}nn.Sequential(\n    {inner}{draw.choice(['', ','])}\n)"


def as_named(draw: Random, layers: list[str]) -> str:
    inner = ",\n    ".join(f"('layer{n}', {each})" for n, each in enumerate(layers))
    return f"from collections import OrderedDict\nnet = nn.Sequential(OrderedDict([\n    {inner}\n]))"


def as_printed(draw: Random, layers: list[str]) -> str:
    inner = "\n".join(f"  ({n}): {each}" for n, each in enumerate(layers))
    return f"Sequential(\n{inner}\n)"


def run_script(code: str, shapes: list[tuple[int, ...]] | None = None) -> tuple[int, ...]:
    """Runs a script that the page offers, holds every shape in its comments to torch's, and gives the last.

    All of them are put into `shapes`.
    """
    shapes = [] if shapes is None else shapes
    names: dict[str, Any] = {}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        if "nn.Sequential(" in code:
            exec(code, names)
            value = names["x"]
            said = re.findall(r"^    .*,  # \(([\d, ]*)\)$", code, flags=re.MULTILINE)
            assert len(said) == len(names["net"]), code
            for module, shape in zip(names["net"], said, strict=True):
                value = first(module(value))
                assert sizes(shape) == tuple(value.shape), code
                shapes.append(tuple(value.shape))
            return tuple(value.shape)
        last: tuple[int, ...] = ()
        for line in code.splitlines():
            exec(line, names)
            found = re.match(r"(\w+)(?:, _)? = .*  # \(([\d, ]*)\)", line)
            if found:
                last = tuple(names[found[1]].shape)
                assert sizes(found[2]) == last, code
                shapes.append(last)
        return last


def sizes(text: str) -> tuple[int, ...]:
    """The numbers of a shape as it is written."""
    return tuple(int(each) for each in re.findall(r"\d+", text))
