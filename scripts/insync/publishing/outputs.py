"""What is published: each snippet's outputs and numbers as text that is committed and reviewed.

`snippets/outputs/NAME.txt` is written by `insync update` and held to the code by `insync check`. A line of it
is a line that readers see, so a pull request shows every published number that it moves.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from insync.problem import InsyncError, Place
from insync.publishing.moves import ARROW, ASKED, differing
from insync.rendering.figures import compact
from insync.running.record import CellRecord, Output, OutputKind, Record
from insync.running.snippet import Cell, Snippet
from insync.settings import Settings

NORMALISED = "…"
_HEAD = "# Made by `insync update`: what the pages publish of this snippet. Change that or a page, not this."
_TEXT = re.compile(r"<text\b[^>]*>(.*?)</text>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
# As Python prints it, or as long as addresses are; `hex(seed)` is shorter.
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}|\b0x[0-9a-fA-F]{9,12}\b")


def published(snippet: Snippet, record: Record) -> str:
    """The text of a snippet's outputs file."""
    lines = [_HEAD]
    for cell in snippet.cells:
        body = list(_cell_lines(cell, record.cell(cell.name)))
        if body:
            lines += ["", f"[{cell.name}]", *body]
    return "\n".join(lines) + "\n"


def unrepeatable(cell: Cell, record: CellRecord, again: CellRecord) -> Iterator[str]:
    """Lines of a cell that another run prints otherwise, or that cannot be the same elsewhere."""
    first, second = list(_cell_lines(cell, record)), list(_cell_lines(cell, again))
    for line in first:
        if _ADDRESS.search(line):
            yield line.strip()
    for _, a, b, c, d in differing(first, second):
        yield from (line.strip() for line in first[a:b] or second[c:d])


def head_of(kind: OutputKind) -> str:
    """What stands over outputs of a kind: the kind, but for a plot, which readers call a figure."""
    return "figure" if kind == "plot" else kind


def read_published(path: Path) -> str:
    """The committed text, or an empty string when there is none."""
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        advice = "Restore it from the repository, or make it anew: insync update."
        message = f"the outputs file cannot be read: {error}"
        raise InsyncError.of(message, advice, snippet=Place(path)) from None


def _cell_lines(cell: Cell, record: CellRecord) -> Iterator[str]:
    for output in record.outputs:
        yield f"{head_of(output.kind)}:"
        yield from (f"    {_normalise(line, cell)}".rstrip() for line in _output_text(output).split("\n"))
    if record.answers:
        yield f"{ASKED}:"
        for answer in sorted(record.answers, key=lambda answer: str(answer.asked)):
            value = answer.value
            data = answer.asked.purpose == "data" and not value.error
            text = compact(value.text) if data else value.text
            shown = f"(no value: {value.error})" if value.error else _normalise(text, cell)
            yield f"    {answer.asked}{ARROW}{shown}"


def _output_text(output: Output) -> str:
    """A plot is compared by its texts: its curves may differ in a sixth decimal, which cannot be seen."""
    if output.kind != "plot":
        return output.text
    texts = [" ".join(_TAG.sub("", text).split()) for text in _TEXT.findall(output.text)]
    return "texts: " + " | ".join(text for text in texts if text)


def _normalise(line: str, cell: Cell) -> str:
    for pattern in cell.normalise:
        line = re.sub(pattern, NORMALISED, line)
    return line


def write_file(path: Path, text: str) -> None:
    """Write a file of the repository's, with its folder; what was there stays where that is not possible.

    Raises InsyncError then.
    """
    target = path.resolve()
    draft = target.with_name(f".{target.name}.part")
    with _told(path):
        target.parent.mkdir(exist_ok=True)
        try:
            draft.write_text(text, encoding="utf-8", newline="\n")
            if target.exists():
                shutil.copymode(target, draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def remove_file(path: Path) -> None:
    """Remove a file of the repository's; raises InsyncError where that is not possible."""
    with _told(path):
        path.unlink()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = "Make room, or check the folder's rights."
        raise InsyncError.of(f"{Place(path)} cannot be written: {error.strerror}", advice) from None


def outputs_folder(settings: Settings) -> Path:
    """Where the published outputs are committed."""
    return settings.snippets / "outputs"


def outputs_path(settings: Settings, snippet: str) -> Path:
    """Where those of one snippet are."""
    return outputs_folder(settings) / f"{snippet}.txt"
