"""Other languages beside the main one: built by the same command, each message told, no process left."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from small_site import ADDRESS, Page, add_hook

if TYPE_CHECKING:
    from small_site import Server, SmallSite

IN_CHINESE = """\
import os, signal, time
def on_env(env, config, **_):
    if config.theme["language"] == "zh":
"""


def test_messages_of_both_languages_are_told_and_warnings_counted_together(small: SmallSite) -> None:
    small.write("en", "guide/first.md", "first", body="[lost](lost.md)")
    small.write("zh", "guide/first.md", "first", body="[lost](verloren.md) [lost](gone.md)")
    result = small.build()
    assert result.returncode != 0
    told = [line for line in result.stderr.splitlines() if line.startswith("WARNING")]
    assert [re.findall(r"(\w+)\.md'", line)[-1] for line in told] == ["lost", "verloren", "gone"]
    assert "Aborted with 3 warnings in strict mode!" in result.stdout + result.stderr
    assert not (small.root / "site.partial").exists()


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_an_exception_in_the_other_language_is_told_with_its_place(
    small: SmallSite, quiet: tuple[str, ...]
) -> None:
    add_hook(small, IN_CHINESE + "        raise KeyError('no such thing')\n")
    result = small.build(*quiet)
    assert result.returncode != 0
    assert "no such thing" in result.stderr
    assert 'more.py", line 4, in on_env' in result.stderr
    assert not list(small.root.glob("site*/*"))


def test_the_end_of_the_other_languages_process_is_told(small: SmallSite) -> None:
    add_hook(small, IN_CHINESE + "        os.kill(os.getpid(), signal.SIGKILL)\n")
    result = small.build()
    assert result.returncode != 0
    assert re.search(r"mkdocs\.zh\.yml: the process .* ended .*-9", result.stderr)
    assert "Traceback" not in result.stderr
    assert not list(small.root.glob("site*/*"))


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_the_other_languages_process_ends_with_the_build(small: SmallSite, end: signal.Signals) -> None:
    add_hook(small, IN_CHINESE + "        print(os.getpid(), flush=True); time.sleep(3600)\n")
    process = subprocess.Popen(
        small.command("build"),
        cwd=small.root,
        env=small.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    child = int(process.stdout.readline())
    if end == signal.SIGINT:
        os.killpg(process.pid, end)  # as a terminal does
    else:
        process.send_signal(end)
    _, told = process.communicate(timeout=600)  # which waits until nobody holds the pipes any more
    assert told.count("Traceback") <= 1
    with contextlib.suppress(OSError):  # gone, or dead and not yet cleared away
        assert ") Z " in Path(f"/proc/{child}/stat").read_text(encoding="ascii")
    assert not list((small.root / "site").glob("*"))


def test_the_chinese_configuration_can_be_built_alone(small: SmallSite) -> None:
    result = small.build("-f", "mkdocs.zh.yml")
    assert result.returncode == 0, result.stderr
    assert not (small.root / "site").exists()
    [canonical] = Page(small.root / "site-zh/guide/first/index.html").all("link", rel="canonical")
    assert canonical["href"] == f"{ADDRESS}zh/guide/first/"
    small.write("zh", "index.md", "home", body="[dead](nowhere.md)")
    assert small.build("-f", "mkdocs.zh.yml").returncode != 0
    assert not list((small.root / "site-zh").glob("*"))


def test_serve_shows_both_languages_and_their_changes(small: SmallSite, server: Server) -> None:
    assert 'href="../../zh/guide/first/"' in server.wait("guide/first/", "Cross-correlation first")
    assert 'href="../../../guide/first/"' in server.wait("zh/guide/first/", "互相关 first")
    small.write("zh", "guide/first.md", "first", body="新的句子。")
    server.wait("zh/guide/first/", "新的句子")
    configuration = small.root / "mkdocs.zh.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(text.replace("site_name: 逐数看懂", "site_name: 逐字看懂"), encoding="utf-8")
    server.wait("zh/guide/first/", "逐字看懂")


def test_a_third_language_needs_only_its_pages_its_configuration_and_its_file(small: SmallSite) -> None:
    languages = small.root / "languages"
    shutil.copytree(ROOT / "scripts/conv1d_site/languages", languages)
    settings = small.root / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("scripts/conv1d_site/languages", "languages"), encoding="utf-8")

    text = (languages / "zh.toml").read_text(encoding="utf-8")
    text = re.sub(r"\[(avoid|search)\]\n.*?(?=\n\[)", "", text, flags=re.DOTALL)
    text = text.replace('checked = "', 'checked = "vérifié: ').replace("docs/zh", "docs/fr")
    text = re.sub(r"^tag = .*\n", "", text, flags=re.MULTILINE)
    text = text.replace("zh/", "fr/").replace("mkdocs.zh.yml", "mkdocs.fr.yml").replace("中文", "français")
    (languages / "fr.toml").write_text(f"complete = false\n{text}", encoding="utf-8")
    (small.root / "mkdocs.fr.yml").write_text(
        "INHERIT: mkdocs.yml\nsite_name: Conv1d\ndocs_dir: docs/fr\ntheme: {language: fr}\n", encoding="utf-8"
    )
    (small.root / "snippets/made.py").write_text("# %% one\nx = 1 / 4\n", encoding="utf-8")
    page = "# Accueil { #home }\n\n```snippet\nmade\n```\n\nSoit `{python} x`.\n\n"
    page += "```claim\nsays: Moins d'un.\nholds: x < 1\n```\n"
    (small.root / "docs/fr").mkdir()
    (small.root / "docs/fr/index.md").write_text(page, encoding="utf-8")

    result = small.build()
    assert result.returncode == 0, result.stderr
    french = (small.root / "site/fr/index.html").read_text(encoding="utf-8")
    assert ">0.25</a>" in french
    assert "vérifié: " in french
    for folder, here in (("", "fr/"), ("zh/", "../fr/"), ("fr/", "../zh/")):
        home = (small.root / "site" / folder / "index.html").read_text(encoding="utf-8")
        tag = "fr" if here.endswith("fr/") else "zh-Hans"
        assert f'<a href="{here}" hreflang="{tag}"' in home
