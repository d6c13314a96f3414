"""A page as a Jupyter notebook: its prose with the numbers put in, its snippets' cells with their outputs."""

import hashlib
import json
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from insync.pages.fences import Fence
from insync.pages.forms import Ref
from insync.pages.scan import Page, splice
from insync.pages.syntax import Text
from insync.problem import Place, Problem
from insync.project.project import Project
from insync.project.store import write_whole
from insync.project.texts import keep, kept
from insync.rendering.inline import OnPage, plain
from insync.rendering.kinds import shown_by
from insync.rendering.words import Words
from insync.running.record import CellRecord, Output
from insync.running.snippet import RAISES, Cell

_MARK = re.compile("\ue001(\\d+)\ue001")
_BLOCK = re.compile(r'^(?P<kind>!!!|\?\?\?\+?|===[!+]?)\s+(?P<type>[\w -]*?)\s*(?:"(?P<title>.*)")?\s*$')
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?\s*[.#][^{}\n]*\}")
_ANCHORED = re.compile(r"^(?P<heading>#{1,6} .*?)\s*\{:?[^{}]*#(?P<anchor>[\w.-]+)[^{}]*\}\s*$")
# Code first: what looks like a link in it is none. Then a link's target, in a line or in a definition.
_LINK = re.compile(
    r"^[ >]*(?P<fence>`{3,}|~{3,}).*?(?:^[ >]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)"
    r"|(?P<before>\]\([ \t]*|^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*)"
    r"(?:<(?P<angled>[^<>\n]*)>|(?P<target>(?:[^\s()<>]|\([^\s()<>]*\))+))",
    re.DOTALL | re.MULTILINE,
)
_ELSEWHERE = re.compile(r"[A-Za-z][\w+.-]*:|[/?#]|$")  # with a scheme or a root; or on the page itself
_NAME = re.compile(
    r"^notebook[ \t]*:(?:[ \t]+|$)(?P<quote>['\"]?)(?P<name>.*?)(?P=quote)(?:[ \t]+#.*)?[ \t]*$", re.MULTILINE
)
_GOOD_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.IGNORECASE)  # no files, to Windows
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

Address = Callable[[str], str]


def notebook_name(page: Page) -> str:
    """The name in the front matter's `notebook:` line; empty where there is none that can be used."""
    return "" if name_problem(page) else _asked(page)[0]


def name_problem(page: Page) -> Problem | None:
    """Why the name that a page asks for cannot be that of its notebook, if it cannot."""
    name, place = _asked(page)
    if not name or (_GOOD_NAME.fullmatch(name) and not _DEVICE.fullmatch(name)):
        return None
    device = _DEVICE.fullmatch(name)
    why = "Windows has a device of that name" if device else "it is to name a file and an address"
    advice = "Take letters of ASCII, digits, - and _ (a hundred at most): notebook: a-name"
    return Problem(f"the notebook cannot be called `{name}`: {why}", advice, place)


def name_place(page: Page) -> Place:
    """Where a page asks for its notebook."""
    return _asked(page)[1]


def _asked(page: Page) -> tuple[str, Place]:
    found = _NAME.search(page.front)
    line = 2 + page.front.count("\n", 0, found.start()) if found else 0
    return found["name"] if found else "", Place(page.path, line)


