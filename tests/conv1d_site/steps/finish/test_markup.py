"""What the theme and Markdown leave wrong is put right, in their very words."""

from __future__ import annotations

import re
from pathlib import Path

import material

from conv1d_site.steps.finish.markup import mended, mended_text

TEMPLATES = Path(material.__file__).parent / "templates"
NAV = """
<label class="md-nav__link " for="__nav_2" id="__nav_2_label" tabindex="0">
  <span class="md-nav__icon md-icon"></span>
</label>
<nav class="md-nav" data-md-level="1" aria-labelledby="__nav_2_label" aria-expanded="true">
<label class="md-nav__title" for="__nav_2">
  <span class="md-nav__icon md-icon"></span>
  Guide
</label>
"""


def test_a_page_says_its_language() -> None:
    assert mended('<!doctype html>\n<html lang="zh" class="no-js">', "zh-Hans").endswith(
        '<html lang="zh-Hans" class="no-js">'
    )


def test_the_themes_own_templates_are_mended() -> None:
    base, search = ((TEMPLATES / name).read_text("utf-8") for name in ("base.html", "partials/search.html"))
    assert base.count(' type="checkbox"') == 2
    assert "autocomplete" in base
    assert "autocomplete" not in mended(base, "en")
    assert 'role="dialog"' in search
    assert 'role="dialog"' not in mended(search, "en")
    assert 'role="search"' in mended(search, "en")
    assert 'autocomplete="off"' in mended(search, "en"), "of a field for text it may be said"


def test_a_chapters_button_has_the_chapters_name() -> None:
    opener, after = mended(NAV, "en").split("<nav ")
    assert '<span class="md-nav__icon md-icon" role="img" aria-label="Guide"></span>' in opener
    assert after == NAV.split("<nav ")[1]
    named = NAV.replace('md-icon"></span>\n</label>\n<nav', 'md-icon"></span> Guide\n</label>\n<nav')
    assert mended(named, "en") == named, "it has a name already"


def test_a_label_is_for_what_is_there() -> None:
    label = '<label class="md-nav__title" for="__toc">'
    assert mended(label, "en") == '<label class="md-nav__title">'
    both = label + '<input id="__toc">'
    assert mended(both, "en") == both


def test_the_blogs_boxes_of_links_are_no_landmarks() -> None:
    post = (TEMPLATES / "blog-post.html").read_text("utf-8")
    assert len(re.findall("<nav [^>]*>", post)) == mended(post, "en").count('role="none"') > 1
    menu = '<nav class="md-nav md-nav--primary" aria-label="Menu">'
    assert mended(menu, "en") == menu


def test_a_corner_of_a_table_is_no_header_and_headings_are_no_stops() -> None:
    table = '<thead><tr><th></th><th style="text-align: right;"> </th><th>a</th><th scope="row"></th>'
    assert re.findall(r"<(t[hd])\b", mended_text(table)) == ["td", "td", "th", "th"]
    assert mended_text('<a class="headerlink" href="#a">').startswith('<a class="headerlink" tabindex="-1" ')


def test_links_out_of_the_site_are_marked() -> None:
    html = '<a href="../x/">in</a> <a class="a" href="https://x.org">out</a> <a href="http://x.org">out</a>'
    assert mended_text(html) == (
        '<a href="../x/">in</a> <a data-out class="a" href="https://x.org">out</a> '
        '<a data-out href="http://x.org">out</a>'
    )
