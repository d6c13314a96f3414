"""Which expressions can change nothing, whatever the numbers are: these need no process of their own.

A fork costs 25 ms of processor, and a site asks after hundreds of cells. What is not known to be harmless
may be so all the same; it is only asked in a child.
"""

import ast
import sys
import types
from typing import Any

from insync.running.evaluate import Session
from insync.running.expression import Expression, f_string

_MOST = 2000  # values of a container that are looked at
_ATOMS = (int, float, complex, bool, str, bytes, range, types.NoneType)
_MODULES = ("torch", "numpy", "math")
_BUILTINS = frozenset(
    """
    abs all any bool complex dict divmod enumerate float int len list max min pow range repr round
    set sorted str sum tuple type zip True False None
    """.split()  # noqa: SIM905 - a list of words
)
# Of tensors, arrays, texts and containers, or torch's and NumPy's own: none writes, draws or remembers.
_METHODS = frozenset(
    """
    abs all allclose amax amin any arange argmax argmin array array_equal as_integer_ratio
    bit_length buffers cat ceil children clone concatenate conj conv1d conv2d conv_transpose1d
    convolve correlate cos count cpu cumsum data_ptr detach diff dim double element_size endswith
    equal exp expand expand_as finfo flatten flip float floor full get get_num_threads iinfo index
    initial_seed int is_contiguous isclose isfinite isnan item items join keys linspace log log2
    long lower max mean median min modules movedim mul named_parameters numel numpy ones ones_like
    pad parameters permute pow prod relu repeat reshape roll round sigmoid sin size softmax split
    sqrt squeeze stack startswith std stride strip sum swapaxes take tanh tensor tolist transpose
    unfold unsqueeze upper values var view zeros zeros_like
    """.split()  # noqa: SIM905
)
_NODES = (
    ast.Expression, ast.JoinedStr, ast.FormattedValue, ast.Constant, ast.Name, ast.Attribute,
    ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp,
    ast.BoolOp, ast.Compare, ast.IfExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.comprehension, ast.Starred, ast.keyword, ast.Call, ast.expr_context, ast.operator,
    ast.unaryop, ast.boolop, ast.cmpop,
    # In functions of the snippet:
    ast.Return, ast.Assign, ast.AugAssign, ast.If, ast.For, ast.Assert, ast.Pass, ast.Expr,
)  # fmt: skip


class Judge:
    """Knows what cannot change anything, at one moment of a run."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._functions: dict[int, bool] = {}

    def harmless(self, asked: Expression) -> bool:
        """Whether the expression can only look."""
        text = f_string(asked.text) if asked.purpose == "number" else asked.text
        try:
            return self._only_looks([ast.parse(text, mode="eval")], set())
        except Exception:  # noqa: BLE001 - a value can raise anything when it is looked at
            return False

    def _only_looks(self, trees: list[Any], local: set[str]) -> bool:
        nodes = [node for tree in trees for node in ast.walk(tree)]
        local |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        return all(isinstance(node, _NODES) and self._allowed(node, local) for node in nodes)

    def _allowed(self, node: ast.AST, local: set[str]) -> bool:
        match node:
            case ast.Constant(value="same"):
                return False  # torch warns of such a padding, once in a process
            case ast.Name(id=name):
                return name in local or self._harmless_name(name)
            case ast.Attribute(attr=name, ctx=context):
                return not name.startswith("_") and isinstance(context, ast.Load)
            case ast.Subscript(ctx=context):
                return isinstance(context, ast.Load)
            case ast.Call(func=ast.Name(id=name)):
                called = self._session.namespace.get(name)
                return name not in local and (called is None or type(called) is types.FunctionType)
            case ast.Call(func=ast.Attribute(attr=name)):
                return name in _METHODS
            case ast.Call():
                return False
            case ast.keyword(arg=name, value=value):
                # A function hands on what it was given, and that is looked at where it is called.
                return name != "out" and (name is not None or isinstance(value, ast.Name))
            case ast.AugAssign(target=target):
                return isinstance(target, ast.Name)
        return True

    def _harmless_name(self, name: str) -> bool:
        if name not in self._session.namespace:
            return name in _BUILTINS
        return self._harmless_value(self._session.namespace[name], [_MOST])

    def _harmless_value(self, value: Any, left: list[int]) -> bool:
        """Whether nothing changes when this value, and whatever it holds, is looked at."""
        left[0] -= 1
        kind = type(value)
        if left[0] < 0 or kind in _ATOMS:
            return left[0] >= 0
        if kind in (list, tuple, set, frozenset):
            return all(self._harmless_value(each, left) for each in value)
        if kind is dict:
            return all(self._harmless_value(each, left) for pair in value.items() for each in pair)
        if kind is types.ModuleType:
            return value.__name__.split(".")[0] in _MODULES
        if kind is types.FunctionType:
            return self._harmless_function(value)
        torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
        if torch and kind.__module__.startswith("torch.nn.modules") and isinstance(value, torch.nn.Module):
            return all(self._harmless_value(each, left) for each in value.children())
        return bool(
            (torch and kind in (torch.Tensor, torch.nn.Parameter, torch.Size, torch.dtype))
            or (
                numpy
                and ((kind is numpy.ndarray and value.dtype != object) or isinstance(value, numpy.generic))
            )
        )

    def _harmless_function(self, function: types.FunctionType) -> bool:
        """Whether a function that the snippet defined computes, and does nothing else."""
        node = self._session.functions.get(function.__code__)
        if node is None or function.__closure__:
            return False
        if id(function) not in self._functions:
            self._functions[id(function)] = True  # while it is looked at: it may call itself
            given = node.args
            named = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            arguments = {each.arg for each in named if each}
            defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
            self._functions[id(function)] = (
                _counts_alone(node, arguments)
                and all(self._harmless_value(each, [_MOST]) for each in defaults)
                and self._only_looks(node.body, arguments)
            )
        return self._functions[id(function)]


def _counts_alone(function: ast.FunctionDef, arguments: set[str]) -> bool:
    """Whether all that is added to in place was a number at first: a list could be the caller's."""
    numbers: set[str] = set()
    others = set(arguments)
    for node in ast.walk(function):
        if isinstance(node, ast.For):
            others |= {each.id for each in ast.walk(node.target) if isinstance(each, ast.Name)}
        elif isinstance(node, ast.Assign):
            values = _parts(node.value)
            for target in map(_parts, node.targets):
                for index, each in enumerate(target):
                    known = len(values) == len(target) and isinstance(values[index], ast.Constant)
                    (numbers if known else others).add(ast.unparse(each))
    added = {ast.unparse(node.target) for node in ast.walk(function) if isinstance(node, ast.AugAssign)}
    return added <= numbers - others


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]
