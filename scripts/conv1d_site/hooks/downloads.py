"""What there is to take away: the archive and the book, where they were made and DOWNLOADS is set."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File

from conv1d_site.hooks import layout, order

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

log = logging.getLogger("mkdocs.plugins.downloads")


# Adds the files, so that the template's links lead to something.
@event_priority(order.Files.DOWNLOADS)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    if not config.extra.get("downloads"):
        return files
    root, code = layout.root(config), layout.language(config).code
    made = {
        "conv1d.pdf": (root / "site-book" / f"conv1d-{code}.pdf", "make book"),
        "conv1d-offline.zip": (root / "site-offline.zip", "make offline"),
    }
    for name, (path, command) in made.items():
        if path.is_file():
            files.append(File.generated(config, name, abs_src_path=str(path)))
        else:
            log.warning("DOWNLOADS is set, and there is no %s: %s", path.relative_to(root), command)
    return files
