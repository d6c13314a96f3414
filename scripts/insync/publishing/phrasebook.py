"""The files of what snippets say in other languages: whether they are whole, and how they are written."""

import ast
import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

from insync.problem import InsyncError, Place, Problem
from insync.project.project import Project
from insync.publishing.outputs import write_file
from insync.rendering.listing import shown_cells
from insync.rendering.phrases import Phrase
from insync.rendering.translation import Translation, read_phrases, said, translation_path
from insync.running.snippet import Cell
from insync.settings import Language

_HEADER = """\
# What the snippet says in this language. `insync phrases` adds what is missing here; an entry that stays as
# it is (the name of an option, say) repeats its text.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def phrase_problems(project: Project) -> Iterator[Problem]:
    """What snippets say and a language lacks, what it has too much, and what cannot stand in the code."""
    for language in project.settings.languages[1:]:
        if not language.complete:
            continue
        for name in _shown(project, language):
            yield from _of_snippet(project, language, name)
        yield from _left_over(project, language)


def write_phrases(project: Project) -> Iterator[Path]:
    """Add to each file what it lacks, and take out what no snippet says any more; the files written.

    Raises InsyncError for a file that cannot be read: its translations would be lost.
    """
    for language in project.settings.languages[1:]:
        for name in _shown(project, language):
            path = translation_path(project.settings, language, name)
            known = read_phrases(path) if path.exists() else {}
            text = _written(language, list(said(project, name)), known)
            if text and (not path.exists() or path.read_text("utf-8") != text):
                path.parent.mkdir(exist_ok=True)
                write_file(path, text)
                yield path


def _shown(project: Project, language: Language) -> list[str]:
    """The snippets of which a page of the language shows cells."""
    pages = [page for page in project.pages if project.settings.language_of(page.path) == language]
    fences = [fence for page in pages for fence in page.fences]
    return sorted({snippet.name for fence in fences for snippet, _ in shown_cells(fence, project)})


def _of_snippet(project: Project, language: Language, name: str) -> Iterator[Problem]:
    path = translation_path(project.settings, language, name)
    try:
        known = read_phrases(path) if path.exists() else {}
    except InsyncError as error:
        yield from error.problems
        return
    snippet = project.snippet(name)
    assert snippet is not None
    wanted: set[str] = set()
    for cell, phrase in said(project, name):
        wanted.add(phrase.text)
        place = Place(snippet.path, cell.line + phrase.line)
        text = known.get(phrase.text, "")
        if not text:
            advice = f"Write it into {Place(path)}: `insync phrases` puts an entry there."
            message = f"the {phrase.kind} `{_short(phrase.text)}` is not there in `{language.code}`"
            yield Problem(message, advice, snippet=place)
        else:
            yield from _wrong(cell, phrase, text, language, path, place)
    for text in known.keys() - wanted:
        message = f"the snippet `{name}` does not say `{_short(text)}` any more"
        yield Problem(message, "Run: insync phrases", snippet=Place(path))


def _wrong(
    cell: Cell, phrase: Phrase, text: str, language: Language, path: Path, place: Place
) -> Iterator[Problem]:
    """What is wrong with a translation."""
    lines = phrase.text.count("\n") + 1
    if text.count("\n") + 1 != lines:
        message = f"`{_short(text)}` in {Place(path)} has other lines than what it translates"
        yield Problem(message, f"Write {lines}: notes stand at lines of the code.", snippet=place)
    for avoided, better in language.avoid.items():
        if found := re.search(avoided, text):
            message = f"{found[0]} is not this site's word (`{_short(text)}` in {Place(path)})"
            yield Problem(message, f"Write {better}.", snippet=place)
    if not _same_code(cell.source, Translation({phrase.text: text}).code(cell.source)):
        message = f"with `{_short(text)}` of {Place(path)} the code is no longer what it was"
        yield Problem(message, "Write no quotes, braces or backslashes there.", snippet=place)


def _same_code(before: str, after: str) -> bool:
    """Whether two texts of code differ in nothing but comments and what strings say."""
    with contextlib.suppress(SyntaxError, ValueError):
        return _without_texts(before) == _without_texts(after)
    return False


def _without_texts(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def _left_over(project: Project, language: Language) -> Iterator[Problem]:
    for path in sorted((project.settings.snippets / language.code).glob("*.po")):
        if not (project.settings.snippets / f"{path.stem}.py").exists():
            yield Problem(
                f"there is no snippet `{path.stem}` any more", "Remove the file.", snippet=Place(path)
            )


def _written(language: Language, found: list[tuple[Cell, Phrase]], known: dict[str, str]) -> str:
    """A file with an entry for each phrase, in the order of the code; empty where there is none."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    catalog = Catalog()
    for cell, phrase in found:
        about = [f"{phrase.kind}, cell {cell.name}"]
        catalog.add(phrase.text, known.get(phrase.text, ""), auto_comments=about)
    file = io.BytesIO()
    write_po(file, catalog, width=0, omit_header=True)
    return _HEADER.format(code=language.code) + file.getvalue().decode() if found else ""


def _short(text: str) -> str:
    first = text.partition("\n")[0]
    return first if first == text and len(first) < 60 else f"{first[:60]}…"
