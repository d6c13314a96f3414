"""Thirteen numbers, one output: a layer's inputs, weights and outputs, and one of these worked out."""

from __future__ import annotations

import html
from typing import Any

KEYS = ("x", "weight", "bias", "y")
NEEDS = (
    "It draws one sample: x (C_in, L), weight (C_out, C_in, K), bias (C_out,) and y (C_out, L - K + 1), "
    "of a layer with stride 1, and without padding, dilation and groups."
)


def wrong(data: dict[str, Any]) -> str:
    """Why the data is not that of such a layer, or an empty string."""
    shapes = {key: shape(data[key]) for key in KEYS}
    for key, axes in zip(KEYS, (2, 3, 1, 2), strict=True):
        if len(shapes[key]) != axes or 0 in shapes[key]:
            return f"`{key}` is no block of numbers with {axes} {'axis' if axes == 1 else 'axes'}"
    c_in, length = shapes["x"]
    c_out, _, kernel = shapes["weight"]
    expected = {"weight": (c_out, c_in, kernel), "bias": (c_out,), "y": (c_out, length - kernel + 1)}
    for key, want in expected.items():
        if shapes[key] != want:
            return f"the shape of `{key}` is {shapes[key]}; with those of the others it would be {want}"
    y = _outputs(data)
    for o, row in enumerate(data["y"]):
        for t, value in enumerate(row):
            if abs(value - y[o][t]) > 1e-4:
                return f"`y` has {value:.4f} at [{o}, {t}], and the others give {y[o][t]:.4f}"
    return ""


def shape(data: object) -> tuple[int, ...]:
    """The shape of nested lists of numbers, as a tensor has it; () for what is not regular."""
    if not isinstance(data, list):
        return ()
    shapes = {shape(each) for each in data}
    if not data or len(shapes) != 1:
        return ()
    (inner,) = shapes
    if inner == ():
        numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in data)
        return (len(data),) if numbers else ()
    return (len(data), *inner)


def table(data: dict[str, Any], texts: dict[str, str]) -> str:
    """Four tables: x, the weights with their biases, y, and how y's first number is made of the others."""
    x, weight, bias, y = (data[key] for key in KEYS)
    c_in, length = shape(x)
    c_out, _, kernel = shape(weight)
    positions = [_head(f"t={t}") for t in range(len(y[0]))]
    outputs = [[_side(f"o={o}"), *map(_number, row)] for o, row in enumerate(y)]
    inputs = [[_side(f"c={c}"), *map(_number, row)] for c, row in enumerate(x)]
    taps = [_head(f"k={k}") for k in range(kernel)]
    over = "".join(f'<th scope="colgroup" colspan="{kernel}">o={o}</th>' for o in range(c_out))
    weights = [
        [_side(f"c={c}"), *(_number(w) for o in range(c_out) for w in weight[o][c])] for c in range(c_in)
    ]
    biases = [_side(texts["bias"]), *(f'<td colspan="{kernel}">{b:.4f}</td>' for b in bias)]
    return (
        '<div class="insync-tables">'
        + _table("y", texts["outputs"], ["".join(["<td></td>", *positions])], outputs)
        + _table(
            "x",
            texts["inputs"],
            ["".join(["<td></td>", *(_head(str(t)) for t in range(length))])],
            inputs,
        )
        + _table(
            "w",
            texts["weights"],
            [f"<td></td>{over}", "".join(["<td></td>", *taps * c_out])],
            [*weights, biases],
        )
        + _steps(data, texts)
        + "</div>"
    )


def _steps(data: dict[str, Any], texts: dict[str, str]) -> str:
    """The first output's products, channel sums, bias and sum, in double precision."""
    x, weight, bias, y = (data[key] for key in KEYS)
    kernel = len(weight[0][0])
    rows = []
    total = 0.0
    for c, row in enumerate(weight[0]):
        products = [w * x[c][k] for k, w in enumerate(row)]
        cells = [
            f"<td><span>{x[c][k]:.4f}</span> <span>× {w:.4f}</span> <b>= {product:.4f}</b></td>"
            for k, (w, product) in enumerate(zip(row, products, strict=True))
        ]
        rows.append([_side(f"c={c}"), *cells, _number(sum(products))])
        total += sum(products)
    for label, value in (
        (texts["sum"], total),
        (f"+ {texts['bias']} b[0]", bias[0]),
        (f"= {texts['output']} y[0, 0, 0]", y[0][0]),
    ):
        head = f'<th scope="row" colspan="{kernel + 1}">{html.escape(label)}</th>'
        rows.append([head, _number(value)])
    heads = [_head(f"k={k}") for k in range(kernel)]
    top = "".join(["<td></td>", *heads, _head(texts["channel_sum"])])
    return _table("steps", f"y[0, 0, 0]{texts['by_steps']}", [top], rows)


def _outputs(data: dict[str, Any]) -> list[list[float]]:
    x, weight, bias, y = (data[key] for key in KEYS)
    return [
        [
            b + sum(w * x[c][t + k] for c, row in enumerate(kernel) for k, w in enumerate(row))
            for t in range(len(y[0]))
        ]
        for kernel, b in zip(weight, bias, strict=True)
    ]


def _table(part: str, caption: str, heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<tr>{row}</tr>" for row in heads)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return (
        f'<div class="insync-part" data-part="{part}"><table class="insync-table">'
        f"<caption>{html.escape(caption)}</caption><thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def _head(text: str) -> str:
    return f'<th scope="col">{html.escape(text)}</th>'


def _side(text: str) -> str:
    return f'<th scope="row">{html.escape(text)}</th>'


def _number(value: float) -> str:
    return f"<td>{value:.4f}</td>"
