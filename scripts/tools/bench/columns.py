"""The ways to build the compared site: each writes the same pages in its own form."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.bench import ROOT
from tools.bench.pages import cells, fence, markdown_page, outputs, page_name


def write_snippets(folder: Path, pages: int) -> None:
    """This project's pages, and a snippet for each."""
    (folder / "snippets").mkdir(parents=True)
    for number in range(pages):
        name = page_name(number)
        source = "\n\n".join(f"# %% {cell.name}\n{cell.code}" for cell in cells(number))
        (folder / "snippets" / f"{name}.py").write_text(source + "\n", encoding="utf-8")
        blocks = [fence("snippet", f"{name}#{cell.name}") for cell in cells(number)]
        (folder / "docs" / f"{name}.md").write_text(markdown_page(number, blocks), encoding="utf-8")


def write_plain(folder: Path, pages: int) -> None:
    """Pages with the code and, pasted in, what it printed."""
    for number, printed in enumerate(outputs(pages)):
        blocks = [
            fence("python", cell.code) + "\n\n" + fence("text", text)
            for cell, text in zip(cells(number), printed, strict=True)
        ]
        (folder / "docs" / f"{page_name(number)}.md").write_text(
            markdown_page(number, blocks), encoding="utf-8"
        )


def write_markdown_exec(folder: Path, pages: int) -> None:
    """Pages whose code blocks are run by markdown-exec, in one session a page."""
    for number in range(pages):
        name = page_name(number)
        info = f'python exec="true" source="above" result="text" session="{name}"'
        blocks = [fence(info, cell.code) for cell in cells(number)]
        (folder / "docs" / f"{name}.md").write_text(markdown_page(number, blocks), encoding="utf-8")


def write_notebooks(folder: Path, pages: int) -> None:
    """A notebook without outputs for each page."""
    from nbformat import v4, write

    for number in range(pages):
        notebook = v4.new_notebook(cells=[v4.new_markdown_cell(f"# Page {number}")])  # type: ignore[no-untyped-call]
        for index, cell in enumerate(cells(number)):
            text = v4.new_markdown_cell(f"## {cell.heading}\n\n{cell.prose}")  # type: ignore[no-untyped-call]
            code = v4.new_code_cell(cell.code)  # type: ignore[no-untyped-call]
            # Random otherwise, and part of the cache's key.
            text["id"], code["id"] = f"text-{index}", f"code-{index}"
            notebook.cells += [text, code]
        notebook.cells[0]["id"] = "title"
        write(notebook, folder / "docs" / f"{page_name(number)}.ipynb")  # type: ignore[no-untyped-call]


# What all have: the theme, search in two languages, and the extensions of the project's own pages.
COMMON = """\
site_name: Bench
docs_dir: docs
site_dir: site
theme:
  name: material
  language: en
  font: false
plugins:
  search:
    lang: [en, zh]
    separator: '[\\s\\u200b\\-,:!=\\[\\]()"`/]+|\\.(?!\\d)'
{plugins}
markdown_extensions:
  - admonition
  - attr_list
  - footnotes
  - md_in_html
  - tables
  - pymdownx.details
  - pymdownx.highlight:
      pygments_lang_class: true
  - pymdownx.superfences
  - pymdownx.tabbed:
      alternate_style: true
{extensions}
"""


def configuration(plugins: str = "", extensions: str = "", rest: str = "") -> str:
    """A mkdocs.yml of the common part and a column's own lines."""
    return COMMON.format(plugins=plugins, extensions=extensions) + rest


def project_configuration() -> str:
    """The lines by which a mkdocs.yml uses this project's engine: its extension and its hook."""
    hook = json.dumps(str(ROOT / "scripts/conv1d_site/hooks/numbers.py"))
    return configuration(extensions="  - insync", rest=f"hooks: [{hook}]\n")


@dataclass(frozen=True)
class Column:
    """One way to build the site: its name, its pages, its configuration, and where its caches are."""

    name: str
    write: Callable[[Path, int], None]
    configuration: Callable[[], str]
    own_environment: bool = False
    cached: bool = False
    slow: bool = False


PROJECT = Column("this project", write_snippets, project_configuration, cached=True)
PLAIN = Column("plain MkDocs", write_plain, configuration)
# In the order of a round: this project's warm build right before the plain one that it is compared with.
COLUMNS = (
    PROJECT,
    PLAIN,
    Column(
        "markdown-exec",
        write_markdown_exec,
        lambda: configuration(plugins="  markdown-exec: {}"),
        own_environment=True,
    ),
    Column(
        "mkdocs-jupyter",
        write_notebooks,
        lambda: configuration(
            plugins="  mkdocs-jupyter: {include: ['*.ipynb'], execute: true, kernel_name: python3, "
            "cache_dir: .cache/mkdocs-jupyter}"
        ),
        own_environment=True,
        cached=True,
        slow=True,
    ),
)
CACHED = {column.name for column in COLUMNS if column.cached}


def write_site(column: Column, folder: Path, pages: int) -> Path:
    """Writes the whole site of a column; returns its folder."""
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "index.md").write_text("# Bench { #bench }\n", encoding="utf-8")
    (folder / "mkdocs.yml").write_text(column.configuration(), encoding="utf-8")
    column.write(folder, pages)
    return folder
