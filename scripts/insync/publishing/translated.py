"""Notes in a translated page which state of its source it says."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from insync.problem import InsyncError, Place, Problem
from insync.project.project import Project
from insync.publishing.parity import digest


def note_translations(project: Project, wanted: Collection[Path]) -> Iterator[Path]:
    """Note that these translated pages, or all, say what their sources say now; gives those that changed.

    Raises InsyncError for one that is no translation of a page.
    """
    source, *others = project.settings.pages
    by_path = {page.path: page for page in project.pages}
    unknown = set(wanted)
    for path in sorted(by_path):
        folder = next((each for each in others if each in path.parents), None)
        if folder is None or (wanted and path not in wanted):
            continue
        original = by_path.get(source / path.relative_to(folder))
        if original and _note(path, digest(original)):
            yield path
        unknown.discard(path)
    for path in sorted(unknown):
        folders = ", ".join(str(Place(folder)) for folder in others) or "none here"
        advice = f"Name a page of a translation (they are in: {folders})."
        raise InsyncError(Problem("there is no such translated page", advice, Place(path)))


def _note(path: Path, digits: str) -> bool:
    """Write the digest into a page's front matter; whether that changed the file."""
    text = path.read_bytes().decode("utf-8")
    line = f'translation_of: "{digits}"'
    front = re.match(r"---[ \t]*\r?\n(.*?\n)??(?=---|\.\.\.)", text, re.DOTALL)
    if front is None:
        changed = f"---\n{line}\n---\n\n{text}"
    elif re.search(r"^translation_of:", front[0], re.MULTILINE):
        changed = re.sub(r"^translation_of:[^\r\n]*", line, text, count=1, flags=re.MULTILINE)
    else:
        changed = re.sub(r"\A---[ \t]*(\r?\n)", rf"---\1{line}\1", text, count=1)
    if changed != text:
        path.write_bytes(changed.encode("utf-8"))
    return changed != text
