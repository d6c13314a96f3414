"""The one project of a process: for every page, every language and every rebuild the same."""

from pathlib import Path

from insync.project.project import Project
from insync.rendering.listing import Listing
from insync.settings import read_settings

_PROJECTS: dict[Path, Project] = {}
_LISTINGS: dict[Path, tuple[int, Listing]] = {}


def shared_project(root: Path) -> Project:
    """The project in that folder; another one once its settings have changed.

    Raises InsyncError for settings that are not understood.
    """
    settings = read_settings(root)
    known = _PROJECTS.get(settings.root)
    if known and known.settings == settings:
        return known
    if known:
        known.close()
    project = _PROJECTS[settings.root] = Project(settings)
    # MkDocs makes its extensions before it imports its plugins: a lead of more than a second.
    project.preload()
    return project


def share_project(project: Project) -> None:
    """Have this project be the one in its folder, before anyone asks for that."""
    _PROJECTS[project.settings.root] = project


def shared_listing(project: Project) -> Listing:
    """Where code is shown, made anew after each scan of the pages."""
    root = project.settings.root
    known = _LISTINGS.get(root)
    if known is None or known[0] != project.generation:
        known = _LISTINGS[root] = (project.generation, Listing(project))
    return known[1]
