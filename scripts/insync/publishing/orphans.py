"""What is left over: outputs without a snippet, snippets and cells that no page shows or asks."""

from collections.abc import Iterator

from insync.problem import Place, Problem
from insync.project.project import Project
from insync.rendering.listing import asked_cell, shown_cells


def orphans(project: Project) -> Iterator[Problem]:
    """Everything below snippets/ that the site has no use for."""
    folder = project.settings.snippets
    names = {path.stem for path in folder.glob("*.py")}
    for path in sorted((folder / "outputs").glob("*.txt")):
        if path.stem not in names:
            message = f"there is no snippet `{path.stem}` any more"
            yield Problem(message, "Run: insync update", snippet=Place(path))
    used = _used(project)
    for path in sorted(folder.glob("*.py")):
        if "# %%" not in path.read_text(encoding="utf-8", errors="replace"):
            continue  # a module that snippets import
        snippet = project.snippet(path.stem)
        if snippet is None and path.stem not in project.broken:  # which the pages that show it report
            advice = "Show it on a page, or remove it and run: insync update"
            yield Problem(f"no page shows the snippet `{path.stem}`", advice, snippet=Place(path))
        for cell in snippet.cells if snippet else ():
            if (path.stem, cell.name) not in used:
                advice, where = "Show it, ask it for a number, or remove it.", Place(path, cell.line)
                yield Problem(f"no page shows or asks the cell `{cell.name}`", advice, snippet=where)


def _used(project: Project) -> set[tuple[str, str]]:
    """The snippets and cells that some page of some language shows, or evaluates something after."""
    fences = [fence for page in project.pages for fence in page.fences]
    used = {(snippet.name, cell.name) for fence in fences for snippet, cell in shown_cells(fence, project)}
    for ref in {question.ref for page in project.pages for question in page.questions}:
        if cell := asked_cell(project.snippet(ref.snippet), ref):
            used.add((ref.snippet, cell.name))
    return used
