"""One source of settings: what it may say, what holds without it, and who reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from conftest import ROOT, write_settings
from markdown import Markdown

from insync.problem import InsyncError
from insync.publishing.cli import main
from insync.rendering.extension import PageError
from insync.rendering.shared import shared_project
from insync.rendering.words import words_of
from insync.settings import Language, Limits, find_root, read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site


def write(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def message(folder: Path) -> str:
    with pytest.raises(InsyncError) as caught:
        read_settings(folder)
    return str(caught.value)


# --- What they say -----------------------------------------------------------------------------------------


def test_without_a_table_one_language_has_its_pages_in_docs(tmp_path: Path) -> None:
    settings = read_settings(tmp_path)
    assert settings.languages == (Language("", tmp_path / "docs"),)
    assert (settings.snippets, settings.limits) == (tmp_path / "snippets", Limits(60, 1_000_000))
    assert settings.cache == tmp_path / ".cache" / "insync"


def test_the_sites_own_are_two_languages_and_the_source_comes_first() -> None:
    settings = read_settings(ROOT)
    assert [language.code for language in settings.languages] == ["en", "zh"]
    assert settings.pages == (ROOT / "docs/en", ROOT / "docs/zh")
    assert settings.language("zh").avoid["信道"] == "通道"
    assert settings.language_of(ROOT / "docs/zh/guide/page.md").code == "zh"


def test_limits_folders_and_figures_can_be_set(tmp_path: Path) -> None:
    write(
        tmp_path,
        "[tool.insync]\ntime_limit = 2.5\noutput_limit = 10\n"
        'snippets = "code"\ncache = "kept"\nfigures = "x.y"\n',
    )
    settings = read_settings(tmp_path)
    assert settings.limits == Limits(2.5, 10)
    assert (settings.snippets, settings.cache) == (tmp_path / "code", tmp_path / "kept")
    assert settings.figures == "x.y"


def test_a_third_language_is_a_file(tmp_path: Path) -> None:
    write_settings(tmp_path)
    write(tmp_path, 'pages = "docs/fr"\nname = "français"\n', "languages/fr.toml")
    settings = read_settings(tmp_path)
    assert [language.code for language in settings.languages] == ["en", "fr", "zh"]
    assert settings.language("fr").more == {"name": "français"}


# --- What is not understood --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[tool.insync]\ntime_limt = 2\n",
            "[tool.insync] has no `time_limt`\n  What to do: Did you mean `time_limit`?",
        ),
        ('[tool.insync]\ntime_limit = "long"\n', "Expected `float`, got `str` - at `$.time_limit`"),
        ("[tool.insync]\ntime_limit = 0\n", "`time_limit`"),
        ("[tool.insync]\noutput_limit = -1\n", "`output_limit`"),
        ("[tool.insync\n", "the file cannot be read"),
        ('[tool.insync]\nlanguages = "languages"\nsource = "de"\n', "has no de.toml"),
        ('[tool.insync]\nlanguages = "nowhere"\nsource = "en"\n', "has no en.toml"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, 'pages = "docs/en"\n', "languages/en.toml")
    write(tmp_path, text)
    assert says in message(tmp_path)
    assert "pyproject.toml" in message(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('name = "français"\n', "the language has no folder of pages"),
        ("pages = 3\n", "the language has no folder of pages"),
        ('pages = "docs/fr"\navoid = ["a"]\n', "Expected `object`, got `array` - at `$.avoid`"),
        ('pages = "docs/fr"\n[words]\nfact = 1\n', "Expected `str`, got `int`"),
        ("\ud800", "the file cannot be read"),
    ],
)
def test_a_languages_file_too(tmp_path: Path, text: str, says: str) -> None:
    write_settings(tmp_path)
    (tmp_path / "languages/fr.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert says in message(tmp_path)
    assert "languages/fr.toml" in message(tmp_path)


def test_a_languages_words_are_all_there_or_none(tmp_path: Path) -> None:
    french = Language("fr", tmp_path, words={"fact": "Quoi"})
    with pytest.raises(InsyncError, match=r"\[words\] of the language `fr` has no `problem`"):
        words_of(french)
    with pytest.raises(InsyncError, match="unknown `fakt`"):
        words_of(Language("fr", tmp_path, words={"fakt": "Quoi"}))
    assert words_of(Language("fr", tmp_path)).total == "All"


def test_a_language_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = write_settings(tmp_path)
    with pytest.raises(InsyncError, match="there is no language `fr`"):
        settings.language("fr")
    with pytest.raises(PageError, match="there is no language `fr`"):
        Markdown(
            extensions=["insync"], extension_configs={"insync": {"root": str(tmp_path), "language": "fr"}}
        )


# --- Who reads them ----------------------------------------------------------------------------------------


def test_the_command_line_keeps_to_the_limit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings(site.root, time_limit=1)
    site.snippet("# %% one\nimport time\ntime.sleep(3600)\n")
    site.page("```snippet\nmade\n```\n")
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 1
    assert "still running after 1 s and was stopped" in result.stderr


def test_the_extension_says_where_a_limit_is_set(tmp_path: Path) -> None:
    with pytest.raises(
        PageError, match=r"no option `time_limit`\n  What to do: Settings stand in pyproject.toml"
    ):
        Markdown(extensions=["insync"], extension_configs={"insync": {"time_limit": 5}})


def test_settings_that_change_make_another_project(tmp_path: Path) -> None:
    write_settings(tmp_path)
    (tmp_path / "snippets").mkdir()
    first = shared_project(tmp_path)
    assert shared_project(tmp_path) is first
    write_settings(tmp_path, time_limit=7)
    assert shared_project(tmp_path).settings.limits.seconds == 7
    assert shared_project(tmp_path) is not first


def test_a_project_is_found_from_any_folder_inside(tmp_path: Path) -> None:
    inside = tmp_path / "docs" / "en"
    inside.mkdir(parents=True)
    assert find_root(inside) is None
    (tmp_path / "snippets").mkdir()
    assert find_root(inside) == tmp_path
    write(inside.parent, "[tool.insync]\n")
    assert find_root(inside) == inside.parent
