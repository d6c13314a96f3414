"""Puts short names, the same everywhere, in the place of this machine's folders in what a run says."""

import functools
import json
import os
import re
import site
import sys
import sysconfig
import tempfile
import urllib.parse
import xml.sax.saxutils
from collections.abc import Callable, Iterator
from pathlib import Path

from insync.running.record import Answer, CellRecord, Output, Value
from insync.settings import SETTINGS

_ENGINE = Path(__file__).absolute().parents[1]
Hide = Callable[[str], str]

# Many machines have these: no other name on the one whose Python happens to lie there.
_COMMON = frozenset({"/usr", "/usr/local", "/opt", "/home", "/var", "/tmp"})
_SHORT = 3  # characters; so short a folder is meant only where another name follows
# No part of a longer path or of a word stands before it; an escaped line's end may.
_BEFORE = r"(?:(?<![\w.~/\\-])|(?<=://)|(?<=:///)|(?<=\\[nrt]))"
_AFTER = r"(?![\w@+~-]|\.\w|%[0-9A-Fa-f]{2})"


def hidden_paths(snippet: Path, temporary: Path) -> Hide:
    """What takes this machine's folders out of a text; `snippet` is the file that runs.

    Names are as seen from the snippet's own folder, in which it runs. What was cut, wrapped or measured
    (`len(os.getcwd())`) cannot be found again.
    """
    root = _project(snippet.parent)
    folders = [
        *((each, ".") for each in (snippet.parent, snippet.resolve().parent)),
        (root, Path(os.path.relpath(root, snippet.parent)).as_posix()),
        (temporary, "/tmp"),
        *_machine(),
    ]
    names: dict[str, str] = {}
    for folder, name in folders:
        for form in _forms(folder):
            names.setdefault(form, name)

    def hide(text: str) -> str:
        # To build the pattern takes longer than to see that there is nothing to be found.
        return _pattern(tuple(names)).sub(named, text) if any(map(text.__contains__, names)) else text

    def named(found: re.Match[str]) -> str:
        short, more = names[found[1]], found[2] or ""
        return "" if short == "." and more else short + more

    return hide


@functools.lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(names, key=len, reverse=True)
    forms = "|".join(re.escape(form) + (r"(?=[/\\])" if len(form) <= _SHORT else "") for form in longest)
    first = "".join({re.escape(form[0]) for form in longest})
    return re.compile(rf"(?=[{first}]){_BEFORE}({forms}){_AFTER}((?:/|\\\\?)(?=[\w.]))?")


def _project(snippets: Path) -> Path:
    """The nearest folder above the snippets that has settings; of a project without any, the one above."""
    return next((each for each in snippets.parents if (each / SETTINGS).is_file()), snippets.parent)


@functools.cache
def _machine() -> tuple[tuple[Path, str], ...]:
    """The folders of this Python and of whoever runs it."""
    paths = sysconfig.get_paths()
    packages = {paths["purelib"], paths["platlib"], *site.getsitepackages(), site.getusersitepackages()}
    found = [
        (str(_ENGINE), "insync"),
        (str(_ENGINE.parent), "site-packages"),
        *((each, "site-packages") for each in sorted(packages)),
        *((paths[each], "lib/python") for each in ("stdlib", "platstdlib")),
        (tempfile.gettempdir(), "/tmp"),
        (sys.executable, "python"),
        *((each, "python") for each in (sys.prefix, sys.base_prefix)),
        (os.path.expanduser("~"), "~"),
    ]
    return tuple((Path(folder), name) for folder, name in found if folder not in _COMMON)


def _forms(folder: Path) -> Iterator[str]:
    """How a text may have a folder's path; none of a folder that is no name of its own, such as `/`."""
    for path in dict.fromkeys((folder.absolute(), folder.resolve())):
        if len(path.parts) < 2:
            continue
        for text in (str(path), path.as_posix()):
            yield text
            yield repr(text)[1:-1]
            yield ascii(text)[1:-1]
            yield json.dumps(text)[1:-1]
            yield repr(os.fsencode(text))[2:-1]
            yield urllib.parse.quote(os.fsencode(text))
            yield xml.sax.saxutils.escape(text)
            yield xml.sax.saxutils.escape(text, {'"': "&quot;"})


def in_record(cell: CellRecord, hide: Hide) -> CellRecord:
    """The cell as it is on every machine."""
    outputs = tuple(Output(each.kind, _in_output(each, hide)) for each in cell.outputs)
    answers = tuple(
        Answer(each.asked, Value(hide(each.value.text), hide(each.value.error))) for each in cell.answers
    )
    return CellRecord(cell.name, outputs, answers)


def _in_output(output: Output, hide: Hide) -> str:
    if output.kind != "plot":
        return hide(output.text)
    # Chance can write a short path into the letters of an image.
    return "".join(each if ";base64," in each else hide(each) for each in re.split("(<[^>]*>)", output.text))
