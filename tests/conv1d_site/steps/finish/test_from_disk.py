"""A site that works from disk: what is carried over, and what stops where it cannot be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conv1d_site.steps.finish.from_disk import NotForDiskError, make_from_disk

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """<head>
<link rel="stylesheet" href="assets/site.css">
<link rel="preload" href="assets/fonts/a.woff2" as="font" type="font/woff2" crossorigin>
<link rel="modulepreload" href="assets/javascripts/figures/a.js">
<link rel="manifest" href="manifest.webmanifest">
<link rel="alternate" type="application/atom+xml" title="T" href="feed.xml">
<link rel="alternate" hreflang="zh" href="zh/index.html">
</head><script src="assets/javascripts/search-late.js"></script>"""

IMPORTS = 'import { b } from "./parts/b.js"\nimport {\n  c,\n} from "./c.js"\nb(c)\n'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The least that a built site has."""
    for path, text in {
        "index.html": PAGE,
        "404.html": "gone",
        "search/search_index.json": '{"docs": ["膨胀 </script>"]}',
        "assets/javascripts/workers/search.0123.min.js": "work()",
        "assets/javascripts/figures/a.js": IMPORTS,
        "assets/javascripts/figures/c.js": "export const c = 1\n",
        "assets/javascripts/figures/parts/b.js": "import { c } from '../c.js'\nexport const b = () => c\n",
        "assets/site.css": 'a { src: url("fonts/a.woff2") format("woff2") }',
        "assets/fonts/a.woff2": "font",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def given(site: Path, name: str) -> object:
    """What a script hands over."""
    text = (site / f"assets/javascripts/on-disk/{name}.js").read_text(encoding="utf-8")
    assert text.startswith(f'onDisk.give("{name}", ')
    return json.loads(text.removeprefix(f'onDisk.give("{name}", ').removesuffix(")\n"))


def test_modules_say_which_ones_they_import(site: Path) -> None:
    make_from_disk(site)
    b, c = {"module": "figures/parts/b.js"}, {"module": "figures/c.js"}
    assert given(site, "modules") == {
        "figures/a.js": ['import { b } from "', b, '"\nimport {\n  c,\n} from "', c, '"\nb(c)\n'],
        "figures/c.js": ["export const c = 1\n"],
        "figures/parts/b.js": ["import { c } from '", c, "'\nexport const b = () => c\n"],
    }


def test_the_search_is_handed_over_as_it_is(site: Path) -> None:
    make_from_disk(site)
    assert given(site, "search-index") == '{"docs": ["膨胀 </script>"]}'
    assert given(site, "search-worker") == "work()"


def test_pages_ask_for_nothing_that_a_disk_refuses(site: Path) -> None:
    make_from_disk(site)
    text = (site / "index.html").read_text()
    assert [line.split('"')[1] for line in text.split("\n") if "<link" in line] == ["stylesheet", "alternate"]
    assert text.index("on-disk.js") < text.index("search-late.js")
    assert "url(data:font/woff2;base64,Zm9udA==) format" in (site / "assets/site.css").read_text()
    assert not (site / "404.html").exists()


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ('const a = await import("./c.js")\n', "has `import(`"),
        ("const a = new URL('x', import.meta.url)\n", "has `import.meta`"),
        ('import { a } from "./gone.js"\n', "imports ./gone.js, which is not there"),
    ],
)
def test_a_module_that_could_not_work_stops_it(site: Path, code: str, what: str) -> None:
    (site / "assets/javascripts/figures/c.js").write_text(code)
    with pytest.raises(NotForDiskError, match=r"figures/c\.js") as stopped:
        make_from_disk(site)
    assert what in str(stopped.value)


def test_a_folder_that_is_no_site_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotForDiskError, match="no search index"):
        make_from_disk(tmp_path)
