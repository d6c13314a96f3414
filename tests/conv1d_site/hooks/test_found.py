"""Every page tells those who find or share it what it is, and programs find the site as files."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as etree  # noqa: N813 - as everybody calls it
from typing import TYPE_CHECKING

import pytest
from small_site import ADDRESS, Page, pages

if TYPE_CHECKING:
    from pathlib import Path

    from small_site import SmallSite


def test_each_page_says_what_it_is(built: Path) -> None:
    for path in pages(built):
        page, text = Page(path), path.read_text(encoding="utf-8")
        told = {each["property"]: each["content"] for each in page.all("meta") if "property" in each}
        assert told["og:title"]
        assert told["og:locale"] in {"en_GB", "zh_CN"}
        assert page.all("meta", name="twitter:card")
        assert page.all("link", rel="apple-touch-icon")
        if path.name == "404.html":
            continue
        assert told["og:url"] == page.all("link", rel="canonical")[0]["href"]
        assert told["og:description"]
        assert (built / told["og:image"].removeprefix(ADDRESS)).is_file()
        for script in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text):
            article, trail = json.loads(script)["@graph"]
            assert article["url"] == told["og:url"]
            assert article["inLanguage"] == ("zh-Hans" if "zh" in path.relative_to(built).parts else "en")
            assert trail["itemListElement"][-1]["item"] == told["og:url"]


def test_a_title_has_the_sites_name_where_there_is_room(small: SmallSite) -> None:
    long = "A heading that is as long as some of the questions of readers are"
    small.write("en", "guide/long.md", "long", f"title: {long}\n")
    assert small.build().returncode == 0
    titles = {
        name: html.unescape(re.findall("<title>(.*?)</title>", path.read_text(encoding="utf-8"))[0])
        for name in ("guide/long", "guide/first", ".")
        for path in [small.root / "site" / name / "index.html"]
    }
    assert titles == {
        "guide/long": long,
        "guide/first": "Cross-correlation first - Conv1d, number by number",
        ".": "Conv1d, number by number",
    }


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_programs_find_the_site(built: Path, folder: str) -> None:
    site = built / folder
    overview = (site / "llms.txt").read_text(encoding="utf-8")
    links = re.findall(r"\]\((.*?)\)", overview)
    assert f"{ADDRESS}{folder}guide/first/index.md" in links
    for link in links:
        assert (built / link.removeprefix(ADDRESS)).is_file()
    first = (site / "guide/first/index.md").read_text(encoding="utf-8")
    assert "$x^2$" in first
    assert f"({ADDRESS}{folder}guide/" in first
    assert first in (site / "llms-full.txt").read_text(encoding="utf-8")
    assert (site / "blog/2021-09-27/post/index.md").is_file()
    feed = etree.parse(site / "feed.xml").getroot()
    assert [each.text for each in feed.iter() if each.tag.endswith("}published")] == ["2021-09-27T00:00:00Z"]
    assert json.loads((site / "manifest.webmanifest").read_text(encoding="utf-8"))["name"]


def test_every_address_of_the_maps_is_one(built: Path) -> None:
    index = etree.parse(built / "sitemap_index.xml").getroot()
    maps = [each.text or "" for each in index.iter() if each.tag.endswith("}loc")]
    assert maps == [f"{ADDRESS}sitemap.xml", f"{ADDRESS}zh/sitemap.xml"]
    assert f"Sitemap: {ADDRESS}sitemap_index.xml" in (built / "robots.txt").read_text(encoding="utf-8")
    text = (built / "zh/sitemap.xml").read_text(encoding="utf-8")
    assert f'hreflang="x-default" href="{ADDRESS}guide/first/"' in text


def test_a_site_without_an_address_has_no_maps_and_no_feed(small: SmallSite) -> None:
    assert small.build(SITE_URL="").returncode == 0
    site = small.root / "site"
    for name in ("feed.xml", "robots.txt", "sitemap_index.xml"):
        assert not (site / name).exists()
    assert (
        "(guide/index.md)" in (site / "llms.txt").read_text(encoding="utf-8") or (site / "llms.txt").is_file()
    )
    assert not Page(site / "index.html").all("script", type="application/ld+json")
