"""What is left of the page syntax on a finished page: found wherever readers see it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown.util import INLINE_PLACEHOLDER_PREFIX, STX

from insync.pages.scan import scan_text
from insync.problem import Place, Problem
from insync.rendering.leftovers import each_once, leftovers

PAGE = Path("page.md")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>It is `{python} a`.</p>", "{python} a"),
        ("<p>It is {python made#one} a + 1.</p>", "{python made#one} a"),
        ("<p>{quoted the notes} 2.13.0</p>", "{quoted the notes} 2.13.0"),
        ("<title>A {python made#one} a - Site</title>", "{python made#one} a"),
        ('<meta name="description" content="A {python made#one} a">', "{python made#one} a"),
        ('<img alt="`{python} a`">', "{python} a"),
        ('<a title="{python} a" href="x">y</a>', "{python} a"),
        ("<p>```snippet</p>", "```snippet"),
        ("<p>~~~ figure x</p>", "~~~ figure"),
        ('<div class="language-snippet highlight"><pre><code>made\n</code></pre></div>', "```snippet"),
        ('<code data-insync-left="">{python} a</code>', "{python} a"),
        ("<p>\ue0000\ue000</p>", "\ue000"),
        ("<pre><code>`\ue0000\ue000`</code></pre>", "\ue000"),
        (f"<p>{STX}wzxhzdk:0</p>", STX),
        ("<p>wzxhzdk:12</p>", "wzxhzdk:12"),
        (f"<p>{INLINE_PLACEHOLDER_PREFIX.strip(STX)}0003</p>", "klzzwxh:0003"),
    ],
)
def test_what_a_reader_would_see_as_it_was_typed_is_found(html: str, text: str) -> None:
    assert text in [
        problem.message.split("`")[1] for problem in leftovers(html.replace("`", ""), PAGE, None)
    ] or (f"`{text}` is left" in leftovers(html, PAGE, None)[0].message)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Write <code>{python} a</code> or <code>`{python} a`</code>.</p>",
        '<div class="language-markdown highlight"><pre><code>```snippet\nmade\n```\n</code></pre></div>',
        "<p>a <!-- `{python} gone` --> b</p>",
        '<p>a <!-- <code data-insync-left="">{python} gone</code> --> b</p>',
        "<script>const form = '{python} a'</script>",
        "<p>In Python, {python: 1} is a dictionary, and pythons are snakes.</p>",
        '<div class="language-python highlight"><pre><code>f"{python}"</code></pre></div>',
    ],
)
def test_what_is_shown_on_purpose_is_not_left(html: str) -> None:
    assert not leftovers(html, PAGE, None)


def test_the_line_is_the_one_that_was_not_understood() -> None:
    page = scan_text(
        PAGE, '---\ntitle: a\n---\n\n# Head\n\n`{python made#one} a`\n\n[x](y "{python made#one} a")\n'
    )
    (problem,) = leftovers('<a title="{python made#one} a">x</a>', PAGE, page)
    assert problem.page == Place(PAGE, 9)


def test_a_line_of_the_front_matter_is_counted_from_the_files_start() -> None:
    page = scan_text(PAGE, '---\ndescription: d\ntags: ["{python made#one} a"]\n---\n\ntext\n')
    (problem,) = leftovers("<p>{python made#one} a</p>", PAGE, page)
    assert problem.page == Place(PAGE, 3)


def test_what_every_page_repeats_is_told_where_it_was_typed() -> None:
    here, there = (
        Problem("it is left", "Mend it.", place) for place in (Place(PAGE, 2), Place(Path("other.md")))
    )
    assert each_once([there, here, here]) == [here]
    assert each_once([there]) == [there]
