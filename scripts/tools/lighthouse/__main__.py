"""Measures the built site with Lighthouse: `make lighthouse`.

    python -m tools.lighthouse                        every page of both languages
    python -m tools.lighthouse guide/shapes/ zh/      these

Times are worth something on an idle machine only; weights and the other scores always.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tools.browser import ADVICE, find_browser
from tools.lighthouse import FOLDER, LEAST, Measured, measure, served

ROOT = Path(__file__).parents[3]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("pages", nargs=-1)
def main(pages: tuple[str, ...]) -> None:
    """Measure PAGES, addresses within the site, or all of them."""
    browser = find_browser()
    if browser is None:
        raise click.ClickException(f"There is no browser to measure with. {ADVICE}")
    try:
        subprocess.run(["npm", "ci", "--silent", "--prefix", str(FOLDER)], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise click.ClickException(f"Lighthouse cannot be installed: npm: {error}") from None
    with TemporaryDirectory(prefix="lighthouse-site-") as place:
        site = Path(place, "site")
        command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)]
        if subprocess.run(command, cwd=ROOT).returncode:
            raise click.ClickException("the site could not be built")
        wanted = pages or tuple(_pages(site))
        if missing := [page for page in wanted if not (site / page).exists()]:
            raise click.ClickException(f"the site has no {missing[0]}")
        with served(site) as address:
            found = [
                _told(measure(address, page, browser), n, len(wanted)) for n, page in enumerate(wanted, 1)
            ]
    if ill := [each.page or "home" for each in found if not each.is_well]:
        least = ", ".join(f"{name} {score}" for name, score in LEAST.items())
        raise click.ClickException(
            f"{len(ill)} of {len(found)} pages have less than {least}: {', '.join(ill)}"
        )


def _pages(site: Path) -> list[str]:
    """The addresses of all pages within the site."""
    return sorted(
        path.parent.relative_to(site).as_posix().removeprefix(".") + "/" if path.parent != site else ""
        for path in site.rglob("index.html")
    )


def _told(each: Measured, number: int, of: int) -> Measured:
    scores = "/".join(str(each.scores.get(name, 0)) for name in LEAST)
    times = f"LCP {each.largest_paint / 1000:.1f} s, TBT {each.blocking:.0f} ms, CLS {each.shift:.3f}"
    why = f"  {', '.join(each.failed)}" if each.failed else ""
    click.echo(
        f"{number:3} of {of}  {scores:>15}  {each.weight:5.0f} KiB  {times}  {each.page or 'home'}{why}"
    )
    return each


if __name__ == "__main__":
    main()
