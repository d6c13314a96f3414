"""Two languages, one site: a pair of pages that agree, and one pair for each way to differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from insync.pages.scan import scan_text
from insync.project.project import Project
from insync.publishing.parity import digest, items, note_translations, parity, translated_from
from insync.settings import read_settings

if TYPE_CHECKING:
    from conftest import Site

    from insync.problem import Problem

ENGLISH = """
    ---
    title: "The sum `{python made#one} x`"
    date: 2021-09-27
    tags: [sums]
    ---

    # The sum { #sum }

    The sum is `{python made#one} x` and [the guide](guide/page.md#top) says why; ![bars](bars.svg) shows it.
    `{quoted the note of 2021} 0.2545`

    ```snippet
    made#one
    show: code
    title: The code
    note: x = 1 => the line
    ```

    ## Twice { #twice }

    Then `{python} x + x` and `{python made#two} y:.2f`, as <https://example.org/a> has it.

    ```claim
    made#two
    says: It is positive.
    holds: y > 0
    ```
"""
CHINESE = """
    ---
    title: "和：`{python made#one} x`"
    date: 2021-09-27
    tags: [求和]
    ---

    # 和 { #sum }

    和为 `{python made#one} x`。
    [指南](guide/page.md#top)说明了原因；![条形图](bars.svg)画出了它。
    `{quoted 2021 年的笔记} 0.2545`

    ```snippet
    made#one
    show: code
    title: 代码
    note: x = 1 => 这一行
    ```

    ## 两倍 { #twice }

    接着是 `{python} x + x` 与 `{python made#two} y:.2f`，见 <https://example.org/a>。

    ```claim
    made#two
    says: 它是正数。
    holds: y > 0
    ```
"""
Complain = Callable[..., list[str]]


@pytest.fixture
def complain(site: Site) -> Complain:
    """What parity says of a pair of pages; the translation is noted, so that only their contents count."""

    def find(
        english: str | None = ENGLISH, chinese: str | None = CHINESE, *, noted: bool = True
    ) -> list[str]:
        if english is not None:
            english = dedent(english).lstrip("\n")
            site.page(english)
        if chinese is not None:
            chinese = dedent(chinese).lstrip("\n")
            if noted and english is not None:
                mark = f'translation_of: "{digest(scan_text(site.root, english))}"\n'
                front = chinese.startswith("---\n")
                chinese = f"---\n{mark}{chinese[4:]}" if front else f"---\n{mark}---\n\n{chinese}"
            site.page(chinese, language="zh")
        site.project.scan()
        return [str(problem) for problem in parity(site.project)]

    return find


def test_a_pair_that_agrees(complain: Complain) -> None:
    assert complain() == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# 和 { #sum }", "# 和 { #he }", "the heading is # { #he }; in docs/en/page.md:7 it is # { #sum }"),
        ("## 两倍 {", "### 两倍 {", "the heading is ### { #twice }"),
        ("## 两倍 { #twice }\n", "", "the heading ## { #twice } has no counterpart in docs/zh/page.md"),
        ("made#one\n    show", "made#two\n    show", "the fence is `snippet made#two show: code title: note"),
        ("made#one\n    show", "made\n    show", "the fence is `snippet made show"),
        ("show: code", "show: both", "the fence is `snippet made#one show: both"),
        ("    title: 代码\n", "", "the fence is `snippet made#one show: code note: x = 1`"),
        ("note: x = 1 =>", "note: x =>", "the fence is `snippet made#one show: code title: note: x`"),
        ("holds: y > 0", "holds: y >= 0", "the fence is `claim made#two says: holds: y >= 0`"),
        ("```claim", "```snippet", "the fence is `snippet made#two says: 它是正数。 holds: y > 0`"),
        ("`{python made#one} x`。", "。", "the number is `{python made#one} x + x`"),
        ("`{python} x + x`", "`{python} x * 2`", "the number is `{python made#one} x * 2`"),
        ("made#two} y:.2f", "made#one} y:.2f", "the number is `{python made#one} y:.2f`"),
        ("y:.2f", "y:.3f", "the number is `{python made#two} y:.3f`"),
        ("made#one} x`\"", "made#two} x`\"", "the number is `{python made#two} x`"),
        ("`{python} x + x` 与 `{python made#two} y:.2f`", "`{python made#two} y:.2f` 与 `{python} x + x`",
         "the number is `{python made#two} y:.2f`"),
        ("0.2545", "0.2546", "the quotation is 0.2546; in docs/en/page.md:10 it is 0.2545"),
        ("    `{quoted 2021 年的笔记} 0.2545`\n", "", "the quotation 0.2545 has no counterpart in docs/zh/"),
        ("bars.svg", "lines.svg", "the image is lines.svg; in docs/en/page.md:9 it is bars.svg"),
        ("![条形图](bars.svg)", "条形图", "the image bars.svg has no counterpart in docs/zh/page.md"),
        ("![条形图](bars.svg)", "[条形图](bars.svg)", "the image bars.svg has no counterpart"),
        ("page.md#top", "page.md#end", "the link is guide/page.md#end"),
        ("[指南](guide/page.md#top)", "指南", "the link is https://example.org/a"),
        ("<https://example.org/a>", "<https://example.org/b>", "the link is https://example.org/b"),
        ("<https://example.org/a>", "那里", "the link https://example.org/a has no counterpart"),
        ("它是正数。", "[它](x.md)是正数。", "the link x.md has no counterpart in docs/en/page.md"),
        ("date: 2021-09-27", "date: 2021-09-28", "the field is `date: 2021-09-28`"),
        ("date: 2021", "slug: sum\n    date: 2021", "the field is `slug: sum`"),
        ("tags: [", "notebook: n\n    tags: [", "the field `notebook: n` has no counterpart"),
        ("tags: [", "script: n#c\n    tags: [", "the field `script: n#c` has no counterpart"),
    ],
)  # fmt: skip
def test_each_way_to_differ_is_named_with_both_places(
    complain: Complain, old: str, new: str, says: str
) -> None:
    assert CHINESE.count(old) == 1
    found = complain(chinese=CHINESE.replace(old, new))
    assert any(says in each for each in found)
    follow = len(
        re.findall("made|bars", old)
    )  # what a cell is embedded for, or a picture that becomes a link
    assert len(found) <= 1 + follow
    for each in found:
        assert "docs/zh/page.md" in each
        assert "docs/en/page.md" in each
        assert "What to do: " in each


def test_the_difference_has_the_line_of_the_page_that_is_to_be_changed(complain: Complain) -> None:
    (found,) = complain(chinese=CHINESE.replace("## 两倍 { #twice }", "## 两倍 { #double }"))
    # One line further down than in the source, for the noted translation's own line.
    assert found.startswith("docs/zh/page.md:21: the heading is ## { #double }; in docs/en/page.md:19 it is")


def test_something_more_is_named_on_the_page_that_has_it(complain: Complain) -> None:
    (found,) = complain(chinese=CHINESE + "\n    ## 更多 { #more }\n")
    assert found.startswith(
        "docs/zh/page.md:31: the heading ## { #more } has no counterpart in docs/en/page.md"
    )


def test_numbered_equations_and_references_agree(complain: Complain) -> None:
    more = "\n    $$\n    y\n    $$ { #eq-a }\n\n    $$\n    z\n    $$ { #eq-b }\n\n    By @eq-a.\n"
    assert complain(ENGLISH + more, CHINESE + more) == []
    (found,) = complain(ENGLISH + more, CHINESE + more.replace("@eq-a", "@eq-b"))
    assert "the reference is `@eq-b`; in docs/en/page.md:37 it is `@eq-a`" in found
    (found,) = complain(ENGLISH + more, CHINESE + more.replace(" { #eq-b }", ""))
    assert "the equation `{ #eq-b }` has no counterpart in docs/zh/page.md" in found


def test_each_kind_is_told_once(complain: Complain) -> None:
    found = complain(chinese="# 和 { #he }\n\n## 多 { #duo }\n")
    kinds = [line.partition("the ")[2].split()[0] for line in found]
    assert sorted(kinds) == ["fence", "field", "heading", "image", "link", "number", "quotation"]


# --- Pages -------------------------------------------------------------------------------------------------


def test_a_page_in_one_language_only(complain: Complain) -> None:
    assert complain(chinese=None) == [
        "docs/en/page.md: the page has no counterpart in zh\n  What to do: Write it in zh too."
    ]


def test_a_page_in_the_other_language_only(complain: Complain) -> None:
    (found,) = complain(english=None, chinese="# 和 { #sum }\n")
    assert found.startswith("docs/zh/page.md: the page has no counterpart in en")


def test_pages_in_folders_are_paired_by_their_path(site: Site, complain: Complain) -> None:
    site.page("# A { #a }\n", "guide/deep")
    site.page("# A { #a }\n", "deep", language="zh")
    found = complain()
    assert [line.split(":")[0] for line in found] == ["docs/en/guide/deep.md", "docs/zh/deep.md"]


# --- Links -------------------------------------------------------------------------------------------------


def links(text: str, language: str = "en", kind: str = "link") -> list[str]:
    page = scan_text(Path("page.md"), dedent(text).lstrip("\n"))
    return [item.what for item in items(page, language) if item.kind == kind]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](b.md) and [c](d.md)", ["b.md", "d.md"]),
        ('[a](b.md "title")', ["b.md"]),
        ("[of `{python} y[0, 0]`](b.md)", ["b.md"]),
        ("[over\ntwo lines](b.md)", ["b.md"]),
        ("[![a](p.svg)](b.md)", ["b.md"]),
        ("[a][b]\n\n[b]: c.md", ["c.md"]),
        ("<https://example.org>", ["https://example.org"]),
        ('<a class="x" href="b.md">b</a>', ["b.md"]),
        ("`[a](b.md)` and ``[a](`b.md`)``", []),
        ("```\n[a](b.md)\n```", []),
        ("[^1]: a footnote", []),
        ("x[0](1)", ["1"]),
        ("```snippet\nmade\nnote: x => see [a](b.md)\n```", ["b.md"]),
        ('---\ndescription: "see [a](b.md)"\n---\n\nx', ["b.md"]),
    ],
)
def test_a_link_is_found_in_every_form(text: str, found: list[str]) -> None:
    assert links(text) == found


def test_an_image_is_found_in_every_form() -> None:
    text = '![a](a.svg) ![`{python} y[0]`](b.svg){ .wide } [![c](c.svg)](c.md) <img alt="d" src="d.svg">'
    assert links(text, kind="image") == ["a.svg", "b.svg", "c.svg", "d.svg"]


@pytest.mark.parametrize(
    "mark", ["{ .en-only }", "{: .en-only }", "{ .wide .en-only title='x' }", "{.en-only}"]
)
def test_a_source_in_one_language_only_is_marked_as_such(complain: Complain, mark: str) -> None:
    assert complain(ENGLISH + f"\n    [more](https://example.org/en){mark}\n") == []


def test_a_mark_counts_on_its_own_languages_pages_only(complain: Complain) -> None:
    assert complain(chinese=CHINESE + "\n    [更多](https://example.org/zh){ .zh-only }\n") == []
    (found,) = complain(chinese=CHINESE + "\n    [更多](https://example.org/zh){ .en-only }\n")
    assert "has no counterpart in docs/en/page.md" in found


def test_the_mark_is_advised_for_the_language_that_has_the_link(complain: Complain) -> None:
    (found,) = complain(ENGLISH + "\n    [more](https://example.org/en)\n")
    assert "[text](address){ .en-only }" in found
    (found,) = complain(chinese=CHINESE + "\n    [更多](https://example.org/zh)\n")
    assert "[text](address){ .zh-only }" in found


# --- Age ---------------------------------------------------------------------------------------------------


def test_a_translation_says_what_it_translates(complain: Complain) -> None:
    (found,) = complain(noted=False)
    assert found == (
        "docs/zh/page.md: the translation may be out of date: "
        "it does not say which docs/en/page.md it translates\n"
        "  What to do: Read both, then run: insync translated docs/zh/page.md"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("says why", "explains why"),
        ("# The sum {", "# A sum {"),
        ("tags: [sums]", "tags: [sum]"),
        ("note: x = 1 => the line", "note: x = 1 => that line"),
        ("title: The code", "title: Code"),
    ],
)
def test_a_source_that_changed_later_is_found(site: Site, complain: Complain, old: str, new: str) -> None:
    assert complain() == []
    assert ENGLISH.count(old) == 1
    site.page(dedent(ENGLISH.replace(old, new)).lstrip("\n"))
    site.project.scan()
    (found,) = parity(site.project)
    assert "docs/en/page.md has changed since" in found.message
    assert found.page
    assert str(found.page) == "docs/zh/page.md"


@pytest.mark.parametrize(
    ("old", "new"), [("0.2545`\n", "0.2545`\n\n\n"), ("The sum is `", "The sum\n    is  `")]
)
def test_another_layout_of_the_same_words_is_no_change(
    site: Site, complain: Complain, old: str, new: str
) -> None:
    assert complain() == []
    assert ENGLISH.count(old) == 1
    site.page(dedent(ENGLISH.replace(old, new)).lstrip("\n"))
    site.project.scan()
    assert list(parity(site.project)) == []


def test_other_line_ends_are_no_change(tmp_path: Path) -> None:
    text = dedent(ENGLISH).lstrip("\n")
    assert digest(scan_text(tmp_path, text)) == digest(scan_text(tmp_path, text.replace("\n", "\r\n")))


@pytest.mark.parametrize(
    "line", ['translation_of: "0123abcd"', "translation_of: '0123abcd'", "translation_of: 0123abcd"]
)
def test_the_note_may_be_quoted_or_not(tmp_path: Path, line: str) -> None:
    assert translated_from(scan_text(tmp_path, f"---\ntitle: x\n{line}\n---\n\ntext\n")) == "0123abcd"


def test_the_note_goes_into_the_front_matter_also_behind_a_byte_order_mark(site: Site) -> None:
    site.page("# A { #a }\n", "page", "en")
    page = site.page("# A { #a }\n", "page", "zh")
    page.write_bytes("\ufeff---\r\ntitle: A\r\n---\r\n\r\n# A { #a }\r\n".encode())
    site.project.start()
    assert list(note_translations(site.project, ())) == [page]
    assert page.read_text("utf-8").startswith("---\ntranslation_of: ")
    site.project.start()
    assert translated_from(next(each for each in site.project.pages if each.path == page))


def test_a_note_in_the_text_is_none(tmp_path: Path) -> None:
    assert translated_from(scan_text(tmp_path, "---\ntitle: x\n---\n\ntranslation_of: 0123abcd\n")) == ""


def test_pages_may_be_missing_in_a_language_that_is_not_complete(site: Site) -> None:
    site.page("# A { #a }\n")
    language = site.root / "languages/zh.toml"
    assert any("no counterpart in zh" in str(each) for each in scanned(site))
    language.write_text("complete = false\n" + language.read_text(encoding="utf-8"), encoding="utf-8")
    assert scanned(site) == []
    site.page("# B { #b }\n", "other", "zh")
    assert any("no counterpart in en" in str(each) for each in scanned(site))


def scanned(site: Site) -> list[Problem]:
    """The differences between the languages, with the settings as they are now."""
    project = Project(read_settings(site.root), site.runner)
    project.scan()
    return list(parity(project))
