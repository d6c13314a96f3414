"""Makes the guide as one PDF a language: `make book`.

python -m tools.book        site-book/conv1d-en.pdf and site-book/conv1d-zh.pdf
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from playwright.sync_api import sync_playwright

from conv1d_site.steps.languages import read_languages
from tools import offline
from tools.book import make_book
from tools.browser import ADVICE, find_browser

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=offline.ROOT / "site-book",
    help="Where they are put.",
)
@click.option(
    "--site", type=click.Path(path_type=Path, exists=True), help="A site that `make offline` has built."
)
def main(*, folder: Path, site: Path | None) -> None:
    """Print the guide to one PDF a language."""
    if site and not (site / "assets/javascripts/on-disk.js").is_file():
        raise click.ClickException(f"{site} was not built by make offline")
    executable = find_browser()
    if executable is None:
        raise click.ClickException(f"There is no browser to print with. {ADVICE}")
    with TemporaryDirectory(prefix="conv1d-book-") as place, sync_playwright() as playwright:
        built = site.resolve() if site else Path(place, "site")
        if not site:
            offline.build(built)
        browser = playwright.chromium.launch(executable_path=executable)
        page = browser.new_context(java_script_enabled=False, color_scheme="light").new_page()
        folder.mkdir(parents=True, exist_ok=True)
        for language in read_languages(offline.ROOT):
            book = folder / f"conv1d-{language.code}.pdf"
            unfinished = book.with_suffix(".part")
            unfinished.write_bytes(
                make_book(page, built / language.folder, language.words, _tell(language.name))
            )
            unfinished.replace(book)
            click.echo(f"{book}: {book.stat().st_size / 1e6:.1f} MB")
        browser.close()


def _tell(language: str) -> Callable[[str], None]:
    """What says, on a terminal, what is being done."""
    terminal = sys.stderr.isatty()

    def tell(what: str) -> None:
        if terminal:
            click.echo(f"\r\033[K{language}: {what}", err=True, nl=False)

    return tell


if __name__ == "__main__":
    main()
