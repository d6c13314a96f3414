"""The HTML of every page is what the standard says, by the Nu checker."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conftest import Site

ROOT = Path(__file__).parents[2]
CHECKER = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"


def complaints(paths: Sequence[Path]) -> list[str]:
    """The checker's errors about files, and folders of them; skips the test where it cannot run."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("The pages' HTML was not checked: Java is not installed.")
    if not CHECKER.is_file():
        pytest.skip(
            "The pages' HTML was not checked: vnu-jar is missing; `make check` installs it where npm is."
        )
    # Its parser is recursive; pages are too few for Java's second, slower compiler to be worth its time.
    switches = ["-Xss4m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    options = ["--skip-non-html", "--errors-only", "--format", "json"]
    command = [java, *switches, "-jar", str(CHECKER), *options, *map(str, paths)]
    run = subprocess.run(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    messages = json.loads(run.stderr)["messages"]
    assert (run.returncode != 0) == bool(messages), "it has looked at all files"
    return [f"{each['url']}:{each.get('lastLine')}: {each['message']}" for each in messages]


def test_no_page_has_an_error(site: Site) -> None:
    assert complaints([site.folder]) == []


def test_an_error_would_be_found(site: Site, tmp_path: Path) -> None:
    home = (site.folder / "index.html").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.html"
    wrong.write_text(home.replace("<main", '<main><p id="twice"></p><p id="twice"></p', 1), encoding="utf-8")
    assert any("Duplicate ID" in each for each in complaints([wrong]))
