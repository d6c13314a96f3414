"""What languages cannot share, and what each must have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conv1d_site.steps.site_language import SiteLanguage
from conv1d_site.steps.together import missing_words, problems

WORDS = {"output": "Output", "cell": "after cell {cell} of {snippet}"}
EN = SiteLanguage("en", "English", Path("docs/en"), words=WORDS)
ZH = SiteLanguage("zh", "中文", Path("docs/zh"), "zh/", "mkdocs.zh.yml", words=WORDS)
FR = replace(ZH, code="fr", pages=Path("docs/fr"), folder="fr/", configuration="mkdocs.fr.yml")


def test_languages_that_go_together_are_well() -> None:
    assert list(problems([EN, ZH, FR])) == []
    assert list(problems([EN, ZH, replace(FR, folder="zh-TW/")])) == []
    assert list(problems([EN, replace(ZH, words=WORDS | {"more": "x"})])) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"folder": "zh/"}, "zh.toml and fr.toml: of the folders zh/ and zh/, one lies in the other"),
        ({"folder": "ZH/"}, "of the folders zh/ and ZH/"),
        ({"folder": "zh/tw/"}, "of the folders zh/ and zh/tw/, one lies in the other"),
        ({"folder": "../fr/"}, "fr.toml: the folder ../fr/ is none of the site's"),
        ({"folder": "/fr/"}, "the folder /fr/ is none"),
        ({"folder": ".fr/"}, "the folder .fr/ is none"),
        ({"folder": "fr//x/"}, "the folder fr//x/ is none"),
        ({"folder": "法/"}, "the folder 法/ is none"),
        ({"folder": "fr"}, "a language with a `configuration` has a `folder`, with a slash at its end"),
        ({"configuration": "", "folder": ""}, "fr.toml names no `configuration`, and neither does en.toml"),
        ({"configuration": "mkdocs.zh.yml"}, "zh.toml and fr.toml name the same `configuration`"),
        ({"pages": Path("docs/en")}, "en.toml and fr.toml: their `pages` are the same"),
        ({"pages": Path("docs/en/fr")}, "en.toml and fr.toml: their `pages` are the same, or lie in one"),
        ({"words": {}}, "fr.toml: [theme] has no `output`, `cell`"),
        ({"words": {"output": "Sortie"}}, "fr.toml: [theme] has no `cell`"),
        ({"words": WORDS | {"cell": "de {snippet}"}}, "`cell` is to have {cell} and {snippet}"),
        ({"words": WORDS | {"output": "{x}"}}, "`output` is to have no braces"),
    ],
)
def test_what_does_not_go_together_is_told_once(change: dict[str, object], said: str) -> None:
    (problem,) = problems([EN, ZH, replace(FR, **change)])  # type: ignore[arg-type]
    assert said in problem.message
    assert problem.advice


def test_the_main_language_lies_in_no_folder() -> None:
    (problem,) = problems([replace(EN, folder="en/"), ZH])
    assert problem.message == "en.toml: a language with a `folder` (en/) has a `configuration`"


def test_a_language_has_every_word_of_the_theme(tmp_path: Path) -> None:
    (tmp_path / "partials").mkdir()
    (tmp_path / "partials/a.html").write_text(
        "{{ words.output }} {{ config.extra.words.b }}", encoding="utf-8"
    )
    (problem,) = missing_words(EN, tmp_path)
    assert problem.message == "en.toml: [theme] has no `b`, which the theme says"
    assert not list(missing_words(replace(EN, words=WORDS | {"b": ""}), tmp_path))
