"""Our own scripts and style sheets without what is for their authors: comments, indentation, blanks."""

from __future__ import annotations

import re

from conv1d_site.steps.finish.css_texts import Aside

# A text that holds two strokes has its closing quote behind them: where none follows, they begin a comment.
_COMMENT = re.compile(r"""(?:^|[ \t])//(?:$|[ \t][^"`]*$)""")
_BLANKS = re.compile(r"\s+")
# Blanks that mean nothing: around these signs, and behind the colon of a declaration. That of a selector is
# followed by a brace.
_NEEDLESS = re.compile(r" ?([{};,>]) ?|(?<=:) (?![^{};]*\{)")


def script(code: str) -> str:
    """A script without comments, empty lines and indentation, each line otherwise as it is.

    A comment that only a parser could tell from a text stays; and so does the whole of a script in which a
    text between backticks goes over several lines.
    """
    lines = code.splitlines()
    if any(line.count("`") % 2 for line in lines):
        return code
    short = (_without_comment(line.strip()) for line in lines)
    return "".join(f"{line}\n" for line in short if line)


def sheet(code: str) -> str:
    """A style sheet without comments and without blanks that mean nothing; texts and addresses stay."""
    aside = Aside(code)
    short = _NEEDLESS.sub(lambda found: found[1] or "", _BLANKS.sub(" ", aside.sheet))
    return aside.back(short.replace(";}", "}").strip())


def _without_comment(line: str) -> str:
    found = _COMMENT.search(line)
    if found and (line.startswith("//") or "'" not in line[: found.start()]):
        return line[: found.start()].rstrip()
    return "" if line.startswith("//") else line
