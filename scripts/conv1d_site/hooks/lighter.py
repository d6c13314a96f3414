"""What a reader loads, made lighter at the end of a `build`; under `serve` files stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.plugins import event_priority

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.finish import lighten

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig


# Each language has its own fonts, scripts and style sheets, and they are cut to its own pages.
@event_priority(order.PostBuild.LIGHTER)
def on_post_build(config: MkDocsConfig) -> None:
    if command.run.serving:
        return
    site = Path(config.site_dir)
    pages = lighten.pages(site, (language.folder for language in layout.other_languages(config)))
    lighten.lighten_font(site / "assets", pages, layout.cache_dir(config) / "fonts")
    lighten.lighten_code(site / "assets", Path(str(config.theme.custom_dir)) / "assets", pages)
