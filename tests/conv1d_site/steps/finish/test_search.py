"""What the search does when Material changes, and what becomes of its index."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import material
import pytest

from conv1d_site.steps.finish.search import WORKER, compact, our_worker

THEIRS = Path(material.__file__).parent / "templates/assets/javascripts"


def test_our_worker_takes_the_place_of_the_installed_one() -> None:
    (file,) = THEIRS.glob("workers/search.*.min.js")
    assert WORKER.fullmatch(f"assets/javascripts/workers/{file.name}")
    ours = our_worker(file.read_text(encoding="utf-8"), {"慢": ["速度"]})
    assert ours is not None, "this version of Material speaks with its search's worker in another way"
    assert '{"慢": ["速度"]}' in ours
    assert not re.search(r"^(?:import|export)\b", ours, re.MULTILINE)


def test_our_worker_is_one_script(tmp_path: Path) -> None:
    (file,) = THEIRS.glob("workers/search.*.min.js")
    if not (node := shutil.which("node")):
        pytest.skip("there is no node")
    script = tmp_path / "worker.js"
    script.write_text(our_worker(file.read_text(encoding="utf-8"), {}) or "", encoding="utf-8")
    subprocess.run([node, "--check", str(script)], check=True)


def test_what_the_pages_script_needs_of_material_is_there() -> None:
    (bundle,) = THEIRS.glob("bundle.*.min.js")
    code = bundle.read_text(encoding="utf-8")
    for name in ("component$", "document$", "data-md-score", "keyup"):
        assert name in code


def test_an_unknown_search_is_told() -> None:
    assert our_worker("search(e){return this.index.search(e)}", {}) is None
    (file,) = THEIRS.glob("workers/search.*.min.js")
    changed = file.read_text(encoding="utf-8").replace("{type:3,", "{type:4,")
    assert our_worker(changed, {}) is None


def test_the_index_has_what_the_worker_reads_in_few_bytes() -> None:
    text = (
        "one <code>x &lt; 1</code>, 10<sup>-3</sup>\n<p>a\u200bb</p> <ul> <li>an <b></li></ul>"
        "<pre><code>for x in y:\n    &lt;p&gt;  z\n</code></pre> <p></p> end"
    ).replace("<b>", "&lt;b&gt;")
    index = {
        "config": {"lang": ["zh"]},
        "docs": [
            {
                "location": "a/#b",
                "title": "感受野 <code>&gt;</code>",
                "text": text,
                "tags": ["t"],
                "boost": 2,
            },
            {"location": "a/", "title": "A", "text": ""},
        ],
    }
    small = compact(json.dumps(index))
    assert "感受野" in small
    assert json.loads(small)["docs"] == [
        {
            "location": "a/#b",
            "title": "感受野 >",
            "text": "one x < 1, 10-3\na\u200bb\nan <b>\n\tfor x in y: <p> z\nend",
            "boost": 2,
        },
        {"location": "a/", "title": "A", "text": ""},
    ]


def test_nothing_is_left_of_materials_tags() -> None:
    from material.plugins.search.plugin import Parser

    assert Parser().keep == {"p", "code", "pre", "li", "ol", "ul", "sub", "sup"}
