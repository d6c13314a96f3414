"""Words that a language avoids: wherever its readers would meet them."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from insync.publishing.terms import term_problems
from insync.settings import read_settings

if TYPE_CHECKING:
    from conftest import Site

PAGE = """
    ---
    title: "和：`{python made#one} x`"
    ---

    # 和 { #sum }

    [指南](guide/page.md#top)说明了原因；![条形图](bars.svg)画出了它。

    ```claim
    made#one
    says: 它是正数。
    holds: x > 0
    ```
"""
AVOIDED = read_settings(ROOT).language("zh").avoid
# What a word is found in, where it is one only between certain others.
SENTENCES = {
    "层": "通过，层要的是通道在前",
    "数却": "形状对，数却不对",
    "构造": "构造时就报错",
    "新建": "新建的层",
}
Complain = Callable[..., list[str]]


@pytest.fixture
def complain(site: Site) -> Complain:
    """What is said of a page in Chinese."""

    def find(page: str = PAGE, language: str = "zh") -> list[str]:
        site.page(dedent(page).lstrip("\n"), language=language)
        site.project.scan()
        return [str(problem) for problem in term_problems(site.project)]

    return find


def test_a_page_in_the_sites_words(complain: Complain) -> None:
    assert complain() == []


def test_a_name_that_others_use_may_be_told_as_such(complain: Complain) -> None:
    assert complain(PAGE.replace("说明了原因", "说明了步幅（又译步长）")) == []


@pytest.mark.parametrize(("avoided", "better"), AVOIDED.items())
def test_the_glossarys_words_are_used(complain: Complain, avoided: str, better: str) -> None:
    word = re.sub(r"\(\?<?[!=][^)]*\)", "", avoided)
    (found,) = complain(PAGE.replace("说明了原因", SENTENCES.get(word, f"说明了{word}")))
    assert found.startswith(f"docs/zh/page.md:7: {word} is not this site's word")
    assert f"Write {better}, or mark the word" in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title: "和', 'title: "步长'),
        ("# 和 {", "# 步长 {"),
        ("![条形图]", "![步长]"),
        ("说明了原因", "（步长）"),
        ("它是正数。", "步长。"),
    ],
)
def test_wherever_they_stand(complain: Complain, old: str, new: str) -> None:
    assert len(complain(PAGE.replace(old, new))) == 1


def test_an_avoided_word_may_be_quoted_or_stand_in_code(complain: Complain) -> None:
    more = "\n    旧称 `{quoted 旧称} 步长`。\n\n    ```text\n    步长\n    ```\n"
    assert complain(PAGE + more) == []


def test_english_pages_may_say_what_they_like(complain: Complain) -> None:
    assert complain(PAGE.replace("说明了原因", "步长"), "en") == []


def test_what_the_repository_says_in_a_language_is_held_too(complain: Complain, site: Site) -> None:
    site.write("README.zh.md", "# 说明 { #a }\n\n一个步长。\n")
    site.write("README.md", "步长\n")
    (found,) = complain()
    assert found.startswith("README.zh.md:3: 步长 is not this site's word")


def test_so_are_the_texts_of_figures(complain: Complain, monkeypatch: pytest.MonkeyPatch) -> None:
    from conv1d_site.figures import FIGURES

    monkeypatch.setitem(FIGURES["shape-machine"].texts, "stride", {"en": "步长", "zh": "步长 s"})
    (found,) = complain()
    assert found.startswith("步长 is not this site's word (`stride` of the figure shape-machine)")


def test_what_only_looks_like_one_is_let_pass(complain: Complain) -> None:
    innocent = "卷积核长什么样，卷积核大小，最后一层要的，同一层给的，个数却变了"
    assert complain(PAGE.replace("说明了原因", innocent)) == []
