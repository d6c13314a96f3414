"""The benchmark times builds that did the work, and no others."""

from pathlib import Path

import click
import pytest

from tools.bench import compare
from tools.bench.columns import COLUMNS


def test_a_build_that_does_not_show_its_output_is_not_timed(tmp_path: Path) -> None:
    [markdown_exec] = [column for column in COLUMNS if column.name == "markdown-exec"]
    page = tmp_path / "site" / "page_0000" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>nothing was run</p>", encoding="utf-8")
    with pytest.raises(click.ClickException, match="does not show"):
        compare.check(markdown_exec, tmp_path, 1)
