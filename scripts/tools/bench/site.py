"""Times builds of this very site, in both languages, beside plain MkDocs with the same plugins and pages.

    cold       this project with no cache: every snippet runs
    warm       this project right after, with nothing changed
    edited     this project after a sentence of one page was changed
    plain      MkDocs, Material and the same plugins and extensions, without this project's hooks, theme and
               engine; the pages are given to it finished: outputs in fences, numbers as digits, plots and
               figures as HTML, the note's notebook with its outputs
    no figures the same without plots and figures: less than the readers get, in case of doubt that pasted
               HTML is what an author would give MkDocs

Both plain sites are built by one process, one language after the other, as MkDocs and Material do it; this
project builds both at the same time, so its seconds are those of two cores. Builds run in turn, round after
round, and a ratio is taken within its round. Then pages, a style sheet, a script and a snippet are saved
under `mkdocs serve`, and the seconds taken until what was saved is served. Writes .cache/bench-site.json.
"""

import html
import os
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml
from mkdocs.utils.yaml import yaml_load

from insync.pages.front import split_front_matter
from insync.pages.scan import Page
from insync.problem import InsyncError
from insync.project.project import Project
from insync.rendering import notebook
from insync.rendering.inline import token
from insync.rendering.listing import Listing
from insync.rendering.markdown import Rendering, render
from insync.rendering.problems import all_problems
from insync.rendering.words import words_of
from insync.settings import SETTINGS, Language, read_settings
from tools.bench import ROOT
from tools.bench.machine import cpu_name, load
from tools.bench.report import keep
from tools.bench.saving import saves
from tools.bench.timing import spread, timed

CONFIGURATION = "mkdocs.yml"  # of a language whose own file names none
RATIOS = {"cold": 1.3, "warm": 0.3, "edited": 0.35}  # × plain, on two cores: what is to be reached
SAVED_S = 1.0  # the median; a snippet's own run comes on top
_EDITED = "docs/en/guide/padding.md"

_BOTH = """
from mkdocs.commands.build import build
from mkdocs.config import load_config
import sys
for path in sys.argv[1:]:
    config = load_config(path)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    config.plugins.on_shutdown()
"""


def finished(page: Page, project: Project, listing: Listing, language: Language, *, figures: bool) -> str:
    """A page's Markdown with everything in it that the engine puts there, its front matter included."""
    source = page.path.read_text(encoding="utf-8")
    _, text, _ = split_front_matter(source)
    front = source[: source.rindex(text)] if text else source

    def paste(made: str) -> str:
        # On one line: a blank line would end the block of HTML. And without matplotlib's comments, which say
        # in its own TeX what is drawn, and would be taken for formulas.
        return re.sub(r"\s*\n\s*", " ", re.sub(r"<!--.*?-->", "", made, flags=re.DOTALL)) if figures else ""

    rendering = render(page, text, project, listing, words_of(language), paste)
    return front + _with_digits(rendering)


def _with_digits(rendering: Rendering) -> str:
    text = rendering.text
    for index, number in enumerate(rendering.numbers):
        text = text.replace(token(index), html.escape(number.text, quote=False), 1)
    return text


def configuration_of(language: Language) -> str:
    """The name of the language's configuration."""
    return str(language.more.get("configuration", CONFIGURATION))


def configuration(language: Language, folder: Path) -> dict[str, Any]:
    """The site's own configuration of a language, without what is this project's."""
    with (ROOT / configuration_of(language)).open("rb") as file:
        settings = yaml_load(file)
    for name in ("hooks", "watch", "extra", "extra_css", "extra_javascript", "edit_uri"):
        settings.pop(name, None)
    del settings["theme"]["custom_dir"], settings["theme"]["logo"], settings["theme"]["favicon"]
    settings["markdown_extensions"] = [
        {"pymdownx.highlight": each["conv1d_site.highlight_once"]}
        if isinstance(each, dict) and "conv1d_site.highlight_once" in each
        else each
        for each in settings["markdown_extensions"]
        if each != "insync"
    ]
    return {
        **settings,
        "docs_dir": str(folder / "docs" / language.code),
        "site_dir": str(folder / "site" / language.more.get("folder", "")),
    }


def write_plain(folder: Path, project: Project, *, figures: bool) -> list[Path]:
    """The finished pages and a configuration for each language; gives the configurations' paths."""
    listing = Listing(project)
    paths = []
    for language in project.settings.languages:
        docs, copied = language.pages, folder / "docs" / language.code
        shutil.copytree(docs, copied)
        for page in project.pages:
            if docs in page.path.parents:
                text = finished(page, project, listing, language, figures=figures)
                (copied / page.path.relative_to(docs)).write_text(text, encoding="utf-8")
                if name := notebook.notebook_name(page):
                    made = notebook.build(page, project, words_of(language), lambda target: target)
                    notebook.write(notebook.texts(made), copied / "notebooks", name)
        path = folder / configuration_of(language)
        path.write_text(yaml.safe_dump(configuration(language, folder)), encoding="utf-8")
        paths.append(path)
    return paths


