"""The recipes as readers have them: the cell `code` alone, in a module of its own, with nothing around it."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

import torch
from conftest import ROOT
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from insync.running.snippet import Snippet, parse_snippet

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "recipe_"
# The same examples at every run, also on a slow machine.
held = settings(
    deadline=None, derandomize=True, max_examples=60, suppress_health_check=list(HealthCheck), database=None
)
DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
seeds = st.integers(0, 2**16)


def recipe_files() -> list[Path]:
    """The snippets that are recipes."""
    return sorted((ROOT / "snippets").glob(f"{PREFIX}*.py"))


def read(name: str) -> Snippet:
    """A recipe's snippet, by the name of the recipe."""
    path = ROOT / "snippets" / f"{PREFIX}{name}.py"
    return parse_snippet(path, path.read_text(encoding="utf-8"))


@cache
def load(name: str) -> ModuleType:
    """What a reader has who copied the recipe: a module of the cell `code`, run on its own."""
    snippet = read(name)
    cell = snippet.cell("code")
    assert cell, f"{snippet.path.name} has no cell `code`"
    module = ModuleType(PREFIX + name)
    exec(compile(cell.source, str(snippet.path), "exec"), module.__dict__)
    return module


def graph_size(value: torch.Tensor) -> int:
    """How many nodes of the autograd graph hang on a tensor; 0 for one without a graph."""
    seen, left = set(), [value.grad_fn] if value.grad_fn else []
    while left:
        node = left.pop()
        if node in seen:
            continue
        seen.add(node)
        left += [following for following, _ in node.next_functions if following]
    return len(seen)


def strided(x: torch.Tensor) -> torch.Tensor:
    """The same numbers, not contiguous: every second one of a row twice as long."""
    twice = x.repeat_interleave(2, dim=-1)[..., ::2]
    assert x.numel() < 2 or not twice.is_contiguous()
    return twice


def keeps_nan_apart(dtype: torch.dtype) -> bool:
    """Whether torch's own convolution keeps a NaN out of outputs whose windows do not hold it.

    In bfloat16 not every processor does (AVX512_BF16, an odd number of input channels): products are added in
    pairs, and what has no partner is paired with the number that comes next, times 0.
    """
    x = torch.ones(2, 3, 8, dtype=dtype)
    x[:, :, 5:] = torch.nan
    y = torch.nn.functional.conv1d(x, torch.ones(2, 3, 2, dtype=dtype))
    return not bool(y[:, :, :4].isnan().any())


def close(a: torch.Tensor, b: torch.Tensor) -> None:
    """Equal shapes, dtypes and, within what the dtype can hold, numbers; NaN equals NaN alone."""
    torch.testing.assert_close(a, b, equal_nan=True)
