"""The pages that every compared site has: two cells a page, and what they print."""

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cell:
    """One cell: a name, what the page says about it, and its code."""

    name: str
    heading: str
    prose: str
    code: str


def cells(number: int) -> tuple[Cell, Cell]:
    """The two cells of page `number`, a layer and one output of it by hand; each page has its own seed."""
    return (
        Cell(
            "layer",
            "A layer",
            "A layer with three input channels, two output channels and a window of four.",
            f"import torch\n\ntorch.manual_seed({number})\nlayer = torch.nn.Conv1d(3, 2, 4)\n"
            "x = torch.rand(1, 3, 10)\ny = layer(x)\nprint(tuple(y.shape))",
        ),
        Cell(
            "by_hand",
            "By hand",
            "The first output is a sum of twelve products and the bias. 第一个输出是十二个乘积与偏置之和。",
            "total = (layer.weight[0] * x[0, :, 0:4]).sum() + layer.bias[0]\n"
            'print(f"{total.item():.4f} = {y[0, 0, 0].item():.4f}")',
        ),
    )


def outputs(pages: int) -> list[tuple[str, str]]:
    """What the cells of each page print, by running them: this is what plain MkDocs gets pasted in."""
    results = []
    for number in range(pages):
        namespace: dict[str, Any] = {}
        printed = []
        for cell in cells(number):
            with redirect_stdout(io.StringIO()) as stdout:
                exec(cell.code, namespace)
            printed.append(stdout.getvalue())
        results.append((printed[0], printed[1]))
    return results


def page_name(number: int) -> str:
    """The name of a page and of its snippet, lower_snake as snippets are."""
    return f"page_{number:04}"


def markdown_page(number: int, blocks: Sequence[str]) -> str:
    """A page with one block for each cell, under its heading and prose."""
    parts = [f"# Page {number} {{ #page }}\n"]
    for cell, block in zip(cells(number), blocks, strict=True):
        parts.append(f"## {cell.heading} {{ #{cell.name} }}\n\n{cell.prose}\n\n{block}\n")
    return "\n".join(parts)


def fence(info: str, body: str) -> str:
    """A fenced code block."""
    return f"```{info}\n{body.rstrip()}\n```"
