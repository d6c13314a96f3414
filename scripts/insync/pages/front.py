"""A page's front matter, as MkDocs reads it, and what is wrong with one that MkDocs would publish as text."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeGuard

import yaml

from insync.problem import Place, Problem

# MkDocs' own patterns (mkdocs.utils.meta), so that both see the same front matter in the same place.
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<front>.*?\n)(?:\.{3}|-{3})[ \t]*\n", re.DOTALL)
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


def read_meta(front: str) -> Mapping[str, Any]:
    """What the front matter says; empty where it is no YAML mapping, which `front_problems` tells of."""
    try:
        data = yaml.load(front, yaml.SafeLoader)
    except (yaml.YAMLError, ValueError):
        data = None
    return MappingProxyType(data if isinstance(data, dict) else {})


def is_plain_name(value: object) -> TypeGuard[str]:
    """Whether a notebook can be called so: its files and its address are."""
    return isinstance(value, str) and bool(_PLAIN_NAME.fullmatch(value)) and not _DEVICE.fullmatch(value)


def key_lines(front: str) -> dict[str, int]:
    """The lines of a page's file on which the keys of its front matter stand; empty where it is not YAML."""
    try:
        node = yaml.compose(front, yaml.SafeLoader)
    except yaml.YAMLError:
        return {}
    keys = [key for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    return {key.value: 2 + key.start_mark.line for key in keys if isinstance(key, yaml.ScalarNode)}


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
    try:
        node = yaml.compose(front, yaml.SafeLoader)
        data: Any = yaml.load(front, yaml.SafeLoader)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that there is not
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        line = 2 + mark.line if mark else 2
        yield Problem(f"the front matter is not YAML: {reason}", advice, Place(path, line))
        return
    if not isinstance(node, yaml.MappingNode):
        what = "Write `title: a title`, say; if the page is to begin with a rule, write that as `***`."
        yield Problem("the front matter has no keys", what, Place(path, 1))
        return
    seen: set[str] = set()
    for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
        name, here = key.value, Place(path, 2 + key.start_mark.line)
        if name in seen:
            yield Problem(f"`{name}` stands twice in the front matter", "Leave one.", here)
        elif name in _TEXTS and not isinstance(data[name], str):
            yield Problem(f"`{name}` is {data[name]!r}, which is no text", advice, here)
        elif name == "notebook" and not is_plain_name(data[name]):
            plain = (
                "Write letters of ASCII, digits, `-` and `_`, a hundred at most, and no device of Windows."
            )
            yield Problem(f"`notebook` is {data[name]!r}, which is no plain name", plain, here)
        seen.add(name)