def build(page: Page, project: Project, words: Words, address: Address) -> dict[str, Any]:
    """The notebook of a page as nbformat 4.5 data.

    `address` turns a link to another page or file, relative to this page, into
    one that leads there from the notebook. A snippet's cells come in their own order, each once, and a cell
    that the page leaves out comes with the next one that it shows, so that the notebook runs from top to
    bottom.
    """
    lines, fences = _marked(page, project)
    on = OnPage(page, project, words)
    taken: dict[str, int] = {}
    cells: list[dict[str, Any]] = []
    prose: list[str] = []
    for line in _plain_markdown(lines):
        if mark := _MARK.search(line):
            fence, ref = fences[int(mark[1])]
            part = shown_by(fence.kind).notebook(fence, ref, on)
            prose += part.above
            if part.cells is not None:
                _add_prose(cells, prose, address)
                for each in part.cells:
                    cells += _code_cells(each, taken, project)
                prose = [*part.below]
        else:
            prose.append(line)
    _add_prose(cells, prose, address)
    return {
        "cells": [{"id": _cell_id(index, cell), **cell} for index, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(notebook: dict[str, Any], folder: Path, name: str, scripts: Path | None = None) -> bool:
    """Write NAME.ipynb and NAME.py, if they are not there as they would be; whether anything was written.

    `scripts` is a folder in which scripts are kept from one build to the next.
    """
    target, script = folder / f"{name}.ipynb", folder / f"{name}.py"
    text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    # An empty script only keeps the place of one.
    if script.exists() and script.stat().st_size and target.exists() and target.read_text("utf-8") == text:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(script, _script(notebook, text, scripts))
    write_whole(target, text)
    return True


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


def _marked(page: Page, project: Project) -> tuple[list[str], list[tuple[Fence, Ref | None]]]:
    """The page's lines with numbers put in and a mark in the place of each of our fences."""
    fences: list[tuple[Fence, Ref | None]] = []

    def write(part: Text | Fence, ref: Ref | None) -> list[str]:
        if isinstance(part, Text):
            return plain(part.text, ref, project).split("\n")
        fences.append((part, ref))
        return ["", f"{part.prefix}\ue001{len(fences) - 1}\ue001", ""]

    return splice(page.body, page.text, write).split("\n"), fences


def _plain_markdown(lines: list[str]) -> list[str]:
    """Material's blocks as Markdown that Jupyter knows: quotes, folded details, bold titles."""
    out: list[str] = []
    index = 0
    inside = ""
    while index < len(lines):
        line = lines[index]
        fence = _FENCE.match(line)
        closes = inside and fence and fence[1].startswith(inside) and not line.strip().strip(inside[0])
        was_inside = inside
        inside = "" if closes else inside or (fence[1] if fence else "")
        block = None if inside or was_inside else _BLOCK.match(line)
        if not block:
            out.append(line if inside or was_inside else _line(line))
            index += 1
            continue
        end = index + 1
        while end < len(lines) and (not lines[end].strip() or lines[end].startswith("    ")):
            end += 1
        inner = _plain_markdown([each[4:] for each in lines[index + 1 : end]])
        out += _block(block, inner)
        index = end
    return out


def _block(block: re.Match[str], inner: list[str]) -> list[str]:
    """A Material block by other means; one that holds code cells cannot be a quote, since a cell ends it."""
    while inner and not inner[0].strip():
        inner = inner[1:]
    while inner and not inner[-1].strip():
        inner = inner[:-1]
    title = block["title"] if block["title"] is not None else block["type"].split(" ")[0].capitalize()
    if block["kind"].startswith("=") or any(_MARK.search(line) for line in inner):
        return [f"**{title}**", "", *inner, ""] if title else [*inner, ""]
    if block["kind"].startswith("?"):
        return ["<details>", f"<summary>{title}</summary>", "", *inner, "", "</details>", ""]
    head = [f"**{title}**", ""] if title else []
    return [f"> {line}".rstrip() for line in [*head, *inner]] + [""]


def _line(line: str) -> str:
    """A line of prose without attribute lists; an anchor becomes an element that Jupyter keeps."""
    if heading := _ANCHORED.match(line):
        return f'<a id="{heading["anchor"]}"></a>\n\n{heading["heading"]}'
    if line.lstrip().startswith(("`", "    ")):
        return line
    return _ATTRIBUTES.sub("", line)


def _add_prose(cells: list[dict[str, Any]], lines: list[str], address: Address) -> None:
    text = _COMMENT.sub("", "\n".join(lines))
    text = _LINK.sub(lambda match: _readdressed(match, address), text)
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if text:
        cells.append({"cell_type": "markdown", "metadata": {}, "source": text})


def _readdressed(link: re.Match[str], address: Address) -> str:
    """A link as the notebook has it; what leads elsewhere than to this site's sources stays as it is."""
    target = link["angled"] if link["target"] is None else link["target"]
    if target is None or _ELSEWHERE.match(target):
        return link[0]
    path = re.split(r"[?#]", target)[0]
    there = address(path)
    return link[0] if there == path else f"{link['before']}{there}{target[len(path) :]}"


def _code_cells(ref: Ref, taken: dict[str, int], project: Project) -> list[dict[str, Any]]:
    """The cells up to the one shown that the notebook does not have yet."""
    snippet, record = project.snippet(ref.snippet), project.outcome(ref.snippet).record
    if snippet is None or record is None:
        return []  # the page itself reports why
    names = [cell.name for cell in snippet.cells]
    end = names.index(ref.cell) + 1 if ref.cell in names else len(names)
    start = taken.get(ref.snippet, 0)
    taken[ref.snippet] = max(start, end)
    return [_code_cell(cell, record.cell(cell.name)) for cell in snippet.cells[start:end]]


def _code_cell(cell: Cell, record: CellRecord) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": [RAISES]} if RAISES in cell.tags else {},
        "outputs": [_output(output) for output in record.outputs],
        "source": cell.source,
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
