"""The figures' arithmetic in a real browser, held to torch: values, lengths, what is read, what refused."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
]

Parameters = dict[str, Any]
INPUTS = 4  # channels, where groups are tried
IN_BROWSER = """async ([module, sets]) => {
  const conv = await import(module)
  return JSON.stringify(sets.map(p => {
    const refused = conv.refusal(p)
    if (refused) return {refused}
    const length = conv.lengthOut(p), every = Array.from({length}, (_, t) => conv.reads(p, t))
    return {length, tail: conv.tail(p), reads: every, y: p.x ? conv.conv1d(p.x, p.w, p.b, p) : null}
  }))
}"""


@pytest.fixture(scope="module")
def in_browser(site: Site, chromium: Any) -> Any:
    """Gives a list of parameter sets to conv.js and gives back what it says of each."""
    page: Page = chromium.new_page()
    page.goto(site.address + "glossary/")
    module = site.address + "assets/javascripts/figures/conv.js"
    # As one text: every number by itself takes longer to hand over than to compute.
    yield lambda sets: json.loads(page.evaluate(IN_BROWSER, [module, sets]))
    page.close()


def layer_of(p: Parameters, inputs: int, outputs: int) -> nn.Conv1d:
    padding = {"same": "same", "causal": 0}.get(p["mode"], p["padding"])
    sizes = {"stride": p["stride"], "dilation": p["dilation"], "groups": p["groups"], "padding": padding}
    return nn.Conv1d(inputs, outputs, p["kernel"], **sizes, dtype=torch.double)


def forward(layer: nn.Conv1d, x: torch.Tensor, p: Parameters) -> torch.Tensor:
    if p["mode"] == "causal":
        x = F.pad(x, (p["dilation"] * (p["kernel"] - 1), 0))
    return layer(x)


def torchs_answer(p: Parameters) -> tuple[int, str]:
    """The length of torch's output, or its message."""
    try:
        layer = layer_of(p, p["inputs"], p["outputs"])
        return forward(layer, torch.zeros(1, p["inputs"], p["length"], dtype=torch.double), p).shape[2], ""
    except (RuntimeError, ValueError) as error:
        return -1, str(error)


def valid_sets(count: int, seed: int) -> list[Parameters]:
    """Parameter sets that torch takes, with random tensors of small whole numbers and of any numbers."""
    draw = random.Random(seed)
    generator = torch.Generator().manual_seed(seed)
    found: list[Parameters] = []
    while len(found) < count:
        groups = draw.choice([1, 1, 2, 3])
        p: Parameters = {
            "length": draw.randint(1, 14),
            "kernel": draw.randint(1, 5),
            "stride": draw.randint(1, 4),
            "padding": draw.randint(0, 4),
            "dilation": draw.randint(1, 3),
            "mode": draw.choice(["zeros", "zeros", "same", "causal"]),
            "groups": groups,
            "inputs": groups * draw.randint(1, 2),
            "outputs": groups * draw.randint(1, 2),
        }
        if torchs_answer(p)[1]:
            continue
        whole = draw.random() < 0.5
        shapes = {
            "x": (p["inputs"], p["length"]),
            "w": (p["outputs"], p["inputs"] // groups, p["kernel"]),
            "b": (p["outputs"],),
        }
        for key, shape in shapes.items():
            block = torch.randn(shape, generator=generator, dtype=torch.double)
            p[key] = ((block * 10).round() if whole else block).tolist()
        if draw.random() < 0.2:
            p["b"] = None
        found.append(p)
    return found


def test_the_arithmetic_is_torchs(in_browser: Any) -> None:
    sets = valid_sets(3000, seed=1)
    for p, answer in zip(sets, in_browser(sets), strict=True):
        layer = layer_of(p, p["inputs"], p["outputs"])
        x = torch.tensor(p["x"], dtype=torch.double)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(p["w"], dtype=torch.double))
            layer.bias.copy_(torch.tensor(p["b"] or [0.0] * p["outputs"], dtype=torch.double))
            y = forward(layer, x[None], p)[0]
        torch.testing.assert_close(torch.tensor(answer["y"], dtype=torch.double), y, msg=str(p))


def test_what_an_output_reads_and_what_none_reads_is_what_gradients_say(in_browser: Any) -> None:
    sets = valid_sets(1000, seed=2)
    for p, answer in zip(sets, in_browser(sets), strict=True):
        total = p["dilation"] * (p["kernel"] - 1)
        left, right = {"same": (total // 2, total - total // 2), "causal": (total, 0)}.get(
            p["mode"], (p["padding"], p["padding"])
        )
        padded = torch.zeros(1, 1, p["length"] + left + right, dtype=torch.double, requires_grad=True)
        ones = torch.ones(1, 1, p["kernel"], dtype=torch.double)
        y = F.conv1d(padded, ones, stride=p["stride"], dilation=p["dilation"])[0, 0]
        assert answer["length"] == len(y), p
        reached = torch.zeros(padded.shape[2], dtype=torch.bool)
        for t, value in enumerate(y):
            (gradient,) = torch.autograd.grad(value, padded, retain_graph=True)
            positions = gradient[0, 0].nonzero().flatten()
            assert [at + left for at in answer["reads"][t]] == positions.tolist(), (p, t)
            reached[positions] = True
        assert answer["tail"] == len(reached) - 1 - reached.nonzero().max(), p


def test_every_refusal_is_torchs_own_in_torchs_own_order(in_browser: Any) -> None:
    draw = random.Random(3)
    sets = [
        {
            "length": draw.randint(1, 12),
            "kernel": draw.randint(1, 7),
            "stride": draw.randint(-1, 4),
            "padding": draw.randint(-1, 4),
            "dilation": draw.randint(0, 3),
            "mode": draw.choice(["zeros", "zeros", "same", "causal"]),
            "groups": draw.choice([1, 1, 1, 2, 3, 4, 0, -1]),
            "inputs": INPUTS,
            "outputs": draw.choice([4, 6, 8]),
        }
        for _ in range(6000)
    ]
    messages: dict[str, str] = {}
    lengths = 0
    for p, answer in zip(sets, in_browser(sets), strict=True):
        length, message = torchs_answer(p)
        if "refused" not in answer:
            assert (message, answer["length"]) == ("", length), p
            lengths += 1
            continue
        assert message, p
        reason, values = answer["refused"]["reason"], answer["refused"]["values"]
        # The first message of a reason, with its numbers taken out, must be the form of all the others.
        form = message
        if "padded" in values:
            numbers = f"per channel: ({values['padded']}). Kernel size: ({values['span']}). "
            assert numbers in message, p
            form = message.replace(numbers, "")
        elif "dilation" in values:
            assert message.endswith(f"but got [1, {values['dilation']}]"), p
        assert messages.setdefault(reason, form) == form, p
    assert lengths > 1000
    assert len(messages) == len(set(messages.values())) == 8
