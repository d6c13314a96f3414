"""What the tests share: one fork server for the whole session, and small projects to try the engine on."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from typing import IO, Any

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils.yaml import yaml_load
from order import long_first
from real_site import Served

from conv1d_site.hooks import numbers as engine_hooks
from insync.project.project import Project
from insync.rendering import extension, shared
from insync.rendering.shared import share_project
from insync.rendering.words import words_of
from insync.running.expression import Expression
from insync.running.job import Questions  # noqa: TC001 - tests import it from here
from insync.running.record import Answer, Value
from insync.running.runner import Outcome, Runner
from insync.running.snippet import Snippet, parse_snippet
from insync.settings import Limits, Settings, read_settings

ROOT = Path(__file__).parents[1]
PRELOADED = ("matplotlib.backends.backend_svg", "matplotlib.pyplot", "numpy", "torch")
LANGUAGES = "scripts/conv1d_site/languages"
ENGLISH, CHINESE = (words_of(language) for language in read_settings(ROOT).languages)


def pytest_configure() -> None:
    """One thread of torch's and NumPy's for each process: before a test module imports them.

    What tests compute is small. More threads than that wait for each other at every operation, and where two
    workers share two cores, for a processor as well: files took fifteen times as long.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first where there are workers to share them."""
    if hasattr(config, "workerinput"):
        long_first(items)


SERVED = pytest.StashKey[Served]()


@pytest.hookimpl(optionalhook=True)  # there is none without pytest-xdist
def pytest_configure_node(node: Any) -> None:
    """Tells a worker where the one real site will be, which the process that outlives all workers serves."""
    if SERVED not in node.config.stash:
        ended = contextlib.ExitStack()
        node.config.add_cleanup(ended.close)
        node.config.stash[SERVED] = ended.enter_context(Served())
    served = node.config.stash[SERVED]
    node.workerinput["site"] = (str(served.folder), served.address)


def write_settings(root: Path, **more: object) -> Settings:
    """Give a folder the site's own languages and figures as its settings, and more lines of [tool.insync]."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in more.items()]
    text = ["[tool.insync]", 'languages = "languages"', 'source = "en"', *lines]
    text.append('figures = "conv1d_site.figures"')
    (root / "pyproject.toml").write_text("\n".join(text) + "\n", encoding="utf-8")
    shutil.copytree(ROOT / LANGUAGES, root / "languages", dirs_exist_ok=True)
    return read_settings(root)


def as_questions(asked: dict[str, Any]) -> Questions:
    """Questions by cell; a bare text asks for a number."""
    return {
        cell: tuple(Expression(each) if isinstance(each, str) else each for each in expressions)
        for cell, expressions in asked.items()
    }


def answered(values: Mapping[str, str]) -> tuple[Answer, ...]:
    """What numbers gave, by their expressions."""
    return tuple(Answer(Expression(text), Value(value)) for text, value in values.items())


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    """The one fork server, with torch and matplotlib in it."""
    shared = Runner()
    shared.start(PRELOADED)
    yield shared
    shared.close()


@pytest.fixture(scope="session")
def strict_runner() -> Iterator[Runner]:
    """A fork server without torch whose snippets may take a few seconds, and print a thousand bytes."""
    shared = Runner(Limits(seconds=4, output=1000))
    shared.start(())
    yield shared
    shared.close()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Whoever runs the tests in the background has Ctrl-C ignored, and processes inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def make_snippet(folder: Path, source: str, name: str = "made") -> Snippet:
    """A snippet file, written and read."""
    path = folder / f"{name}.py"
    text = dedent(source).lstrip("\n")
    path.write_text(text, encoding="utf-8")
    return parse_snippet(path, text)


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, runner: Runner) -> Run:
    """Runs the source of a snippet, with questions by cell, and gives what came of it."""

    def run_source(source: str, name: str = "made", by: Runner = runner, **questions: Any) -> Outcome:
        snippet = make_snippet(tmp_path, source, name)
        return by.run(snippet, as_questions(questions))

    return run_source


