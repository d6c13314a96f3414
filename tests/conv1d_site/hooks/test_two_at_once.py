"""Builds at the same time: each makes a site of its own, and one of them, whole, is the site."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from small_site import add_hook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from small_site import Server, SmallSite

# Marks every page with the build's name, and has it wait, when its pages are converted, until it may go on.
HOOK = """\
import os, pathlib, time
NAME = os.environ.get("BUILD", "")
def on_page_content(html, **_):
    return html + f"<p>built by {NAME}</p>"
def on_env(env, config, **_):
    if NAME and config.theme["language"] == "en":
        pathlib.Path(f"{NAME}.here").touch()
        while not pathlib.Path(f"{NAME}.go").exists():
            time.sleep(0.01)
        if NAME.startswith("bad"):
            raise KeyError("this one fails")
"""

Build = subprocess.Popen[str]


@pytest.fixture
def builds(small: SmallSite) -> Iterator[Builds]:
    add_hook(small, HOOK)
    made = Builds(small)
    yield made
    for process in made.running:
        with process:
            process.kill()


class Builds:
    """Builds of one small site that wait for a sign each."""

    def __init__(self, small: SmallSite) -> None:
        self.small = small
        self.running: list[Build] = []

    def start(self, name: str, *arguments: str) -> Build:
        process = subprocess.Popen(
            self.small.command("build", *arguments),
            cwd=self.small.root,
            env=self.small.environment(BUILD=name),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def wait(self, *names: str) -> None:
        """Until these have converted their pages."""
        while not all((self.small.root / f"{name}.here").exists() for name in names):
            for process in self.running:
                assert process.poll() in (None, 0, -signal.SIGKILL), process.communicate()[0]
            time.sleep(0.01)

    def let(self, *names: str) -> None:
        for name in names:
            (self.small.root / f"{name}.go").touch()

    def end(self, process: Build) -> int:
        self.said = process.communicate()[0]
        return process.returncode


def builders(site: Path) -> set[str]:
    """The builds that have made the pages of a site, of which nothing must be missing."""
    for name in ("index.html", "404.html", "guide/first/index.html", "notebooks/sample-note.ipynb"):
        assert (site / name).is_file()
        assert (site / "zh" / name).is_file()
    assert not (site / "zh/zh").exists()
    marked = [page for page in site.rglob("*.html") if page.name != "404.html"]
    texts = [page.read_text(encoding="utf-8") for page in marked]
    return {mark for text in texts for mark in (re.findall(r"built by (\w+)", text) or ["nobody"])}


def unfinished(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if re.search(r"\.(partial|lock)", path.name))


def test_of_two_builds_one_is_the_site_and_a_third_goes_elsewhere(builds: Builds) -> None:
    root = builds.small.root
    processes = [builds.start("one"), builds.start("two"), builds.start("three", "-d", "other")]
    builds.wait("one", "two", "three")
    assert len(unfinished(root)) == 3
    builds.let("one", "two", "three")
    for process in processes:
        assert builds.end(process) == 0, builds.said
    assert builders(root / "site") in ({"one"}, {"two"})
    assert builders(root / "other") == {"three"}
    assert unfinished(root) == []


@pytest.mark.parametrize("hidden", [False, True])
def test_whoever_ends_last_replaces_the_others_site_whole(builds: Builds, hidden: bool) -> None:
    root = builds.small.root
    if hidden:  # then no folder can be moved there
        (root / "site").mkdir()
        (root / "site/.git").write_text("gitdir: elsewhere", encoding="utf-8")
        (root / "site/.nojekyll").touch()
    first, second = builds.start("first"), builds.start("second")
    builds.wait("first", "second")
    builds.let("second")
    assert builds.end(second) == 0, builds.said
    assert builders(root / "site") == {"second"}
    builds.small.write("en", "index.md", "home", body="Changed meanwhile.")
    (root / "site/left.html").touch()
    builds.let("first")
    assert builds.end(first) == 0, builds.said
    assert builders(root / "site") == {"first"}
    assert not (root / "site/left.html").exists()
    assert (root / "site/.git").exists() == (root / "site/.nojekyll").exists() == hidden
    assert unfinished(root) == []


def test_one_that_fails_leaves_the_others_site(builds: Builds) -> None:
    root = builds.small.root
    bad, good = builds.start("bad"), builds.start("good")
    builds.wait("bad", "good")
    builds.let("good")
    assert builds.end(good) == 0, builds.said
    builds.let("bad")
    assert builds.end(bad) != 0
    assert builders(root / "site") == {"good"}
    assert unfinished(root) == []


def test_what_a_dead_build_has_left_is_removed_and_what_a_living_one_needs_is_not(builds: Builds) -> None:
    root = builds.small.root
    dead, living = builds.start("dead"), builds.start("living")
    builds.wait("dead", "living")
    dead.kill()
    dead.communicate()
    before = unfinished(root)
    assert len(before) == 2
    builds.let("next")
    assert builds.end(builds.start("next")) == 0, builds.said
    (left,) = unfinished(root)
    assert left in before
    builds.let("living")
    assert builds.end(living) == 0, builds.said
    assert builders(root / "site") == {"living"}
    assert unfinished(root) == []


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_leaves_nothing(builds: Builds) -> None:
    process = builds.start("one")
    builds.wait("one")
    os.killpg(process.pid, signal.SIGINT)
    assert builds.end(process) != 0
    assert unfinished(builds.small.root) == []
    assert not (builds.small.root / "site").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="has no links without rights")
def test_a_link_as_the_sites_place_stays_one(
    small: SmallSite, tmp_path_factory: pytest.TempPathFactory
) -> None:
    target = tmp_path_factory.mktemp("elsewhere") / "www"
    (small.root / "site").symlink_to(target)
    assert small.build().returncode == 0
    assert (small.root / "site").is_symlink()
    assert (target / "zh/index.html").is_file()
    assert [path.name for path in target.parent.iterdir()] == ["www"]


def test_a_build_and_serve_keep_their_notebooks_apart(small: SmallSite, server: Server) -> None:
    post = small.root / "docs/en/blog/posts/post.md"
    text = post.read_text(encoding="utf-8").replace("One.", "See [the guide](../../guide/index.md).")
    post.write_text(text, encoding="utf-8")
    server.wait("notebooks/sample-note/", "See")
    assert small.build().returncode == 0
    small.write("en", "guide/first.md", "first", body="Changed.")
    server.wait("guide/first/", "Changed")
    assert "(../../guide/)" in server.get("notebooks/sample-note.ipynb")
    built = (small.root / "site/notebooks/sample-note.ipynb").read_text(encoding="utf-8")
    assert "(https://site.example/some/path/guide/)" in built
