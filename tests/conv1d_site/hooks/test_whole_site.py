"""A site is whole or not there, whatever goes wrong in either language; under `serve` it heals."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from small_site import Server

if TYPE_CHECKING:
    from pathlib import Path

    from small_site import SmallSite


BROKEN = {
    "a dead link": ("See [this](nowhere.md).", "nowhere.md"),
    "a dead anchor": ("See [this](guide/first.md#nowhere).", "#nowhere"),
    "an unknown macro": ("See $\\foo$.", r"\foo"),
    "an unknown snippet": ("```snippet\nnowhere#cell\n```", "nowhere"),
}


@pytest.mark.parametrize(
    ("language", "reason"),
    [("en", "a dead link"), ("en", "an unknown macro"), *(("zh", each) for each in BROKEN)],
)
def test_a_fault_in_either_language_leaves_no_site(small: SmallSite, language: str, reason: str) -> None:
    body, named = BROKEN[reason]
    small.write(language, "index.md", "home", body=body)
    (small.root / "site").mkdir()
    (small.root / "site/index.html").write_text("the site of yesterday", encoding="utf-8")
    result = small.build()
    assert result.returncode != 0
    assert "index.md" in result.stderr
    assert named in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(small.root.glob("site*/*"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_fault_ends_a_quiet_build_too(small: SmallSite, language: str) -> None:
    small.write(language, "index.md", "home", body="See [this](nowhere.md).")
    result = small.build("--quiet")
    assert result.returncode != 0
    assert "nowhere.md" in result.stderr
    assert "INFO" not in result.stderr
    assert not (small.root / "site/index.html").exists()


def test_a_formula_is_named_with_its_line(small: SmallSite) -> None:
    small.write("zh", "guide/first.md", "first", body="One.\n\nTwo $\\foo$.")
    assert re.search(r"guide/first\.md:9: .*\\foo", small.build().stderr)


def test_a_killed_build_leaves_no_site(small: SmallSite) -> None:
    assert small.build().returncode == 0
    hook = small.root / "slow.py"
    hook.write_text(
        "import time\ndef on_env(env, **_):\n    print('now', flush=True); time.sleep(3600)\n",
        encoding="utf-8",
    )
    configuration = small.root / "mkdocs.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(text.replace("hooks:\n", "hooks:\n  - slow.py\n"), encoding="utf-8")
    process = subprocess.Popen(
        small.command("build"), cwd=small.root, env=small.environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "now\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not list((small.root / "site").glob("*"))
    configuration.write_text(text, encoding="utf-8")
    assert small.build().returncode == 0
    assert (small.root / "site/zh/index.html").is_file()
    assert not (small.root / "site.partial").exists()


def test_the_site_can_go_elsewhere(small: SmallSite, tmp_path: Path) -> None:
    target = tmp_path / "else where"
    assert small.build("-d", str(target)).returncode == 0
    assert (target / "zh/guide/first/index.html").is_file()
    assert not (small.root / "site").exists()


def test_hidden_files_of_the_target_stay(small: SmallSite) -> None:
    # A worktree of the branch that is published, say.
    (small.root / "site").mkdir()
    (small.root / "site/.git").write_text("gitdir: elsewhere", encoding="utf-8")
    (small.root / "site/old.html").write_text("old", encoding="utf-8")
    assert small.build().returncode == 0
    assert (small.root / "site/.git").is_file()
    assert not (small.root / "site/old.html").exists()
    assert (small.root / "site/index.html").is_file()
    assert (small.root / "site/zh/index.html").is_file()


@pytest.mark.parametrize("command", ["build", "serve"])
def test_dirty_is_refused_for_the_numbers_that_it_would_keep(small: SmallSite, command: str) -> None:
    assert small.build().returncode == 0
    before = (small.root / "site/index.html").read_bytes()
    result = subprocess.run(
        [*small.command(command), "--dirty"],
        cwd=small.root,
        env=small.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "--dirty would keep pages whose numbers have changed" in result.stderr
    assert "Traceback" not in result.stderr
    assert (small.root / "site/index.html").read_bytes() == before


@pytest.fixture
def own_theme(small: SmallSite) -> Path:
    """The site's own copy of the theme, which may be changed."""
    theme = small.root / "docs/theme"
    theme.unlink()
    shutil.copytree(ROOT / "docs/theme", theme)
    return theme