class CountingRunner(Runner):
    """The shared runner, which also remembers what it was asked to run."""

    def __init__(self, shared: Runner) -> None:
        super().__init__()
        self._shared = shared
        self.runs: list[tuple[str, Questions]] = []

    def start(self, preload: tuple[str, ...]) -> None:
        self._shared.start(preload)

    def run(self, snippet: Snippet, questions: Questions) -> Outcome:
        self.runs.append((snippet.name, questions))
        return self._shared.run(snippet, questions)

    def close(self) -> None:
        """The server belongs to the session."""

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.runs]


class Site:
    """A project folder; MkDocs' own code renders its pages, with the site's own Markdown extensions."""

    def __init__(self, root: Path, shared: Runner) -> None:
        self.root = root
        self.settings = write_settings(root)
        self.runner = CountingRunner(shared)
        for folder in (*self.settings.pages, self.settings.snippets):
            folder.mkdir(parents=True)
        self.project = self.new_project()

    def new_project(self) -> Project:
        """The project as a new process would see it, which shares only the cache on disk with the last."""
        self.project = Project(self.settings, self.runner)
        share_project(self.project)
        return self.project

    def write(self, path: str, text: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return target

    def snippet(self, text: str, name: str = "made") -> Path:
        return self.write(f"snippets/{name}.py", text)

    def page(self, text: str, name: str = "page", language: str = "en") -> Path:
        return self.write(f"docs/{language}/{name}.md", text)

    def render(self, name: str = "page", language: str = "en") -> Page:
        """The page as MkDocs has it when its Markdown is converted: `content`, `toc`, `meta`."""
        config = markdown_config(self.root, language)
        file = File(f"{name}.md", config.docs_dir, config.site_dir, use_directory_urls=True)
        files = Files([file])
        page = Page(None, file, config)
        page.read_source(config)
        if self.project.on_problem is None:
            self.project.start()  # as the hooks do before any page is read
        page.markdown = engine_hooks.on_page_markdown(page.markdown, page=page, config=config, files=files)
        page.render(config, files)
        return page

    def html(self, text: str, snippet: str = "") -> str:
        """A page's HTML, from its Markdown and its one snippet (`made`)."""
        if snippet:
            self.snippet(snippet)
        self.page(text)
        return str(self.render().content)

    def error(self, text: str, snippet: str = "") -> str:
        """The message with which the page is refused."""
        with pytest.raises(extension.PageError) as caught:
            self.html(text, snippet)
        return str(caught.value)


def markdown_config(root: Path, language: str) -> MkDocsConfig:
    """A configuration for `root` with all of the site's Markdown extensions, without theme and plugins."""
    site = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    config = MkDocsConfig(str(root / "mkdocs.yml"))
    config.load_dict(
        {
            "site_name": "Made for a test",
            "docs_dir": str(root / "docs" / language),
            "theme": {"name": None, "language": language, "custom_dir": str(root)},
            "plugins": [],
            # The last three may come and go with what the pages need; the engine must know them all the same.
            "markdown_extensions": [*site["markdown_extensions"], "abbr", "def_list", "md_in_html"],
        }
    )
    errors, _ = config.validate()
    assert not errors
    config.mdx_configs["insync"] = {"root": str(root), "language": language}
    return config


@pytest.fixture
def site(tmp_path: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A small project; messages name its files as seen from its root."""
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path, runner)
    yield made
    del shared._PROJECTS[made.settings.root]


def command(
    folder: Path, *words: str, stderr: int | IO[str] = subprocess.STDOUT, **environment: str
) -> subprocess.Popen[str]:
    """`python -m WORDS` in a folder, as a process of its own with the engine on its path."""
    own = {"PYTHONPATH": str(ROOT / "scripts"), "NO_MKDOCS_2_WARNING": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**os.environ, **own, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        encoding="utf-8",
    )
