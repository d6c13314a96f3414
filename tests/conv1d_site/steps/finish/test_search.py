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


def test_the_index_is_the_same_in_fewer_bytes() -> None:
    index = {"docs": [{"title": "感受野", "text": "a\u200bb"}]}
    small = compact(json.dumps(index))
    assert json.loads(small) == index
    assert "感受野" in small