def test_serve_survives_faults_and_heals(small: SmallSite, server: Server) -> None:
    server.wait("zh/", "互相关 home")
    # One that stands on its page,
    small.write("en", "index.md", "home", body="A formula: $\\foo$, and the rest.")
    assert "and the rest" in server.wait("", "cannot render this formula")
    # one that keeps the Chinese site from being built,
    post = small.root / "docs/zh/blog/posts/post.md"
    good = post.read_text(encoding="utf-8")
    post.write_text(good.replace("开源代码学习笔记", "新分类"), encoding="utf-8")
    server.wait("zh/", "has no address")
    server.wait("guide/first/", "Cross-correlation first")
    # and one that keeps everything from being built.
    configuration = small.root / "mkdocs.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(text + "\nplugins: [nowhere]\n", encoding="utf-8")
    server.wait("guide/first/", "Not built")
    post.write_text(good, encoding="utf-8")
    configuration.write_text(text, encoding="utf-8")
    small.write("en", "index.md", "home", body="Mended.")
    server.wait("", "Mended")
    server.wait("zh/", "互相关 home")
    server.wait("guide/first/", "Cross-correlation first")


def test_serve_clean_shows_what_a_build_would_and_what_is_saved(small: SmallSite) -> None:
    server = Server(small, "--clean")
    try:
        server.wait("zh/", "互相关 home")
        for text in ("Saved once.", "Saved again."):
            small.write("en", "index.md", "home", body=text)
            server.wait("", text)
        server.wait("zh/", "互相关 home")
    finally:
        server.process.terminate()
        server.process.wait(600)


def test_a_saved_style_sheet_is_served_without_a_build(
    small: SmallSite, own_theme: Path, server: Server
) -> None:
    server.wait("zh/", "互相关 home")
    sheet, script = (
        own_theme / f"assets/{each}" for each in ("stylesheets/site.css", "javascripts/figures/kit.js")
    )
    for path in (sheet, script):
        address = path.relative_to(own_theme).as_posix()
        text = path.read_text(encoding="utf-8") + "/* 保存了 */\n"
        path.write_text(text, encoding="utf-8", newline="")
        for folder in ("", "zh/"):
            server.wait(folder + address, "保存了")
            assert server.get(folder + address) == text
    said = server.log.read_text(encoding="utf-8")
    assert "Published as it is: docs/theme/assets/stylesheets/site.css" in said.replace("\\", "/")
    assert said.count("Building documentation") == 1
    # With anything else, and where there is a new one, the site is built.
    sheet.write_text("/* both */", encoding="utf-8")
    small.write("zh", "index.md", "home", body="一起保存的。")
    server.wait("zh/", "一起保存的")
    assert (
        server.get("zh/assets/stylesheets/site.css")
        == server.get("assets/stylesheets/site.css")
        == "/* both */"
    )
    (own_theme / "assets/new.css").write_text("/* new */", encoding="utf-8")
    server.wait("zh/assets/new.css", "new")
    assert server.log.read_text(encoding="utf-8").count("Building documentation") == 3


def test_a_style_sheet_that_a_snippet_reads_is_no_copy(
    small: SmallSite, own_theme: Path, server: Server
) -> None:
    server.wait("zh/", "互相关 home")
    sheet = own_theme / "assets/stylesheets/site.css"
    code = "# %% one\nsize = len(open('../docs/theme/assets/stylesheets/site.css').read())\n"
    (small.root / "snippets/reader.py").write_text(code, encoding="utf-8")
    small.write(
        "en", "index.md", "home", body="```snippet\nreader#one\n```\n\nIt has `{python} size` letters."
    )
    small.write("zh", "index.md", "home", body="```snippet\nreader#one\n```\n\n它有 `{python} size` 个字。")
    server.wait("zh/", "个字")
    sheet.write_text("x" * 4321, encoding="utf-8")
    server.wait("zh/", "4321")
