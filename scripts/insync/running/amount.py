"""Holds all that a run gives to the limit of bytes, as its pipes do with what it prints."""

from collections.abc import Iterator

from insync.problem import Place, Problem
from insync.running.record import CellRecord, Output, Record
from insync.running.snippet import Snippet

_LONGEST = 2000  # characters of a message: it has a line of its own in the terminal
_KINDS = {
    "value": "the last value",
    "warning": "a warning",
    "plot": "a figure",
    "exception": "the exception",
}
_SHOW_LESS = "Show less of it, such as a slice, its shape or its length."
_DRAW_LESS = "Draw fewer points, or have them drawn as an image: `rasterized=True`."


def too_much(record: Record, snippet: Snippet, limit: int) -> Problem | None:
    """The problem, where values, warnings, figures, exceptions and answers take more than `limit` bytes."""
    left = limit
    for cell, told in zip(snippet.cells, record.cells, strict=True):
        for what, text, advice in _given(told):
            left -= len(text.encode("utf-8", "surrogatepass"))
            if left < 0:
                message = f"with {what}, the snippet gives more than {limit:,} bytes"
                return Problem(message, advice, snippet=Place(snippet.path, cell.line))
    return None


def shortened(message: str) -> str:
    """A message without its middle where it is very long: an exception may quote all of its data."""
    if len(message) <= _LONGEST:
        return message
    half = _LONGEST // 2
    return f"{message[:half]} … ({len(message) - _LONGEST:,} characters) … {message[-half:]}"


def _given(cell: CellRecord) -> Iterator[tuple[str, str, str]]:
    """All that came of a cell but what it printed: what it is, its text, and what to do about too much."""
    for output in cell.outputs:
        if output.kind in _KINDS:
            yield f"{_KINDS[output.kind]} of the cell `{cell.name}`", output.text, _advice(output)
    for answer in cell.answers:
        what = f"the expression `{shortened(answer.asked.text)}` after the cell `{cell.name}`"
        yield what, answer.value.text + answer.value.error, _SHOW_LESS


def _advice(output: Output) -> str:
    return _DRAW_LESS if output.kind == "plot" else _SHOW_LESS
