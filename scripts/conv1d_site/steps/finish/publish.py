"""A site that is whole or not there: made beside its place, moved there when it is finished."""

from __future__ import annotations

import html
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def partial(site_dir: Path) -> Path:
    """The folder that a site is built in: its name says that it is unfinished."""
    return site_dir.with_name(site_dir.name + ".partial")


def publish(built: Path, site_dir: Path) -> None:
    """Moves a finished site to its place: in one step if it is free, else piece by piece, the home page last.

    The folder may exist and hold hidden files (a worktree of the branch that is published, say); they stay.
    """
    try:
        if site_dir.is_dir():
            site_dir.rmdir()
        built.replace(site_dir)
    except OSError:
        site_dir.mkdir(parents=True, exist_ok=True)
        for path in sorted(built.iterdir(), key=lambda path: path.name == "index.html"):
            shutil.move(path, site_dir / path.name)
        built.rmdir()


def html_files(site_dir: Path) -> list[Path]:
    """All pages of a site, as seen from its folder."""
    return [path.relative_to(site_dir) for path in site_dir.rglob("*.html")]


def write_notice(path: Path, message: str) -> None:
    """Writes a page that says only why there is no page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not built</title></head>'
        f'<body><h1>Not built</h1><pre style="white-space: pre-wrap">{html.escape(message)}</pre></body>'
        "</html>",
        encoding="utf-8",
    )
