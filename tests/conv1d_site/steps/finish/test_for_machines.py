"""What programs read of the site is what their formats ask for."""

from __future__ import annotations

import json
import xml.etree.ElementTree as etree  # noqa: N813 - as everybody calls it

from conv1d_site.steps.finish import for_machines
from conv1d_site.steps.finish.for_machines import Shown
from conv1d_site.steps.prepare.dates import Dates

PAGE = Shown(
    '长度 </script> & "L"',
    "How <long>",
    "https://site.example/zh/a/",
    "zh",
    (("指南", "https://site.example/zh/"),),
)
POST = Shown("New", "Said", "https://site.example/new/", "en", (), Dates("2026-11-03", "2026-11-04"))
OLD = Shown("Old & <b>", "Said", "https://site.example/old/", "en", (), Dates("2021-09-27", "2026-11-29"))
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_linked_data_is_json_that_no_title_can_leave() -> None:
    text = for_machines.linked_data(PAGE, "Site")
    assert "<" not in text
    article, trail = json.loads(text)["@graph"]
    assert article["headline"] == PAGE.title
    assert article["inLanguage"] == "zh"
    assert "dateModified" not in article
    assert [each["name"] for each in trail["itemListElement"]] == ["指南", PAGE.title]
    assert [each["position"] for each in trail["itemListElement"]] == [1, 2]
    dated, _ = json.loads(for_machines.linked_data(POST, "Site"))["@graph"]
    assert (dated["datePublished"], dated["dateModified"]) == ("2026-11-03", "2026-11-04")


def test_a_feed_has_the_newest_post_first_and_is_as_new_as_the_last_change() -> None:
    root = etree.fromstring(for_machines.feed("Site", "https://site.example/feed.xml", "en", [OLD, POST]))
    assert [each.text for each in root.findall("a:entry/a:title", ATOM)] == ["New", "Old & <b>"]
    assert root.findtext("a:updated", namespaces=ATOM) == "2026-11-29T00:00:00Z"
    assert root.find("a:link", ATOM).attrib["rel"] == "self"  # type: ignore[union-attr]
    for entry in root.findall("a:entry", ATOM):
        for name in ("id", "published", "updated", "summary"):
            assert entry.findtext(f"a:{name}", namespaces=ATOM)


def test_the_site_map_index_names_each_languages_map() -> None:
    root = etree.fromstring(for_machines.sitemap_index("https://site.example/x/", ["", "zh/"]))
    assert [each.text for each in root.iter() if each.tag.endswith("}loc")] == [
        "https://site.example/x/sitemap.xml",
        "https://site.example/x/zh/sitemap.xml",
    ]
    assert "Sitemap: https://site.example/x/sitemap_index.xml\n" in for_machines.robots(
        "https://site.example/x/"
    )


def test_the_manifest_tells_the_kind_of_each_icon() -> None:
    icons = {"any": "a/b.svg", "512x512": "a/c.png"}
    data = json.loads(for_machines.manifest("名", "zh", "说明", icons))
    assert data["name"] == "名"
    assert [(each["src"], each["type"]) for each in data["icons"]] == [
        ("a/b.svg", "image/svg+xml"),
        ("a/c.png", "image/png"),
    ]


def test_the_overview_lists_each_page_as_markdown_below_its_group() -> None:
    text = for_machines.overview("Site", "About", [("", [POST]), ("Guide", [OLD])])
    assert text.startswith("# Site\n\n> About\n\n- [New](https://site.example/new/index.md): Said\n")
    assert "\n## Guide\n\n- [Old & <b>](https://site.example/old/index.md): Said\n" in text


def test_a_page_as_markdown_lies_beside_it() -> None:
    assert for_machines.markdown_of("guide/a/") == "guide/a/index.md"
    assert for_machines.markdown_of("") == "index.md"
    assert for_machines.markdown_of("guide/a.html") == "guide/a.md"


def test_a_page_as_markdown_has_its_code_and_what_it_gave() -> None:
    cells = [
        {"cell_type": "markdown", "source": '<a id="top"></a>\n\n# Title\n\nText'},
        {
            "cell_type": "code",
            "source": "print('```')\n2",
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": "```\n"},
                {"output_type": "execute_result", "data": {"text/plain": "2"}},
                {"output_type": "display_data", "data": {"image/svg+xml": "<svg/>"}},
                {"output_type": "error", "traceback": ["ValueError: no"]},
            ],
        },
    ]
    text = for_machines.as_markdown("Title", cells)
    assert text == (
        "# Title\n\nText\n\n````python\nprint('```')\n2\n````\n\n````text\n```\n````\n\n```text\n2\n```\n\n"
        "```text\nValueError: no\n```\n"
    )
    assert for_machines.as_markdown("Title", cells[1:]).startswith("# Title\n\n````python")
