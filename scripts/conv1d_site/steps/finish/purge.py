"""The theme's style sheets without what no page of a site can need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conv1d_site.steps.finish.css_texts import Aside

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_NAME = re.compile(r"[\w-]+")
# What an element must have to be meant: a class, an id, an attribute's value. What stands between parentheses
# may be one of several, or what it must not have.
_MUST = re.compile(r"""[.#]((?:\\.|[\w-])+)|=["']?([\w-]+)["']?\s*\]""")
_PARENTHESES = re.compile(r"\([^()]*\)")
# Blocks whose rules are rules like others.
_AROUND_RULES = re.compile(r"@(?:media|supports|layer|container)\b")
_BLOCK = re.compile(r"\{[^{}]*\}")
_VARIABLE = re.compile(r"(?<=[{;])(--[\w-]+):[^;}]*;?")
_BRACE = re.compile(r"[{}]")
_END_OF_HEAD = re.compile(r"[{;]")
_SHORTEST = 4  # signs of a name's beginning that is told from others by it


@dataclass(frozen=True)
class Names:
    """What pages have in their tags or scripts anywhere, and how names begin that scripts put together."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]

    def __contains__(self, name: str) -> bool:
        return name in self.whole or name.startswith(self.beginnings)


def names(pages: Iterable[str], scripts: Iterable[str]) -> Names:
    """Every name that a rule may be for, where these are a site's pages (HTML) and scripts."""
    in_tags, in_scripts = set[str](), set[str]()
    for page in pages:
        for tag in set(_TAG.findall(page)):
            in_tags.update(_NAME.findall(tag))
    for script in scripts:
        in_scripts.update(_NAME.findall(script))
    beginnings = {each for each in in_scripts if each[-1] in "-_" and len(each) >= _SHORTEST}
    return Names(frozenset(in_tags | in_scripts), tuple(sorted(beginnings)))


def purged(sheet: str, known: Names) -> str:
    """A style sheet without the rules for classes, ids and values of attributes that are not known.

    Order and wording of what is left are the sheet's own. What holds no rules (@font-face, @keyframes) stays.
    """
    aside = Aside(sheet)

    def needed(selector: str) -> bool:
        while (bare := _PARENTHESES.sub("", selector)) != selector:
            selector = bare
        must = (found[1] or found[2] for found in _MUST.finditer(aside.back(selector)))
        return all(name.replace("\\", "") in known for name in must)

    def rules(text: str) -> Iterator[str]:
        for head, block in _blocks(text):
            if block is None:
                yield head
            elif _AROUND_RULES.match(head):
                if inner := "".join(rules(block)):
                    yield f"{head}{{{inner}}}"
            elif head.startswith("@"):
                yield f"{head}{{{block}}}"
            elif left := ",".join(filter(needed, _selectors(head))):
                yield f"{left}{{{block}}}"

    return aside.back("".join(rules(aside.sheet)))


def without_unread(sheet: str, others: Iterable[str], known: Names) -> str:
    """A style sheet without its variables that no sheet, also of `others`, reads and no page or script names.

    They are icons above all: a page of the theme's has some fifty, drawn as addresses.
    """
    elsewhere = {name for other in others for name in _read(other)}
    aside = Aside(sheet)
    left, before = aside.sheet, ""
    while left != before:  # a variable may have been read by one that is gone
        before, read = left, elsewhere | known.whole | _read(left)
        left = _BLOCK.sub(lambda block, read=read: _only(block[0], read), before)  # type: ignore[misc]
    return aside.back(left)


def _only(block: str, read: Container[str]) -> str:
    return _VARIABLE.sub(lambda found: found[0] if found[1] in read else "", block)


def _read(sheet: str) -> set[str]:
    return set(re.findall(r"var\(\s*(--[\w-]+)", sheet))


def _blocks(text: str) -> Iterator[tuple[str, str | None]]:
    """A sheet's rules: what each is for, and what stands between its braces; None for a statement without."""
    start = 0
    while found := _END_OF_HEAD.search(text, start):
        if found[0] == ";":
            yield text[start : found.end()], None
            start = found.end()
            continue
        depth, end = 1, found.end()
        while depth:
            brace = _BRACE.search(text, end)
            if brace is None:
                raise ValueError("a style sheet has a brace that is never closed")
            depth += 1 if brace[0] == "{" else -1
            end = brace.end()
        yield text[start : found.start()], text[found.end() : end - 1]
        start = end
    if start < len(text):
        yield text[start:], None


def _selectors(head: str) -> Iterator[str]:
    """The selectors of a rule; a comma between parentheses parts nothing."""
    depth = start = 0
    for at, sign in enumerate(head):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            yield head[start:at]
            start = at + 1
    yield head[start:]
