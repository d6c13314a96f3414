"""Which pages the site has is MkDocs' own answer, with its plugins, for the command line and for builds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from small_site import add_hook

from conv1d_site.generator import find_pages
from insync.problem import InsyncError
from insync.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from small_site import SmallSite

DRAFT = "date: 2021-09-28\ndraft: true\nnotebook: secret\n"
NUMBER = "Our secret is `{python made#one} a`."


@pytest.fixture
def small(tmp_path: Path) -> SmallSite:
    """A site with a snippet that one page shows."""
    from small_site import SmallSite

    site = SmallSite(tmp_path)
    (tmp_path / "snippets/made.py").write_text("# %% one\na = 0.5\n", encoding="utf-8")
    return site


def names(site: SmallSite, command: str = "build") -> set[str]:
    found = find_pages(read_settings(site.root), command)  # type: ignore[arg-type]
    return {path.relative_to(site.root / "docs").as_posix() for path in found}


def configure(site: SmallSite, line: str) -> None:
    configuration = site.root / "mkdocs.yml"
    configuration.write_text(configuration.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")


def test_all_ordinary_pages_are_found_in_every_language(small: SmallSite) -> None:
    found = names(small)
    assert {name.partition("/")[2] for name in found if name.startswith("en/")} == {
        name.partition("/")[2] for name in found if name.startswith("zh/")
    }
    assert {"en/index.md", "en/guide/first.md", "zh/blog/posts/post.md"} <= found


@pytest.mark.parametrize(
    ("hide", "name", "in_serve"),
    [
        (
            lambda site: site.write("en", "blog/posts/secret.md", "s", DRAFT, NUMBER),
            "blog/posts/secret.md",
            True,
        ),
        (lambda site: configure(site, "exclude_docs: hidden.md"), "hidden.md", False),
        (lambda site: configure(site, "draft_docs: hidden.md"), "hidden.md", True),
        (lambda site: site.write("en", ".#guide.md", "lock", body=NUMBER), ".#guide.md", False),
        (lambda site: site.write("en", ".folder/page.md", "copy", body=NUMBER), ".folder/page.md", False),
        (lambda site: site.write("en", "guide/README.md", "readme", body=NUMBER), "guide/README.md", False),
        (
            lambda site: add_hook(
                site,
                "def on_files(files, config):\n"
                "    if file := files.get_file_from_path('hidden.md'): files.remove(file)\n"
                "    return files\n",
            ),
            "hidden.md",
            False,
        ),
    ],
    ids=[
        "draft post",
        "excluded",
        "draft page",
        "lock file",
        "hidden folder",
        "second index",
        "removed by a hook",
    ],
)
def test_what_readers_are_not_shown_is_no_page(
    small: SmallSite,
    hide: Callable[[SmallSite], object],
    name: str,
    in_serve: bool,
) -> None:
    small.write("en", "hidden.md", "hidden", body=NUMBER)
    hide(small)
    assert f"en/{name}" not in names(small)
    assert (f"en/{name}" in names(small, "serve")) is in_serve


def test_a_page_that_is_only_left_out_of_the_navigation_is_a_page(small: SmallSite) -> None:
    small.write("en", "alone.md", "alone")
    configure(small, "not_in_nav: alone.md")
    assert "en/alone.md" in names(small)


def test_asking_begins_no_blog_and_one_that_a_build_has_begun_is_nobodys_page(small: SmallSite) -> None:
    shutil.rmtree(small.root / "docs/en/blog")
    assert not [name for name in names(small) if name.startswith("en/blog/")]
    assert not (small.root / "docs/en/blog").exists()
    assert small.build().returncode == 0
    assert (small.root / "docs/en/blog/index.md").is_file(), "else the blog plugin does it no more"
    assert "en/blog/index.md" not in names(small)
    assert small.build().returncode == 0


def test_linked_folders_are_followed_and_odd_names_are_pages(small: SmallSite) -> None:
    (small.root / "shared").mkdir()
    (small.root / "shared/more.md").write_text("# M { #m }\n", encoding="utf-8")
    (small.root / "docs/zh/shared").symlink_to("../../shared")
    small.write("zh", "有 空格 # 100%/页.md", "odd")
    assert {"zh/shared/more.md", "zh/有 空格 # 100%/页.md"} <= names(small)


def test_what_mkdocs_does_not_understand_is_told_with_its_file(small: SmallSite) -> None:
    configure(small, "exclude_docs: [1, 2]")
    with pytest.raises(InsyncError, match=r"(?s)mkdocs\.yml.*exclude_docs"):
        names(small)


def test_a_language_whose_two_files_name_two_folders_is_refused(small: SmallSite) -> None:
    configuration = small.root / "mkdocs.zh.yml"
    text = configuration.read_text(encoding="utf-8").replace("docs_dir: docs/zh", "docs_dir: docs/en")
    configuration.write_text(text, encoding="utf-8")
    with pytest.raises(InsyncError, match=r"mkdocs\.zh\.yml: `docs_dir` is .*docs/en"):
        names(small)


def test_a_draft_is_in_no_list_and_no_notebook_and_does_not_stop_the_build(small: SmallSite) -> None:
    for language in ("en", "zh"):
        small.write(language, "blog/posts/secret.md", "unannounced", DRAFT, NUMBER.replace("a`", "no_such`"))
        small.write(
            language, "list.md", "list", body="It is `{python made#one} a`.\n\n```numbers\npublished\n```"
        )
    result = small.build()
    assert result.returncode == 0, result.stderr
    published = [
        path for path in (small.root / "site").rglob("*") if path.suffix in {".html", ".ipynb", ".json"}
    ]
    assert not [path for path in published if re.search("unannounced|secret", path.read_text("utf-8"))]
    assert not list((small.root / "site").rglob("secret*"))


def test_the_command_line_sees_what_a_build_sees(small: SmallSite) -> None:
    small.write("en", "hidden.md", "hidden", body="`{python gone#one} a`")
    configure(small, "exclude_docs: hidden.md")
    command = [sys.executable, "-m", "insync", "check", "--json"]
    done = subprocess.run(command, cwd=small.root, env=small.environment(), capture_output=True, text=True)
    assert "hidden" not in json.dumps(json.loads(done.stdout))
