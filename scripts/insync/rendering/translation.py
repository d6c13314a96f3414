"""What snippets say on the pages of another language: gettext files, snippets/LANGUAGE/NAME.po."""

import functools
import html
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from insync.problem import InsyncError, Place
from insync.project.project import Project
from insync.rendering.phrases import PLOT_TEXT, PRINTED, Phrase, is_given, phrases, put_words, rewrite
from insync.running.record import Output
from insync.running.snippet import Cell, Snippet
from insync.settings import Language, Settings


@dataclass(frozen=True)
class Translation:
    """The phrases of a snippet, each with what stands for it; without any, all stays as it is.

    `literals` are those that its strings say: what it prints or plots can come from no comment.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    literals: frozenset[str] = frozenset()
    _coded: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def code(self, source: str) -> str:
        """A cell's code, line for line, with its comments, docstrings and words in the other language."""
        if not self.texts:
            return source
        if source not in self._coded:  # a cell is looked at for a page's problems, the page and its notebook
            self._coded[source] = self._code(source)
        return self._coded[source]

    def _code(self, source: str) -> str:
        pieces: list[str] = []
        done = 0
        for start, found in groupby(phrases(source), key=attrgetter("start")):
            same = list(found)  # more than one where a string has several parts
            code = source[start : same[0].end]
            for phrase in sorted(same, key=lambda each: -len(each.text)):
                text = self.texts.get(phrase.text)
                # `insync check` complains of other numbers of lines; notes are at lines of the code.
                if text is not None and text.count("\n") == phrase.text.count("\n"):
                    code = rewrite(code, phrase, text)
            pieces += [source[done:start], code]
            done = same[0].end
        return "".join(pieces) + source[done:]

    def output(self, output: Output) -> Output:
        """What a cell printed or plotted, with the words that its code printed in the other language."""
        if not self.texts or output.kind not in (*PRINTED, "plot"):
            return output
        if output.kind == "plot":
            text = PLOT_TEXT.sub(
                lambda found: html.escape(self._words(html.unescape(found[0])), quote=False), output.text
            )
        else:
            text = self._words(output.text)
        return replace(output, text=text)

    def _words(self, text: str) -> str:
        for old in self._in_print:
            text = put_words(text, old, self.texts[old])
        return text

    @functools.cached_property
    def _in_print(self) -> list[str]:
        """The words that may be printed, the longest first: `no permute` before `permute`."""
        return sorted(self.literals & self.texts.keys(), key=len, reverse=True)


def translation_of(project: Project, language: Language, snippet: str) -> Translation:
    """What is known of a snippet in a language; nothing in the language of the snippets themselves."""
    read = project.snippet(snippet)
    if read is None or language == project.settings.languages[0]:
        return Translation()
    path = translation_path(project.settings, language, snippet)
    try:
        found = path.stat()
    except OSError:
        return Translation()
    return _translation(read, path, found.st_mtime_ns, found.st_size)


@functools.lru_cache(maxsize=256)
def _translation(snippet: Snippet, path: Path, _changed: int, _size: int) -> Translation:
    try:
        texts = {old: new for old, new in read_phrases(path).items() if new}
    except InsyncError:  # which `insync check` reports
        return Translation()
    every = (phrase for cell in snippet.cells for phrase in phrases(cell.source))
    return Translation(texts, frozenset(phrase.text for phrase in every if phrase.kind == "literal"))


def read_phrases(path: Path) -> dict[str, str]:
    """The phrases of a file with their translations, which may be empty.

    Raises InsyncError where it cannot be read.
    """
    from babel.messages.pofile import PoFileError, read_po  # only pages of another language need it

    try:
        text = path.read_text("utf-8-sig")
        catalog = read_po(io.BytesIO(text.encode()), abort_invalid=True)
    except PoFileError as error:
        message = f"`{error.line.strip()}` is not understood: this is a gettext file"
        advice = 'Each entry is a line `msgid "…"` and a line `msgstr "…"`.'
        raise InsyncError.of(message, advice, Place(path, error.lineno + 1)) from None
    except (OSError, ValueError) as error:
        raise InsyncError.of(f"the file cannot be read: {error}", "Save it as UTF-8.", Place(path)) from None
    return {str(each.id): str(each.string) for each in catalog if each.id}


def translation_path(settings: Settings, language: Language, snippet: str) -> Path:
    """The file with what a snippet says in a language."""
    return settings.snippets / language.code / f"{snippet}.po"


def said(project: Project, name: str) -> Iterator[tuple[Cell, Phrase]]:
    """What a snippet says to readers, each phrase once, with the first cell that says it."""
    snippet, record = project.snippet(name), project.outcome(name).record
    if snippet is None or record is None:
        return
    outputs = [output for cell in record.cells for output in cell.outputs]
    known: set[str] = set()
    for cell in snippet.cells:
        for phrase in phrases(cell.source):
            if phrase.text not in known and is_given(phrase, outputs):
                known.add(phrase.text)
                yield cell, phrase
