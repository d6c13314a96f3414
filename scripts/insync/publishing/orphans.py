"""What is left over: outputs without a snippet, snippets and cells that no page shows or asks."""

from collections.abc import Iterator

from insync.problem import InsyncError, Place, Problem
from insync.project.project import Project
from insync.rendering.listing import asked_cell, cells_of
from insync.running.snippet import read_snippet


def orphans(project: Project) -> Iterator[Problem]:
    """Everything below snippets/ that the site has no use for."""
    folder = project.settings.snippets
    names = {path.stem for path in folder.glob("*.py")}
    for path in sorted((folder / "outputs").glob("*.txt")):
        if path.stem not in names:
            yield Problem(
                f"there is no snippet `{path.stem}` any more", "Run: insync update", snippet=Place(path)
            )
    used = _used(project)
    for path in sorted(folder.glob("*.py")):
        if "# %%" not in path.read_text(encoding="utf-8", errors="replace"):
            continue  # a module that snippets import
        if project.snippet(path.stem) is None and path.stem not in used:
            advice = "Show it on a page, or remove it and run: insync update"
            yield Problem(f"no page shows the snippet `{path.stem}`", advice, snippet=Place(path))
            continue
        try:
            snippet = read_snippet(path)
        except InsyncError:
            continue  # reported by the pages that show it
        for cell in snippet.cells:
            if cell.name not in used.get(snippet.name, set()):
                advice = "Show it, ask it for a number, or remove it."
                yield Problem(
                    f"no page shows or asks the cell `{cell.name}`", advice, snippet=Place(path, cell.line)
                )


def _used(project: Project) -> dict[str, set[str]]:
    """Snippet → cells that some page of some language shows, or evaluates something after."""
    used: dict[str, set[str]] = {}
    for page in project.pages:
        for fence in page.fences:
            for ref in fence.shown:
                snippet = project.snippet(ref.snippet)
                names = {cell.name for cell in cells_of(snippet, ref)} if snippet else set()
                used.setdefault(ref.snippet, set()).update(names)
        for question in page.questions:
            used.setdefault(question.ref.snippet, set())
            cell = asked_cell(project.snippet(question.ref.snippet), question.ref)
            if cell:
                used[question.ref.snippet].add(cell.name)
    return used
