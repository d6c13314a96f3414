"""A small site with the real configuration, hooks and theme; what tests want to know of it, and a server."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDRESS = "https://site.example/some/path/"
TITLES = {"en": "Cross-correlation", "zh": "互相关"}
WORDS = {"en": "The bias is added.", "zh": "偏置是加上的，卷积核不翻转。"}


class SmallSite:
    """A small site with the real configuration, hooks and theme."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("mkdocs.yml", "mkdocs.zh.yml", "pyproject.toml"):
            text = (ROOT / name).read_text(encoding="utf-8")
            # Without `nav`, MkDocs takes the pages that there are.
            text = re.sub(r"^nav:\n(?:[ #].*\n)+", "", text, flags=re.MULTILINE)
            (root / name).write_text(text, encoding="utf-8")
        (root / "snippets").mkdir()
        share_templates(root)
        (root / "scripts").symlink_to(ROOT / "scripts")
        (root / "docs").mkdir()
        (root / "docs/theme").symlink_to(ROOT / "docs/theme")
        for language in TITLES:
            self.write(language, "index.md", "home")
            self.write(language, "guide/index.md", "guide")
            self.write(language, "guide/first.md", "first", body="See $x^2$ and [the guide](index.md#guide).")
            self.write(language, "blog/index.md", "blog", body="")
            category = {"en": "Notes on open-source code", "zh": "开源代码学习笔记"}[language]
            tag = {"en": "Computing/Python", "zh": "计算机/python"}[language]
            front = f"date: 2021-09-27\ncategories: [{category}]\ntags: [{tag}]\nnotebook: sample-note\n"
            self.write(
                language, "blog/posts/post.md", "post", front, "One.\n\n<!-- more -->\n\n$$\ny = 2\n$$"
            )
            self.write(language, "blog/tags.md", "tags", body="<!-- material/tags -->")

    def write(self, language: str, path: str, anchor: str, front: str = "", body: str | None = None) -> Path:
        """A page; its title ends with the anchor."""
        page = self.root / "docs" / language / path
        page.parent.mkdir(parents=True, exist_ok=True)
        body = WORDS[language] if body is None else body
        front = f"---\ndescription: {anchor} in {language}\n{front}---\n\n"
        text = f"{front}# {TITLES[language]} {anchor} {{ #{anchor} }}\n\n{body}\n"
        page.write_text(text, encoding="utf-8")
        return page

    def command(self, *arguments: str) -> list[str]:
        """MkDocs' command line."""
        return [sys.executable, "-m", "mkdocs", *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        """No address of this machine's, and the scripts of this project."""
        publishers = re.compile(r"(SITE|REPO|NOTEBOOKS)_\w+|SOURCE_DATE_EPOCH")
        kept = {name: value for name, value in os.environ.items() if not publishers.fullmatch(name)}
        return (
            kept
            | {"PYTHONPATH": str(ROOT / "scripts"), "NO_MKDOCS_2_WARNING": "1", "SITE_URL": ADDRESS}
            | more
        )

    def build(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs `mkdocs build`."""
        return subprocess.run(
            self.command("build", *arguments),
            cwd=self.root,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=1200,
        )


def share_templates(root: Path) -> None:
    """Compiled templates are kept for the sites of all tests, as they are from one build to the next.

    They are known by their texts, and without them a build takes a tenth longer.
    """
    kept = root.parent / "templates"  # pytest removes it with the folders of the tests
    kept.mkdir(exist_ok=True)
    (root / ".cache").mkdir()
    (root / ".cache/templates").symlink_to(kept)


def add_hook(site: SmallSite, code: str) -> None:
    """Adds a hook to both languages' configuration."""
    (site.root / "more.py").write_text(code, encoding="utf-8")
    configuration = site.root / "mkdocs.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(text.replace("hooks:\n", "hooks:\n  - more.py\n"), encoding="utf-8")


class Page(HTMLParser):
    """What the tests want to know of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """The attributes of all elements of a kind that have these attributes."""
        return [has for name, has in self.elements if name == tag and wanted.items() <= has.items()]


def pages(site_dir: Path) -> Iterator[Path]:
    """All pages of a built site, in both languages."""
    yield from sorted(site_dir.rglob("*.html"))


def address(site_dir: Path, path: Path) -> str:
    """The path of a page's address on a server that serves the site beneath its path."""
    relative = path.relative_to(site_dir).as_posix().removesuffix("index.html")
    return urlsplit(ADDRESS).path + relative


def exists(site_dir: Path, path: str) -> bool:
    """Whether a server would find something at an address's path."""
    inside = path.removeprefix(urlsplit(ADDRESS).path)
    target = site_dir / inside
    return (
        path.startswith(urlsplit(ADDRESS).path)
        and (target / "index.html" if path.endswith("/") else target).is_file()
    )


class Server:
    """`mkdocs serve`, and what it says."""

    def __init__(self, site: SmallSite, *arguments: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/some/path/"
        self.log = site.root / "serve.log"
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                site.command("serve", "-a", f"127.0.0.1:{port}", *arguments),
                cwd=site.root,
                env=site.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def get(self, path: str) -> str:
        """A page; empty when there is none."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, OSError):
            return ""

    def wait(self, path: str, wanted: str, *, seconds: float = 600) -> str:
        """The page as soon as it has these words."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if wanted in (page := self.get(path)):
                return page
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)
        raise AssertionError(
            f"{wanted!r} never came; the server says:\n{self.log.read_text(encoding='utf-8')}"
        )
