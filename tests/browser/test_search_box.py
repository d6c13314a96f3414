"""The search's box and its results as readers meet them: keys, input methods, where a result leads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from searching import open_box, search_may_open

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LANGUAGES = pytest.mark.parametrize("folder", ["", "zh/"], ids=["en", "zh"])
META = ".md-search-result__meta"
ITEM = ".md-search-result__item"
LINK = ".md-search-result__link"
NOTHING_HERE = {"": "On no page: “flurbification”.", "zh/": "全站没有“flurbification”。"}
NOT_LISTED = {"": "This message is not in the list of messages here.", "zh/": "本站的报错列表里没有这一条。"}


@pytest.mark.parametrize(
    ("folder", "question", "place", "of"),
    [
        ("", "checkerboard", "guide/transposed/", "ConvTranspose1d"),
        ("zh/", "上采样的棋盘效应", "zh/guide/transposed/", "ConvTranspose1d"),
    ],
    ids=["en", "zh"],
)
def test_a_hit_leads_to_the_section_with_the_name_of_its_page_beside_it(
    site: Site, page: Page, folder: str, question: str, place: str, of: str
) -> None:
    box = open_box(page, site.address + folder)
    box.fill(question)
    hit = page.locator(ITEM).first
    expect(hit.locator("mark").first).to_be_attached()
    expect(hit.locator(".site-search__page")).to_contain_text(of)
    box.press("Enter")
    page.wait_for_url(re.compile(re.escape(site.address + place) + r"\?h=.+#checkerboard"))
    expect(page.locator("#checkerboard")).to_be_in_viewport()
    expect(page.locator("#checkerboard mark").first).to_be_visible()


def test_arrows_go_through_the_results_and_escape_leaves(site: Site, page: Page) -> None:
    box = open_box(page, site.address)
    box.fill("receptive field")
    expect(page.locator(ITEM).nth(2)).to_be_visible()
    box.press("ArrowDown")
    expect(page.locator(LINK).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    second = page.locator(LINK).nth(1)
    expect(second).to_be_focused()
    address = second.evaluate("link => link.href")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(re.escape(address.partition("?")[0])))
    box = open_box(page, site.address)
    box.press("Escape")
    expect(box).not_to_be_focused()


@LANGUAGES
def test_an_unknown_word_is_told_to_screen_readers_too(site: Site, page: Page, folder: str) -> None:
    box = open_box(page, site.address + folder)
    told = page.get_by_role("status").and_(page.locator(META))
    box.fill("flurbification")
    expect(told).to_have_text(NOTHING_HERE[folder])
    expect(page.locator(ITEM)).to_have_count(0)
    box.fill("flurbification padding")
    expect(told).to_contain_text(NOTHING_HERE[folder])
    expect(page.locator(ITEM).nth(2)).to_be_attached()
    box.fill("padding")
    expect(told).to_have_text(re.compile(r"^(\d+ sections|找到 \d+ 节)$"))


@LANGUAGES
def test_an_unknown_message_is_told_and_led_to_ones_own_network(site: Site, page: Page, folder: str) -> None:
    box = open_box(page, site.address + folder)
    page.keyboard.insert_text("RuntimeError: the flux capacitor of layer 2 has not been charged")
    expect(page.locator(META)).to_contain_text(NOT_LISTED[folder])
    led = page.locator(f"{LINK}[href$='/trace/']")
    if (site.folder / folder / "trace" / "index.html").exists():
        expect(led).to_have_count(1)
        box.press("Enter")
        page.wait_for_url(site.address + folder + "trace/")
    else:
        expect(led).to_have_count(0)


def test_what_a_hit_lacks_is_said_and_it_shows_none_of_that(site: Site, page: Page) -> None:
    box = open_box(page, site.address + "zh/")
    for question in ("感受野 混叠 量化", "填充 梯度", "心电信号"):
        box.fill(question)
        expect(page.locator(ITEM).nth(2)).to_be_attached()
        expect(page.locator(META)).to_have_text(re.compile(r"^找到 \d+ 节$"))
        for hit in page.locator(ITEM).all():
            shown = hit.locator("mark").all_inner_texts()
            lacking = hit.locator("del").all_inner_texts()
            assert not set(shown) & set(lacking)


# A section and a word in it that is to be seen nowhere on the page until something is unfolded.
WITHIN_FOLDS = """() => {
  const page = document.querySelector(".md-content__inner")
  const shown = page.innerText.toLowerCase()
  const headings = [...page.querySelectorAll(":is(h2, h3)[id]")]
  for (const paragraph of page.querySelectorAll("details:not([open]) p:not(.admonition-title)")) {
    const before = headings.filter(each => paragraph.compareDocumentPosition(each) & 2).at(-1)
    // Of its own text: a mark does not go over the edge of a link.
    const own = [...paragraph.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join(" ")
    const words = own.toLowerCase().match(/\\b[a-z]{6,}\\b|\\p{sc=Han}{4}/gu) ?? []
    const word = words.find(each => !shown.includes(each))
    if (before && word) return [before.id, word]
  }
}"""


@LANGUAGES
def test_words_inside_a_fold_are_marked_and_shown(site: Site, page: Page, folder: str) -> None:
    page.goto(site.address + folder + "guide/formula/")
    anchor, word = page.evaluate(WITHIN_FOLDS)
    page.goto(f"{site.address}{folder}guide/formula/?h={word}#{anchor}")
    expect(page.locator("article mark", has_text=word).first).to_be_visible()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("zh/guide/receptive-field/?h=感受野+膨胀率", {"感受野", "膨胀率"}),
        ("guide/padding/?h=causal+padding", {"causal", "padding"}),
        ("guide/shapes/?h=in", {"in"}),
    ],
)
def test_the_page_marks_whole_words(site: Site, page: Page, address: str, shown: set[str]) -> None:
    page.goto(site.address + address)
    marks = page.locator("article mark[data-md-highlight]")
    expect(marks.first).to_be_attached()
    assert {text.lower() for text in marks.all_text_contents()} == shown


def test_marks_change_with_the_question_and_go_with_the_page(site: Site, page: Page) -> None:
    box = open_box(page, site.address)
    marks = page.locator("article mark[data-md-highlight]")
    for question, word in (("checkerboard", "checkerboard"), ("output_padding limit", "output_padding")):
        search_may_open(page)
        box.click()
        box.fill(question)
        page.locator(LINK, has=page.locator("mark", has_text=word)).first.click()
        expect(marks.filter(has_text=word).first).to_be_attached()
    expect(marks.filter(has_text="checkerboard")).to_have_count(0)
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(re.compile(r"/[^?]*$"))
    expect(marks).to_have_count(0)


ODD = (
    " ",
    "a",
    "量",
    "x" * 500,
    "卷" * 500,
    "why " * 120,
    "🙂",
    "🙂 padding",
    "Ｃｏｎｖ１ｄ",
    '"padding',
    '"',
    '""',
    "*",
    "pad*",
    ":",
    "title:",
    "title:padding",
    "nosuchfield:padding",
    "~",
    "padding~1",
    "padding^10",
    "+",
    "-",
    "+padding",
    "-padding",
    "--",
    "a-b",
    "感受野 receptive field",
    "-填充",
    "title:填充",
    "<b>padding</b>",
    "&lt;script&gt;",
    "constructor",
    "__proto__ toString",
    "\\",
    "(((",
    "[^]*",
    "3",
    "65536",
    "0.1234 5",
    "√",
    "é",
    "עברית",
    "padding\u200bsame",
)


@LANGUAGES
def test_odd_questions_do_no_harm(site: Site, page: Page, folder: str) -> None:
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda message: message.type in {"error", "warning"} and failures.append(message.text))
    box = open_box(page, site.address + folder)
    told = page.locator(META)
    for question in ODD:
        box.fill("flurbification")
        expect(told).to_have_text(NOTHING_HERE[folder])
        box.fill(question)
        expect(told).not_to_contain_text("flurbification")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), question
    box.fill("flurbification")
    box.fill("padding")  # it still answers
    expect(page.locator(ITEM).first).to_contain_text("padding", ignore_case=True)
    box.fill("")
    expect(page.locator(ITEM)).to_have_count(0)
    assert failures == []


def test_letters_of_an_input_method_are_no_question(site: Site, page: Page) -> None:
    box = open_box(page, site.address + "zh/")
    told = page.locator(META)
    box.fill("填充")
    expect(told).to_contain_text("找到")
    before = told.inner_text()
    box.fill("")
    expect(page.locator(ITEM)).to_have_count(0)
    placeholder = told.inner_text()
    assert placeholder != before
    session = page.context.new_cdp_session(page)
    for typed in ("g", "ga", "gan", "gan s", "gan shou"):
        session.send(
            "Input.imeSetComposition",
            {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)},
        )
        session.send(
            "Input.dispatchKeyEvent", {"type": "keyUp", "key": "Process", "windowsVirtualKeyCode": 229}
        )
        expect(box).to_have_value(typed)
    expect(told).to_have_text(placeholder)
    session.send("Input.insertText", {"text": "感受野"})  # chosen with the mouse: no key goes up
    expect(box).to_have_value("感受野")
    expect(page.locator(ITEM).first).to_contain_text("感受野")


@LANGUAGES
def test_a_question_in_the_address_is_asked(site: Site, page: Page, folder: str) -> None:
    page.goto(f"{site.address}{folder}guide/?q=padding+same")
    expect(page.locator(ITEM).first).to_be_visible()
    expect(page.locator("input.md-search__input")).to_have_value("padding same")


def test_the_search_needs_no_network_once_it_is_there(site: Site, page: Page) -> None:
    box = open_box(page, site.address)
    box.fill("padding")
    expect(page.locator(ITEM).first).to_be_visible()
    page.context.set_offline(True)
    box.fill("receptive field")
    expect(page.locator(ITEM).first).to_contain_text("receptive field", ignore_case=True)
    page.context.set_offline(False)


def test_hits_lead_right_from_pages_that_were_reached_without_loading(site: Site, page: Page) -> None:
    page.goto(site.address + "guide/")
    page.evaluate("window.stayed = true")
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(re.compile(r"/guide/[\w-]+/$"))
    search_may_open(page)
    box = page.locator("input.md-search__input")
    box.click()
    box.fill("checkerboard")
    expect(page.locator(ITEM).first).to_be_visible()
    box.press("Enter")
    page.wait_for_url(re.compile(re.escape(site.address) + r"guide/transposed/\?h=.*#checkerboard"))
    expect(page.locator("article mark").first).to_be_attached()
    assert page.evaluate("window.stayed") is True
