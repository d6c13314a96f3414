"""The compared sites are what they say, and differ in nothing else."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tools.bench.columns import COLUMNS, PLAIN, PROJECT, Column, write_site
from tools.bench.pages import cells, page_name


def block(page: str, info: str) -> list[str]:
    return re.findall(rf"^```{info}\n(.*?)\n```$", page, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_site_has_the_same_cells(column: Column, tmp_path: Path) -> None:
    folder = write_site(column, tmp_path / "site", 2)
    for number in range(2):
        name = page_name(number)
        wanted = [cell.code for cell in cells(number)]
        if column is PROJECT:
            source = (folder / "snippets" / f"{name}.py").read_text(encoding="utf-8")
            found = [part.partition("\n")[2].strip() for part in source.split("# %% ")[1:]]
        elif column.name == "mkdocs-jupyter":
            notebook = json.loads((folder / "docs" / f"{name}.ipynb").read_text(encoding="utf-8"))
            found = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
        else:
            found = block((folder / "docs" / f"{name}.md").read_text(encoding="utf-8"), "python[^\n]*")
        assert found == wanted


def test_the_projects_pages_paste_nothing(tmp_path: Path) -> None:
    folder = write_site(PROJECT, tmp_path / "site", 1)
    page = (folder / "docs" / "page_0000.md").read_text(encoding="utf-8")
    assert block(page, "snippet") == ["page_0000#layer", "page_0000#by_hand"]
    assert "torch" not in page


def test_columns_differ_only_in_what_makes_the_outputs() -> None:
    loaded = {column.name: yaml.safe_load(column.configuration()) for column in COLUMNS}
    plain = loaded[PLAIN.name]
    assert "search" in plain["plugins"]
    assert loaded["markdown-exec"]["plugins"].keys() - plain["plugins"].keys() == {"markdown-exec"}
    assert loaded["mkdocs-jupyter"]["plugins"]["mkdocs-jupyter"]["execute"] is True
    assert [e for e in loaded[PROJECT.name]["markdown_extensions"] if "insync" not in e] == plain[
        "markdown_extensions"
    ]
    for configuration in loaded.values():
        assert configuration["theme"] == plain["theme"]
        assert configuration["plugins"]["search"] == plain["plugins"]["search"]
