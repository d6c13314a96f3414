"""What the site's search is given to read, and the worker that answers in the place of Material's own."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WORKER = re.compile(r"assets/javascripts/workers/search\.\w+\.min\.js")

# In this order they need nothing from those behind.
_MODULES = ("words", "index", "message", "question", "teaser", "answer", "worker")
_OF_MODULES = re.compile(r"^import .*\n|^export (?=const|function)|^ *//.*\n|^\n", re.MULTILINE)
# How Material's page and its worker speak: it sends the index (0) and is told that it may ask (1), it sends a
# question (2) and is sent what was found (3).
_SPEAKS = re.compile(
    r"switch\((\w+)\.type\)\{case 0:.*\{type:1\};"
    r"case 2:.*\1\.data;.*\{type:3,data:.*\{type:3,data:\{items:\[\]\}\}"
)
# What holds no words to be found: drawings, the tables that figures are made of, and the tags (not the text)
# of coloured code and of formulas: nine tenths of a page's tags.
_WITHOUT_WORDS = re.compile(
    r'<svg\b.*?</svg>|<table class="insync-table.*?</table>|</?(?:span|m[a-z]+)\b[^>]*>',
    re.DOTALL,
)
# What is left of tags in Material's index.
_BLOCKS = re.compile(r"<pre>(.*?)</pre>|</?(?:p|li|[ou]l)>", re.DOTALL)
_WITHIN_WORDS = re.compile(r"</?(?:code|su[bp])>")


@dataclass(frozen=True)
class Entries:
    """What the search's index has of a page: an entry for each of its sections."""

    entries: list[dict[str, Any]]


def our_worker(theirs: str, synonyms: Mapping[str, Sequence[str]]) -> str | None:
    """The search's worker, to lie where Material's (a file that WORKER names) would.

    Material's finds pages, of which the answering section is a folded part; answers words that no page has as
    if single characters had been asked; says that Chinese words are missing which it shows; and finds a
    section for every pasted message. `synonyms`: what the site calls what readers ask for. None if theirs
    does not speak with its page as ours does.
    """
    if not _SPEAKS.search(theirs):
        return None
    folder = Path(__file__).parent / "search_worker"
    code = [_OF_MODULES.sub("", (folder / f"{name}.js").read_text(encoding="utf-8")) for name in _MODULES]
    table = json.dumps(dict(synonyms), ensure_ascii=False)
    return f'"use strict"\nconst SYNONYMS = {table}\n' + "".join(code)


def only_words(content: str) -> str:
    """A page's content with nothing but what can be found: its readers are slow."""
    return _WITHOUT_WORDS.sub("", content)


def compact(index: str) -> str:
    """The search's index with what our worker reads, as plain text, and every character as itself.

    A text has a line for each paragraph, item or block of code, the last behind a tab: what is shown of it.
    """
    docs = [
        {"location": each["location"], "title": _plain(each["title"]), "text": _lines(each["text"])}
        | ({"boost": each["boost"]} if "boost" in each else {})
        for each in json.loads(index)["docs"]
    ]
    return json.dumps({"docs": docs}, ensure_ascii=False, separators=(",", ":"))


def _lines(text: str) -> str:
    parts = enumerate(_BLOCKS.split(text))  # each second one is code, or nothing
    lines = ((at % 2, " ".join(_plain(part).split())) for at, part in parts if part)
    return "\n".join("\t" * is_code + line for is_code, line in lines if line)


def _plain(text: str) -> str:
    return html.unescape(_WITHIN_WORDS.sub("", text))
