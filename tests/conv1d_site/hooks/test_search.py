"""What the search is shown, and what it finds in Chinese. The browser asks it questions."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from mkdocs.plugins import PluginCollection

from conv1d_site.hooks import search as hook

if TYPE_CHECKING:
    from pathlib import Path

    from small_site import SmallSite


def test_the_search_index_cuts_chinese_into_words(built: Path) -> None:
    index = json.loads((built / "zh/search/search_index.json").read_text(encoding="utf-8"))
    texts = "".join(document["text"] for document in index["docs"])
    assert "偏置\u200b" in texts


def test_lists_of_posts_are_not_searched(built: Path) -> None:
    index = json.loads((built / "search/search_index.json").read_text(encoding="utf-8"))
    places = {document["location"].partition("#")[0] for document in index["docs"]}
    assert "blog/2021-09-27/post/" in places
    assert not {place for place in places if re.match(r"blog/(?:archive|category)/|blog/$", place)}


def own_page(site: Path) -> str:
    page = (site / "index.html").read_text(encoding="utf-8")
    (said,) = re.findall(r"""<meta name="site:search" content='([^']*)'>""", page)
    return str(json.loads(said)["own_page"])


def test_unknown_messages_are_sent_to_ones_own_network_where_there_is_that_page(
    small: SmallSite, built: Path
) -> None:
    assert own_page(built) == own_page(built / "zh") == ""
    for language in ("en", "zh"):
        small.write(language, "trace.md", "trace")
    result = small.build()
    assert result.returncode == 0, result.stderr
    assert own_page(small.root / "site") == own_page(small.root / "site/zh") == "trace/"


def test_the_search_is_shown_words_and_the_reader_everything() -> None:
    page = SimpleNamespace(
        content='<p>The <a class="insync-number" data-expression="a">0.5</a> of '
        "<math><mi>x</mi><mo>+</mo><mn>1</mn></math></p>"
        '<pre><code><span class="k">def</span> <span class="nf">f</span></code></pre>'
        '<svg viewBox="0 0 1 1"><text>axis</text></svg>'
        '<figure><figcaption>Said</figcaption><table class="insync-table x"><td>cell</td></table></figure>'
        "<table><td>read</td></table>"
    )
    whole, seen = page.content, []

    def search(context: dict[str, Any], page: Any, **_: Any) -> None:
        seen.append(page.content)

    collection = PluginCollection()
    for index, method in enumerate((*hook.on_page_context.methods, search)):
        collection._register_event("page_context", method, plugin_name=str(index))
    context = collection.run_event("page_context", {}, page=page, config=None, nav=None)
    (words,) = seen
    assert re.sub("<[^>]*>", "", words) == "The 0.5 of x+1def fSaidread"
    assert "<pre><code>def f</code></pre>" in words
    assert page.content == whole
    assert context == {}
