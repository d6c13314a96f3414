"""What a snippet's text tells of what it looks at: files that it names, and the date if it asks for that.

For what no event tells: a file that C code opens stands in the source as a text, or is opened by Python too.
"""

import re
from collections.abc import Iterator

_LONGEST = 300
# Reading the source as Python would takes a hundred times as long; what is between quotes is enough.
_TEXT = re.compile(r"""(["'])(.*?)\1""")
_FILE = re.compile(r"[\w~./\\ -]*[\w-]\.[A-Za-z]\w{0,9}")
_WORDS = re.compile(r"[\s'\"=?:;,(){}]+")
# What raises no event and cannot be replaced, as its source tells it; and what it does, in words.
_UNSEEN = {
    "asks for the time of now": re.compile(r"\.\s*(now|today|utcnow)\b|[\"'](now|today|utcnow)[\"']"),
    "asks the system past Python's `os`": re.compile(r"\b(import|from)\s+(posix|nt)\b|\benviron\._data\b"),
    "asks how much memory is free": re.compile(r"\bSC_AVPHYS_PAGES\b"),
}


def unseen(source: str) -> Iterator[str]:
    """What the source does, or looks as if it did, that no later build can compare: in words."""
    return (reason for reason, pattern in _UNSEEN.items() if pattern.search(source))


def named_paths(source: str) -> Iterator[tuple[str, bool]]:
    """The texts of a source that could name a file, each with whether one may well appear under that name.

    That is for texts with an ending as files have it; a mere word, such as a key, names no whole folder.
    """
    for text in {found for _, found in _TEXT.findall(source)}:
        words = [word for word in _WORDS.split(text) if "." in word or "/" in word]
        for name in {text, *words}:
            if 0 < len(name) < _LONGEST and "\\" not in name:
                yield name, name == text and bool(_FILE.fullmatch(name))
