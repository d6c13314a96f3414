"""Input, weight, bias and output, each in one colour wherever it stands, told by its name.

The names are those of the site's formulas and snippets throughout: `x` goes in, `w` (`layer.weight`) and `b`
(`layer.bias`) belong to the layer, `y` comes out. The letter is the sign for those who see no colours.
"""

from __future__ import annotations

import re

# What is written, and the letter of the class that it is given: `role-w`.
_ROLES = {"x": "x", "w": "w", "weight": "w", "b": "b", "bias": "b", "y": "y"}
# Names, signs and blanks in coloured code, which have no colour of their own, and what marks a block's begin.
_PLAIN = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>|<span></span>')
_IN_LINE = re.compile(r"<code>((?:layer\.)?(?:weight|bias)|[xwby])</code>")


def in_block(coloured: str) -> str:
    """A block of coloured code, its parts marked, and without the elements that change nothing.

    `b` is the bias where there is a weight, and anything elsewhere.
    """
    texts = {found[1] for found in _PLAIN.finditer(coloured)}
    is_layer = not texts.isdisjoint({"w", "weight"})

    def mark(found: re.Match[str]) -> str:
        text = found[1] or ""
        role = _ROLES.get(text)
        return f'<span class="role-{role}">{text}</span>' if role and (role != "b" or is_layer) else text

    return _PLAIN.sub(mark, coloured)


def in_line(page: str) -> str:
    """A page's HTML with such names marked where one alone is the code in a sentence or a table."""
    return _IN_LINE.sub(lambda code: f'<code class="role-{role_of(code[1])}">{code[1]}</code>', page)


def role_of(name: str) -> str:
    """The letter of a name's role: x, w, b or y; an empty text if it has none."""
    return _ROLES.get(name.removeprefix("layer."), "")
