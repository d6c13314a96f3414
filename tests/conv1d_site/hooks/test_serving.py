"""After any edit the served site is byte for byte what a build without kept pieces makes, and says the same.

A server's loop is played here without a server and its clock: an edit, and what MkDocs would call for it.
"""

from __future__ import annotations

import logging
import shutil
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from small_site import SmallSite

from conv1d_site.hooks import command
from insync.project.project import Project
from insync.rendering.shared import share_project, shared_project
from insync.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mkdocs.config.defaults import MkDocsConfig

    from insync.running.runner import Runner

ADDRESS = "http://127.0.0.1:8000/"
SNIPPET = """# %% layer
import torch
from sizes import SIZE
layer = torch.nn.Conv1d(3, 2, SIZE)  # a layer of ours
print("two channels")
# %% length
y = layer(torch.zeros(1, 3, 10))
"""
WORDS = 'msgid "a layer of ours"\nmsgstr "我们的层"\n\nmsgid "two channels"\nmsgstr "两个通道"\n'
BODY = {
    "en": "## Layer { #layer }\n\n```snippet\nsized#layer\n```\n\nIt is `{python sized#length} y.shape[-1]`.",
    "zh": "## 层 { #layer }\n\n```snippet\nsized#layer\n```\n\n长 `{python sized#length} y.shape[-1]`。",
}
LATER = {
    "en": "See [the layer](first.md#layer) and [the start](../index.md).",
    "zh": "见[层](first.md#layer)。",
}