def write_ours(folder: Path, project: Project) -> None:
    """This project's files as they are, so that no cache of the project itself is touched."""
    for name in ("docs", "scripts", "snippets"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (SETTINGS, *map(configuration_of, project.settings.languages)):
        shutil.copy(ROOT / name, folder / name)


def measure(rounds: int, scratch: Path, project: Project) -> Iterator[tuple[str, int, float]]:
    """Name of a build, its round and its seconds; round -1 warms the disk and caches and is not given."""
    ours = scratch / "ours"
    write_ours(ours, project)
    plain = {}
    for name, figures in (("plain", True), ("no figures", False)):
        paths = write_plain(scratch / name, project, figures=figures)
        plain[name] = [sys.executable, "-c", _BOTH, *map(str, paths)]
    build = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    for turn in range(-1, rounds):
        shutil.rmtree(ours / ".cache", ignore_errors=True)
        runs = [("cold", build, ours), ("warm", build, ours), ("edited", build, ours)]
        runs += [(name, command, scratch / name) for name, command in plain.items()]
        for name, command, folder in runs:
            scripts = folder / "scripts" if folder == ours else ROOT / "scripts"
            if name == "edited":
                page = ours / _EDITED
                page.write_text(page.read_text("utf-8") + f"\nOnce more: {turn}th.\n", encoding="utf-8")
            # In CI nothing is kept that a later build could use.
            seconds = timed(command, folder, PYTHONPATH=str(scripts), CI="")
            label = f"round {turn + 1} of {rounds}" if turn >= 0 else "warming up"
            click.echo(f"  {label}: {name}: {seconds:.1f} s", err=True)
            if turn >= 0:
                yield name, turn, seconds


def report(samples: list[tuple[str, int, float]]) -> tuple[list[str], bool]:
    """The table and what was to be reached as lines of Markdown, and whether it was."""
    seconds: dict[str, dict[int, float]] = {}
    for name, turn, value in samples:
        seconds.setdefault(name, {})[turn] = value

    def times(name: str, other: str) -> float:
        return statistics.median(value / seconds[other][turn] for turn, value in seconds[name].items())

    lines = [
        "| Build of the whole site | Seconds: median (min–max) | × plain, same round: median | Limit | |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    kept = True
    for name, values in seconds.items():
        median, least, most = spread(list(values.values()))
        ratio, limit = times(name, "plain"), RATIOS.get(name)
        verdict = ("kept" if ratio <= limit else "MISSED") if limit else ""
        kept &= verdict != "MISSED"
        told = f"{limit or ''} | {verdict}".strip()
        lines.append(f"| {name} | {median:.1f} ({least:.1f}–{most:.1f}) | {ratio:.2f} | {told} |")
    lines += ["", f"warm beside plain without figures: {times('warm', 'no figures'):.2f} ×"]
    return lines, kept


def report_saves(saved: list[tuple[str, float]]) -> tuple[list[str], bool]:
    """The table of saves as lines of Markdown, and whether all were as quick as they are to be."""
    lines = ["| Saved, until served | Seconds: median (min–max) | Limit | |", "| --- | ---: | ---: | --- |"]
    kept = True
    for name in dict.fromkeys(name for name, _ in saved):
        median, least, most = spread([seconds for each, seconds in saved if each == name])
        kept &= median <= SAVED_S
        verdict = "kept" if median <= SAVED_S else "MISSED"
        lines.append(f"| {name} | {median:.2f} ({least:.2f}–{most:.2f}) | {SAVED_S} | {verdict} |")
    return lines, kept


@click.command()
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Times each is built.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a target is missed.")
def main(rounds: int, strict: bool) -> None:
    """Time builds of this site beside plain MkDocs with the same plugins and the same, finished pages."""
    project = Project(read_settings(ROOT))
    project.start()
    if problems := all_problems(project):
        raise click.ClickException(str(InsyncError(*problems)))
    load_before = load()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        samples = list(measure(rounds, Path(scratch), project))
        click.echo("  saving under mkdocs serve", err=True)
        saved = list(saves(Path(scratch) / "ours", max(rounds, 3)))
    lines, kept = report(samples)
    saving, in_time = report_saves(saved)
    print("\n".join([*lines, "", *saving]))
    print(f"\ncores {os.cpu_count()}; CPU {cpu_name()}; load before the start {load_before}")
    keep("bench-site.json", {"builds": samples, "saves": saved})
    if strict and not (kept and in_time):
        sys.exit(1)


if __name__ == "__main__":
    main()
