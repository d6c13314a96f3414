"""What is asked without a process of its own can change nothing; all else is not known to be harmless."""

from __future__ import annotations

import ast

import pytest
import torch

from insync.running.cell import _functions
from insync.running.evaluate import Session
from insync.running.expression import Expression
from insync.running.harmless import Judge

SOURCE = """
import math
import torch
import torch.nn.functional as F
x, layer, dropout = torch.zeros(1, 1, 4), torch.nn.Conv1d(1, 1, 2), torch.nn.Dropout()
rows, table, steps, a = [1, (2, 3)], {"a": x}, iter([1]), 1
held = [iter([1])]
class Own: pass
own = Own()
def length(L, K, s=1, **more):
    span, total = K - 1, 0
    for each in range(3):
        total += each
    return F.conv1d(x, x, stride=s, **more).shape[2] + math.ceil(total)
def adds(found):
    found += [1]
    return found
def writes(found):
    found[0] = 1
    return 1
def counts():
    global a
    a = 2
def forgets(seen=own):
    return 1
def nested(L):
    return length(L, 2)
def hidden(L):
    return adds(L)
def recursive(n):
    return n and recursive(n - 1)
"""


@pytest.fixture(scope="module")
def judge() -> Judge:
    tree = ast.parse(SOURCE)
    code = compile(tree, "made.py", "exec")
    session = Session({}, functions=_functions(tree, code))
    with torch.random.fork_rng():
        exec(code, session.namespace)
    return Judge(session)


@pytest.mark.parametrize(
    "expression",
    [
        "a:.2f",
        "x.shape",
        "tuple(x.shape)",
        "rows[1][0]",
        "table['a'].sum().item():.3f",
        "len(rows) * 2",
        "layer.weight.numel()",
        "torch.allclose(x, x)",
        "[each for each in rows]",
        "sum(p.numel() for p in layer.parameters())",
        "length(4, 2, s=2, dilation=1)",
        "nested(4)",
        "recursive(3)",
    ],
)
def test_what_only_looks_is_known(judge: Judge, expression: str) -> None:
    assert judge.harmless(Expression(expression))


@pytest.mark.parametrize(
    "expression",
    [
        "next(steps)",
        "list(steps)",
        "held[0]",
        "own",
        "own.x",
        "rows.append(1)",
        "table.update(b=1)",
        "x.add_(1)",
        "x.__class__",
        "torch.rand(1)",
        "torch.manual_seed(1)",
        "torch.sum(x, out=x)",
        "torch.sum(x, **{'out': x})",
        "layer(x)",
        "dropout(x)",
        "adds(rows)",
        "hidden(rows)",
        "writes(rows)",
        "counts()",
        "forgets()",
        "(lambda: 1)()",
        "open('x')",
        "print(1)",
        "missing",
        "math.pi.__add__(1)",
        "length(4, 2, padding='same')",
        "sorted(rows, key=writes)",
        "torch.set_default_dtype(torch.float64)",
    ],
)
def test_what_could_do_more_is_not(judge: Judge, expression: str) -> None:
    assert not judge.harmless(Expression(expression))
