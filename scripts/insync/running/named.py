"""What a snippet's text tells of what it looks at: files that it names, and whether it asks for the date.

For what no event tells: a file that C code opens stands in the source as a text, or is opened by Python too.
"""

import re
from collections.abc import Iterable, Iterator

_LONGEST = 300
# Reading the source as Python would takes a hundred times as long; what is between quotes is enough.
_TEXT = re.compile(r"""(["'])(.*?)\1""")
_FILE = re.compile(r"[\w~./\\ -]*[\w-]\.[A-Za-z]\w{0,9}")
_WORDS = re.compile(r"[\s'\"=?:;,(){}]+")
# datetime's functions of now raise no event and cannot be replaced; NumPy and others have them as well.
_DATE = re.compile(r"\.\s*(now|today|utcnow)\b|[\"'](now|today|utcnow)[\"']")


def asks_for_the_date(sources: Iterable[str]) -> bool:
    """Whether one of the sources calls for the date of today, or looks as if it did."""
    return any(_DATE.search(source) for source in sources)


def named_paths(source: str) -> Iterator[tuple[str, bool]]:
    """The texts of a source that could name a file, each with whether one may well appear under that name.

    That is for texts with an ending as files have it; a mere word, such as a key, names no whole folder.
    """
    for text in {found for _, found in _TEXT.findall(source)}:
        words = [word for word in _WORDS.split(text) if "." in word or "/" in word]
        for name in {text, *words}:
            if 0 < len(name) < _LONGEST and "\\" not in name:
                yield name, name == text and bool(_FILE.fullmatch(name))
