"""The first of each term in a page's running text leads to the glossary, and nothing else does."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from conv1d_site.steps.finish.terms import link_terms, terms_of

EN = """
| English | 中文 | also called | what it is, and here |
|---|---|---|:---|
| **kernel**{ #kernel }, filter | 卷积核 |  | Its **weights** |
| **input channel**{ #input-channel } | 输入通道 |  | A row |
| **channel**{ #channel } | 通道 |  | A row |
| **stride**{ #stride }[^stride] | 步幅 |  | A step |
| **fan_in**{ #fan-in } | fan_in |  | Its inputs |
| **position**{ #length .common } | 位置 |  | A place |
| **token**, **embedding**{ #embedding } | 词元 |  | A piece |
"""
ZH = """
| 中文 | English |
|---|---|
| **卷积**{ #convolution } | convolution |
| **卷积核**{ #kernel }、滤波器 | kernel |
| **深度可分离<wbr>卷积**{ #separable } | separable |
| **汇聚**{ #pooling }（**池化**） | pooling |
| **fan_in**{ #fan-in } | fan_in |
"""


def linked(html: str, glossary: str = EN, address: str = "../glossary/") -> str:
    """The page with `[word|anchor]` in place of each link on a term."""
    made = link_terms(html, terms_of(glossary), address)
    link = rf'<a class="site-term" href="{re.escape(address)}#([\w-]+)">(.*?)</a>'
    return re.sub(link, r"[\2|\1]", made)


def test_the_names_in_bold_at_the_head_of_a_row_are_terms_unless_they_are_common_words() -> None:
    assert terms_of(EN) == {
        "kernel": "kernel",
        "input channel": "input-channel",
        "channel": "channel",
        "stride": "stride",
        "fan_in": "fan-in",
        "token": "embedding",
        "embedding": "embedding",
    }
    assert terms_of(ZH)["深度可分离卷积"] == "separable"
    assert terms_of(ZH)["汇聚"] == terms_of(ZH)["池化"] == "pooling"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sites_own_glossary_has_terms_and_its_rows_have_their_anchors(language: str) -> None:
    text = (ROOT / "docs" / language / "glossary.md").read_text(encoding="utf-8")
    terms = terms_of(text)
    assert len(terms) > 25
    assert set(terms.values()) <= set(re.findall(r"#([\w-]+)(?: \.common)? }", text))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Two kernels, one Kernel.</p>", "<p>Two [kernels|kernel], one Kernel.</p>"),
        (
            "<p>An input channel, a channel.</p>",
            "<p>An [input channel|input-channel], a [channel|channel].</p>",
        ),
        ("<p>subkernel kernel_size kernel-wise x.kernel</p>",) * 2,
        ("<p>A position, a filter.</p>", "<p>A position, a filter.</p>"),
        ("<p>An embedding of a token</p>", "<p>An [embedding|embedding] of a token</p>"),
        ("<h2>Stride</h2><p>stride</p>", "<h2>Stride</h2><p>[stride|stride]</p>"),
        ("<p><code>stride</code> <em>stride</em></p>", "<p><code>stride</code> <em>[stride|stride]</em></p>"),
        ('<p><img alt="stride"> stride</p>', '<p><img alt="stride"> [stride|stride]</p>'),
        ("<table><td>stride</td></table>stride", "<table><td>stride</td></table>[stride|stride]"),
        ('<a href="x/">the <b>stride</b></a> stride', '<a href="x/">the <b>stride</b></a> [stride|stride]'),
        ("<summary>stride</summary>stride", "<summary>stride</summary>[stride|stride]"),
        ("<!-- stride --><p>fan_in</p>", "<!-- stride --><p>[fan_in|fan-in]</p>"),
        ('<figure class="insync-interactive"><figcaption>stride</figcaption></figure>',) * 2,
        ('<span class="insync-number">stride</span>',) * 2,
        ("<math><mi>stride</mi></math>",) * 2,
    ],
)
def test_only_running_text_is_linked_once_for_each_term(html: str, expected: str) -> None:
    assert linked(html) == expected


def test_chinese_terms_are_found_without_word_boundaries_the_longest_first() -> None:
    html = "一个卷积核做卷积，深度可分离卷积先汇聚再池化，用fan_in算。"
    expected = "一个[卷积核|kernel]做[卷积|convolution]，[深度可分离卷积|separable]先[汇聚|pooling]再池化，"
    expected += "用[fan_in|fan-in]算。"
    assert linked(html, ZH) == expected


def test_a_term_that_the_page_links_itself_is_not_linked_again_below() -> None:
    own = '<p>A <a href="../glossary/#stride">step</a>.</p>'
    assert linked(f"{own}<p>stride</p>") == f"{own}<p>stride</p>"
    assert linked(f"<p>stride</p>{own}") == f"<p>[stride|stride]</p>{own}"
    elsewhere = '<a href="../padding/#stride">stride</a>'
    assert linked(f"{elsewhere} stride") == f"{elsewhere} [stride|stride]"


def test_without_a_glossary_the_page_stays_as_it_is() -> None:
    assert link_terms("<p>stride</p>", terms_of(""), "../glossary/") == "<p>stride</p>"
