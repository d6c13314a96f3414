"""A page as a Jupyter notebook: its prose with the numbers put in, its snippets' cells with their outputs."""

import contextlib
import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from insync.pages.fences import Fence
from insync.pages.forms import Ref
from insync.pages.front import is_plain_name, key_lines
from insync.pages.scan import Page, splice
from insync.pages.syntax import Text
from insync.problem import Place
from insync.project.project import Project
from insync.project.store import write_whole
from insync.project.texts import keep, kept
from insync.rendering.inline import OnNotebook
from insync.rendering.kinds import shown_by
from insync.rendering.notebook_prose import CELL, NotebookProse
from insync.rendering.notebook_text import Address, NotebookText
from insync.rendering.translation import Translation
from insync.rendering.words import Words
from insync.running.record import CellRecord, Output
from insync.running.snippet import RAISES, Cell


def notebook_name(page: Page) -> str:
    """The name that the front matter has as `notebook`, or an empty string: then the page has no notebook."""
    name = page.meta.get("notebook")
    return name if is_plain_name(name) else ""


def name_place(page: Page) -> Place:
    """Where a page asks for its notebook."""
    return Place(page.path, key_lines(page.front).get("notebook", 0))


def build(page: Page, project: Project, words: Words, address: Address) -> dict[str, Any]:
    """The notebook of a page as nbformat 4.5 data.

    `address` turns the target of a link that is relative to the page (a page, an image, a file, a folder; as
    it was typed, without `?…` and `#…`) into one that leads there from the notebook. A snippet's cells come
    in their own order, each once, and a cell that the page leaves out comes with the next one that it shows,
    so that the notebook runs from top to bottom.
    """
    on = OnNotebook(page, project, words)
    text, shown = _marked(on)
    prose = NotebookProse(NotebookText(on.values, address))
    taken: dict[str, int] = {}
    cells: list[dict[str, Any]] = []
    above: list[str] = []
    for line in prose.page(text):
        if mark := CELL.fullmatch(line):
            cells += _prose_cell(above)
            above = []
            for ref in shown[int(mark[1])]:
                cells += _code_cells(ref, taken, on)
        else:
            above.append(line)
    cells += _prose_cell(above)
    for cell in cells:
        if cell["cell_type"] == "markdown" and (needed := prose.needed(cell["source"])):
            cell["source"] += "\n\n" + "\n".join(needed)
    return {
        "cells": [{"id": _cell_id(index, cell), **cell} for index, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@dataclass(frozen=True)
class Texts:
    """A notebook as the texts of its two files: the notebook itself, and a script."""

    notebook: str
    script: str


def texts(notebook: dict[str, Any], scripts: Path | None = None) -> Texts:
    """The texts of a notebook's files; `scripts` is a folder for scripts from one build to the next."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    return Texts(text, _script(notebook, text, scripts))


def write(made: Texts, folder: Path, name: str) -> bool:
    """Write NAME.ipynb and NAME.py, if they are not there as they would be; whether anything was written."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {folder / f"{name}.py": made.script, folder / f"{name}.ipynb": made.notebook}
    new = {path: text for path, text in wanted.items() if not _has(path, text)}
    for path, text in new.items():
        write_whole(path, text)
    return bool(new)


def _has(path: Path, text: str) -> bool:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text("utf-8", "surrogatepass") == text
    return False


def _script(notebook: dict[str, Any], text: str, scripts: Path | None) -> str:
    """A notebook as a script. `text` is the notebook as it is written."""
    made_by = [f"{name} {version(name)}" for name in ("jupytext", "nbformat")]
    key = hashlib.sha256("\n".join([*made_by, text]).encode("utf-8", "surrogatepass")).hexdigest()
    if scripts and (known := kept(scripts / key)) is not None:
        return known
    # Imported here: together they take longer than a warm build of a small site.
    import jupytext
    import nbformat

    checked = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    nbformat.validate(checked)
    script = str(jupytext.writes(checked, "py:percent"))
    if scripts:
        keep(scripts / key, script)
    return script


def _marked(on: OnNotebook) -> tuple[str, list[tuple[Ref, ...]]]:
    """The page's text with a mark in place of each number, and of the cells of each of our fences."""
    shown: list[tuple[Ref, ...]] = []

    def write(part: Text | Fence, ref: Ref | None) -> list[str]:
        if isinstance(part, Text):
            return on.fill(part.text, ref).split("\n")
        made = shown_by(part.kind).notebook(part, ref, on)
        cells: tuple[str, ...] = ()
        if made.cells is not None:
            cells = ("", f"\ue001{len(shown)}\ue001", "")
            shown.append(made.cells)
        lines = "\n".join([*made.above, *cells, *made.below]).split("\n")
        return ["", *((part.prefix + line).rstrip() for line in lines), ""]

    return splice(on.page.body, on.page.text, write), shown


def _prose_cell(lines: list[str]) -> list[dict[str, Any]]:
    text = "\n".join(lines).strip("\n")
    return [{"cell_type": "markdown", "metadata": {}, "source": text}] if text.strip() else []


def _code_cells(ref: Ref, taken: dict[str, int], on: OnNotebook) -> list[dict[str, Any]]:
    """The cells up to the one shown that the notebook does not have yet."""
    snippet, record = on.project.snippet(ref.snippet), on.project.outcome(ref.snippet).record
    if snippet is None or record is None:
        return []  # the page itself reports why
    names = [cell.name for cell in snippet.cells]
    end = names.index(ref.cell) + 1 if ref.cell in names else len(names)
    start = taken.get(ref.snippet, 0)
    taken[ref.snippet] = max(start, end)
    said = on.translation(ref.snippet)
    return [_code_cell(cell, record.cell(cell.name), said) for cell in snippet.cells[start:end]]


def _code_cell(cell: Cell, record: CellRecord, said: Translation) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": [RAISES]} if RAISES in cell.tags else {},
        "outputs": [_output(said.output(output)) for output in record.outputs],
        "source": said.code(cell.source),
    }


def _output(output: Output) -> dict[str, Any]:
    if output.kind == "value":
        data = {"text/plain": output.text}
        return {"output_type": "execute_result", "execution_count": None, "data": data, "metadata": {}}
    if output.kind == "plot":
        return {"output_type": "display_data", "data": {"image/svg+xml": output.text}, "metadata": {}}
    if output.kind == "exception":
        name, _, message = output.text.partition(": ")
        return {"output_type": "error", "ename": name, "evalue": message, "traceback": [output.text]}
    stream = "stdout" if output.kind == "stdout" else "stderr"
    return {"output_type": "stream", "name": stream, "text": output.text + "\n"}


def _cell_id(index: int, cell: dict[str, Any]) -> str:
    """An id that stays while the cell does, so that a notebook's text changes only with its page."""
    return f"{index}-{hashlib.sha256(cell['source'].encode()).hexdigest()[:8]}"
