"""A page's front matter, as MkDocs reads it, and what is wrong with one that MkDocs would publish as text."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeGuard

import yaml

from insync.pages.forms import Ref, read_ref
from insync.problem import Place, Problem

# MkDocs' own patterns (mkdocs.utils.meta), so that both see the same front matter in the same place.
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<front>.*?\n)(?:\.{3}|-{3})[ \t]*\n", re.DOTALL)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # MkDocs' own choice; ten times as fast
_LINE_OF_META = re.compile(r" {0,3}[A-Za-z0-9_-]+:")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.IGNORECASE)  # no files, to Windows
_TEXTS = ("title", "description")  # keys whose value readers see as it is


def split_front_matter(source: str) -> tuple[str, str, int]:
    """Front matter, body, and how many lines stand before the body (as MkDocs strips them)."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(source)
    front = match["front"] if match else ""
    body = (source[match.end() :] if match else source).lstrip("\n")
    return front, body, source.count("\n") - body.count("\n")


@dataclass(frozen=True)
class _Yaml:
    """Front matter as YAML: its nodes, which have lines, and what it says; as far as there is no `error`."""

    node: yaml.Node | None = None
    data: Any = None
    error: yaml.YAMLError | ValueError | None = None  # ValueError: a date that there is not


@functools.lru_cache(maxsize=512)  # a page is asked for its front matter in several places
def _read(front: str) -> _Yaml:
    node = None
    try:
        loader = _LOADER(front)
        node = loader.get_single_node()
        return _Yaml(node, loader.construct_document(node) if node else None)
    except (yaml.YAMLError, ValueError) as error:
        return _Yaml(node, error=error)


def read_meta(front: str) -> Mapping[str, Any]:
    """What the front matter says; empty where it is no YAML mapping, which `front_problems` tells of."""
    data = _read(front).data
    return MappingProxyType(data if isinstance(data, dict) else {})


def is_plain_name(value: object) -> TypeGuard[str]:
    """Whether a notebook can be called so: its files and its address are."""
    return isinstance(value, str) and bool(_PLAIN_NAME.fullmatch(value)) and not _DEVICE.fullmatch(value)


def read_script(meta: Mapping[str, Any]) -> Ref | None:
    """The cell whose code the page offers as a file; None where it names none."""
    named = meta.get("script")
    ref = read_ref(named) if isinstance(named, str) else None
    return ref if ref and ref.cell else None


def key_lines(front: str) -> dict[str, int]:
    """The lines of a page's file on which the keys of its front matter stand; empty where it is not YAML."""
    return dict(_keys(_read(front).node))


def _keys(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """The keys of a mapping, one that stands twice too, with their lines in the page's file."""
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            yield key.value, 2 + key.start_mark.line


def front_problems(path: Path, front: str, body: str, offset: int) -> Iterator[Problem]:
    """Front matter that MkDocs does not take for that, and publishes; text that it does, and does not."""
    if front:
        yield from _of_front_matter(path, front)
    elif re.match(r"---[ \t]*(\n|\Z)", body):
        advice = "End it with a line `---`; if the page is to begin with a rule, write that as `***`."
        yield Problem("the front matter is never closed, or empty", advice, Place(path, offset + 1))
    elif _LINE_OF_META.match(body) and not offset:
        message = "MkDocs takes the page's first lines for metadata, and no reader sees them"
        advice = "Begin with a heading or a blank line; or write them as front matter, between lines `---`."
        yield Problem(message, advice, Place(path, 1))


def _of_front_matter(path: Path, front: str) -> Iterator[Problem]:
    advice = "Put the value in quotes: a colon, a backtick or a brace in it means something to YAML."
    read = _read(front)
    if read.error:
        mark = getattr(read.error, "problem_mark", None)
        reason = getattr(read.error, "problem", None) or str(read.error)
        line = 2 + mark.line if mark else 2
        yield Problem(f"the front matter is not YAML: {reason}", advice, Place(path, line))
        return
    if not isinstance(read.node, yaml.MappingNode):
        what = "Write `title: a title`, say; if the page is to begin with a rule, write that as `***`."
        yield Problem("the front matter has no keys", what, Place(path, 1))
        return
    data, seen = read_meta(front), set[str]()
    for name, line in _keys(read.node):
        here = Place(path, line)
        if name in seen:
            yield Problem(f"`{name}` stands twice in the front matter", "Leave one.", here)
        elif name in _TEXTS and not isinstance(data[name], str):
            yield Problem(f"`{name}` is {data[name]!r}, which is no text", advice, here)
        elif name == "notebook" and not is_plain_name(data[name]):
            plain = (
                "Write letters of ASCII, digits, `-` and `_`, a hundred at most, and no device of Windows."
            )
            yield Problem(f"`notebook` is {data[name]!r}, which is no plain name", plain, here)
        elif name == "script" and read_script(data) is None:
            cell = "Name the cell whose code is offered as a file: `script: snippet#cell`."
            yield Problem(f"`script` is {data[name]!r}, which names no cell", cell, here)
        seen.add(name)