class Edited:
    """A small site, and edits of it."""

    def __init__(self, root: Path) -> None:
        self.site = SmallSite(root)
        self.root = root
        for language in ("en", "zh"):
            self.site.write(language, "guide/first.md", "first", "notebook: first\n", BODY[language])
            self.site.write(language, "guide/later.md", "later", body=LATER[language])
            row = "| **bias**{ #bias } | **偏置** | **outputs** |"
            table = f"| a | b | c |\n|---|---|---|\n{row}\n"
            self.site.write(language, "glossary.md", "glossary", body=table)
            front = "---\ndescription: numbers\n---\n\n# Numbers { #numbers }\n\n"
            page = root / "docs" / language / "numbers.md"
            page.write_text(front + "```numbers\npublished\ncounts\n```\n", encoding="utf-8")
        self.write("snippets/sized.py", SNIPPET)
        self.write("snippets/sizes.py", "SIZE = 3\n")
        self.write("snippets/zh/sized.po", WORDS)

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def put(self, name: str, old: str, new: str) -> None:
        """Put other words into a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def texts(self) -> dict[Path, str]:
        """All that may be edited."""
        folders = [self.root / name for name in ("docs/en", "docs/zh", "snippets")]
        found = [*self.root.glob("*.yml"), *(path for folder in folders for path in folder.rglob("*.*"))]
        return {path: path.read_text(encoding="utf-8") for path in found}

    def undo(self, texts: dict[Path, str]) -> None:
        """Put everything back."""
        for path in self.texts().keys() - texts.keys():
            path.unlink()
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")


@dataclass
class Loop:
    """What `mkdocs serve` calls, with a server that only remembers."""

    site: Edited
    runner: Runner
    said: list[str] = field(default_factory=list)

    def start(self) -> None:
        """The first build, and what MkDocs does behind it."""
        share_project(Project(read_settings(self.site.root), self.runner))
        config = self._config(self.site.root / "served")
        config.plugins.on_startup(command="serve", dirty=False)
        self._build(config)
        self.server = SimpleNamespace(
            _epoch_cond=threading.Condition(),
            _rebuild_cond=threading.Condition(),
            _want_rebuild=False,
            _visible_epoch=0,
            _wanted_epoch=0,
            _watched_paths={str(self.site.root / "docs/en"): 1, str(self.site.root / "mkdocs.yml"): 1},
            root=config.site_dir,
            observer=SimpleNamespace(schedule=lambda *_, **__: None, unschedule=lambda _: None),
        )

        def builder(given: MkDocsConfig | None = None) -> None:
            self._build(given or self._config(self.site.root / "served"))

        self.config = config
        config.plugins.on_serve(self.server, config=config, builder=builder)

    def save(self) -> tuple[bool, bool]:
        """What was edited is saved: whether pages were shown before the whole site, and again after it."""
        self.said.clear()
        self.server._wanted_epoch = wanted = self.server._wanted_epoch + 1
        self.server.builder()
        early = self.server._visible_epoch == wanted
        again = self.server._wanted_epoch > wanted
        self.server._visible_epoch = self.server._wanted_epoch
        return early, again

    def served(self) -> dict[str, bytes]:
        """Every file of the served site."""
        return _files(Path(self.server.root))

    def afresh(self) -> tuple[dict[str, bytes], list[str]]:
        """What a server that is started now makes of the same, without any kept piece, and what it says."""
        run, said = command.run, list(self.said)
        known = shared_project(self.site.root)
        share_project(Project(read_settings(self.site.root), self.runner))
        command.run = command.Run("serve")
        command.run.held.callback(lambda: None)
        self.said.clear()
        place = self.site.root / "afresh"
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("CI", "true")
                self._build(self._config(place))
        except Exception:  # noqa: BLE001 - the server tells it in the same way
            shutil.rmtree(place, ignore_errors=True)
        finally:
            command.run.held.close()
            command.run = run
            share_project(known)
        warned, self.said[:] = list(self.said), said
        files = _files(place)
        shutil.rmtree(place, ignore_errors=True)
        return files, warned

    def _config(self, place: Path) -> MkDocsConfig:
        config = load_config(str(self.site.root / "mkdocs.yml"), site_dir=str(place))
        config.site_url = ADDRESS
        return config

    def _build(self, config: MkDocsConfig) -> None:
        build(config, serve_url=ADDRESS)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".gz"  # which holds the time
    }


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, runner: Runner) -> Iterator[Loop]:
    """A site that is served."""
    before, term = command.run, signal.getsignal(signal.SIGTERM)
    loop = Loop(Edited(tmp_path_factory.mktemp("served")), runner)

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING:
                loop.said.append(record.getMessage())

    handler = Listening()
    logging.getLogger("mkdocs").addHandler(handler)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CI", raising=False)
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # midnight may come between two servers' starts
        loop.start()
        yield loop
    logging.getLogger("mkdocs").removeHandler(handler)
    command.run.held.close()
    command.run = before
    signal.signal(signal.SIGTERM, term)


@pytest.fixture
def loop(started: Loop) -> Iterator[Loop]:
    """The served site as it was at the start, and is again when every edit is undone."""
    texts, served = started.site.texts(), started.served()
    yield started
    started.site.undo(texts)
    started.save()
    assert [name for name, text in started.served().items() if served.get(name) != text] == []
    assert started.said == []


def same(loop: Loop) -> None:
    """The served site is that of a build from nothing, and so is what was said."""
    files, said = loop.afresh()
    served = loop.served()
    assert sorted(served) == sorted(files)
    assert [name for name in files if served[name] != files[name]] == []
    assert sorted(set(loop.said)) == sorted(set(said))


FIRST = "docs/en/guide/first.md"
# What stands in the way of showing it early is not the page's own; then the whole site is built first.
EARLY: dict[str, Callable[[Edited], object]] = {
    "text": lambda site: site.put(FIRST, "It is", "The output is"),
    "text in Chinese": lambda site: site.put("docs/zh/guide/first.md", "长 ", "输出长 "),
    "a number added": lambda site: site.put(FIRST, "It is", "`{python sized#length} y.shape[1]` channels."),
    "a number that fails": lambda site: site.put(FIRST, "It is", "`{python sized#length} nothing` It is"),
    "a first heading": lambda site: site.put(FIRST, "# Cross-correlation first", "# A first chapter"),
    "an anchor renamed": lambda site: site.put(FIRST, "#layer", "#another"),
    "a dead link": lambda site: site.put(FIRST, "It is", "See [this](nowhere.md). It is"),
    "a cell shown elsewhere": lambda site: site.put(FIRST, "sized#layer", "sized#length"),
    "a fence without an end": lambda site: site.put(FIRST, "```\n\nIt is", "\nIt is"),
    "a formula that is none": lambda site: site.put(FIRST, "It is", "$\\foo$ It is"),
    "a snippet": lambda site: site.put("snippets/sized.py", "(3, 2, SIZE)", "(3, 4, SIZE)"),
    "a snippet that fails": lambda site: site.put("snippets/sized.py", "layer = ", "layer = nothing"),
    "a snippet's words": lambda site: site.put("snippets/zh/sized.po", "我们的层", "这一层"),
    "a term of the glossary": lambda site: site.put(
        "docs/en/glossary.md", "**bias**{ #bias }", "**layer**{ #layer-term }"
    ),
    "two pages": lambda site: (
        site.put(FIRST, "It is", "Now it is"),
        site.put("docs/zh/guide/later.md", "见", "参见"),
    ),
}
WHOLE: dict[str, Callable[[Edited], object]] = {
    "the list of all numbers": lambda site: site.put("docs/en/numbers.md", "# Numbers", "# All numbers"),
    "front matter": lambda site: site.put(FIRST, "description: first in en", "description: other"),
    "a title": lambda site: site.put(FIRST, "description:", "title: Another\ndescription:"),
    "a helper": lambda site: site.put("snippets/sizes.py", "3", "4"),
    "a page added": lambda site: site.site.write("en", "guide/new.md", "new"),
    "a page removed": lambda site: (site.root / "docs/en/guide/later.md").unlink(),
    "a page renamed": lambda site: (site.root / FIRST).rename(site.root / "docs/en/guide/last.md"),
    "a post's date": lambda site: site.put("docs/en/blog/posts/post.md", "2021-09-27", "2022-09-27"),
    "a post's category": lambda site: site.put("docs/en/blog/posts/post.md", "Notes on open", "On open"),
    "a post's tag": lambda site: site.put("docs/en/blog/posts/post.md", "Computing/Python", "Python"),
    "a post's text": lambda site: site.put("docs/en/blog/posts/post.md", "One.", "Two."),
    "a page at a draft": lambda site: site.put(FIRST, "notebook: first", "draft: true"),
    "the page of tags": lambda site: site.put("docs/en/blog/tags.md", "# Cross", "# All cross"),
    "the site's name": lambda site: site.put("mkdocs.yml", "Conv1d, number by number", "A name"),
    "an extension's option": lambda site: site.put("mkdocs.yml", 'permalink: "#"', 'permalink: "*"'),
    "an extension": lambda site: site.put("mkdocs.yml", "  - footnotes\n", ""),
    "a plugin's option": lambda site: site.put("mkdocs.yml", "archive_date_format: yyyy", "toc: true"),
    "the navigation": lambda site: site.put(
        "mkdocs.yml", "theme:\n", "nav: [index.md, guide/index.md, guide/later.md]\ntheme:\n"
    ),
    "all at once": lambda site: (
        site.put(FIRST, "It is", "And it is"),
        site.put("snippets/sizes.py", "3", "5"),
        site.put("mkdocs.yml", "Conv1d, number by number", "A name"),
    ),
}


@pytest.mark.parametrize("kind", EARLY)
def test_what_is_a_pages_own_is_shown_first_and_the_site_follows(loop: Loop, kind: str) -> None:
    EARLY[kind](loop.site)
    assert loop.save()[0]
    same(loop)


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_more_than_that_builds_the_whole_site(loop: Loop, kind: str) -> None:
    WHOLE[kind](loop.site)
    assert not loop.save()[0]
    same(loop)


def test_pages_follow_their_glossary(loop: Loop) -> None:
    page = "guide/index.html"
    assert b'<a class="site-term" href="../glossary/#bias">bias</a>' in loop.served()[page]
    EARLY["a term of the glossary"](loop.site)
    loop.save()
    assert b"site-term" not in loop.served()[page]


def test_browsers_need_not_load_again_what_has_not_changed_since(loop: Loop) -> None:
    EARLY["text"](loop.site)
    assert loop.save() == (True, False)
    EARLY["a first heading"](loop.site)  # which every page's menu names
    assert loop.save() == (True, True)
