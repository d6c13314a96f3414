"""Under `serve`, whatever a snippet or a page is made of is watched, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from small_site import Server, SmallSite
from watchdog.events import DirModifiedEvent, FileCreatedEvent, FileModifiedEvent, FileMovedEvent

from conv1d_site.hooks.watched import Watched
from insync.project.project import Project
from insync.project.queue import Task
from insync.running.runner import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Site
    from mkdocs.livereload import LiveReloadServer

SNIPPET = "# %% one\na = open('../data/x.txt').read().strip()\nb = open('../top.txt').read().strip()\n"
PAGE = "```snippet\nmade#one\n```\n\nIt is `{python} a` and `{python} b`."


class Observer:
    """Tells what it is to watch."""

    def __init__(self) -> None:
        self.watching: set[tuple[str, bool]] = set()

    def schedule(self, _: object, path: str, *, recursive: bool) -> tuple[str, bool]:
        self.watching.add((path, recursive))
        return path, recursive

    def unschedule(self, watch: tuple[str, bool]) -> None:
        self.watching.remove(watch)


class Served:
    """A server that would build again."""

    def __init__(self) -> None:
        from threading import Condition

        self.observer = Observer()
        self._rebuild_cond = Condition()
        self._want_rebuild = False

    def seen(self, watched: Watched, event: Any) -> bool:
        self._want_rebuild = False
        watched.on_any_event(event)
        return self._want_rebuild


class Looked(Project):
    """A project whose one snippet has looked at these."""

    def __init__(self, site: Site, *inputs: str) -> None:
        super().__init__(site.settings)
        self._inputs = dict.fromkeys(inputs, "")

    def tasks(self) -> list[Task]:
        task = Task.__new__(Task)
        task.outcome = Outcome(inputs=self._inputs)
        return [task]


def watching(site: Site, *inputs: str, already: tuple[str, ...] = ()) -> tuple[Watched, Served]:
    served = Served()
    server: LiveReloadServer = served  # type: ignore[assignment]
    watched = Watched(server)
    watched.update(Looked(site, *inputs), [site.root / each for each in already])
    return watched, served


@pytest.fixture
def data(site: Site) -> Path:
    (site.root / "data/deep").mkdir(parents=True)
    return site.write("data/x.txt", "1")


def test_the_folders_of_what_was_looked_at_are_watched_and_no_others(site: Site, data: Path) -> None:
    inputs = [
        "read:../data/x.txt",
        "exists:../data/deep/missing/a",
        "read:made.txt",
        "read:../.git/HEAD",
        "read:../.cache/x",
        "read:../site/index.html",
        "read:../../outside",
        "list:..",
        "env:HOME",
        "never:asks for the time",
    ]
    watched, served = watching(site, *inputs, already=("snippets",))
    folders = {str(data.parent), str(data.parent / "deep")}
    assert served.observer.watching == {(each, False) for each in folders}
    watched.update(Looked(site, "tree:../data"), [])
    assert served.observer.watching == {(str(data.parent), True)}
    watched.update(Looked(site), [])
    assert not served.observer.watching


def test_only_what_was_looked_at_builds_the_site_again(site: Site, data: Path) -> None:
    watched, served = watching(site, "read:../data/x.txt", "list:../data/deep", "exists:../data/no/file")
    path, log, folder = str(data), str(data.parent / "serve.log"), str(data.parent)
    assert served.seen(watched, FileModifiedEvent(path))
    assert served.seen(watched, FileMovedEvent(f"{path}~", path))
    assert served.seen(watched, FileCreatedEvent(f"{folder}/no"))
    assert served.seen(watched, FileCreatedEvent(f"{folder}/deep/new"))
    assert not served.seen(watched, FileModifiedEvent(f"{folder}/deep/new"))
    assert not served.seen(watched, FileModifiedEvent(log))
    assert not served.seen(watched, FileCreatedEvent(log))
    assert not served.seen(watched, DirModifiedEvent(folder))
    watched.update(Looked(site, "tree:../data"), [])
    assert served.seen(watched, FileModifiedEvent(f"{folder}/deep/new"))


@pytest.fixture
def served(small: SmallSite) -> Iterator[Server]:
    """The small site, served, with a snippet that reads files elsewhere, and linked folders of pages.

    The log of the server is written beside one of them.
    """
    (small.root / "data").mkdir()
    (small.root / "data/x.txt").write_text("first", encoding="utf-8")
    (small.root / "top.txt").write_text("top", encoding="utf-8")
    (small.root / "snippets/made.py").write_text(SNIPPET, encoding="utf-8")
    for language in ("en", "zh"):
        small.write(language, "guide/first.md", "first", body=PAGE)
        linked = small.write(language, "../../elsewhere/" + language + "/page.md", "linked")
        (small.root / "docs" / language / "linked").symlink_to(linked.parent)
    running = Server(small)
    yield running
    running.process.terminate()
    running.process.wait(600)


def test_what_is_read_outside_of_the_watched_folders_is_seen_however_it_is_saved(
    small: SmallSite, served: Server
) -> None:
    served.wait("guide/first/", ">first<")
    (small.root / "data/x.txt").write_text("second", encoding="utf-8")
    served.wait("guide/first/", ">second<")
    draft = small.root / "data/x.txt.swp"  # as editors save
    draft.write_text("third", encoding="utf-8")
    draft.replace(small.root / "data/x.txt")
    served.wait("zh/guide/first/", ">third<")
    (small.root / "data/x.txt").unlink()
    served.wait("guide/first/", "FileNotFoundError")
    (small.root / "data/x.txt").write_text("fourth", encoding="utf-8")
    served.wait("guide/first/", ">fourth<")
    (small.root / "top.txt").write_text("higher", encoding="utf-8")
    served.wait("guide/first/", ">higher<")
    page = small.root / "elsewhere/en/page.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nIn a linked folder.\n", encoding="utf-8")
    served.wait("linked/page/", "In a linked folder")
    # Each of these once, perhaps twice; that the log was written has built nothing.
    assert served.log.read_text(encoding="utf-8").count("Detected file changes") <= 12
