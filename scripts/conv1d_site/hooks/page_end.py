"""What stands at a page's end: when it was built, with which torch, and where to say that it is unclear."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from mkdocs.plugins import event_priority

from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.repository import unclear
from insync.rendering.tables import versions

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page


# Tells all templates when the site was built and what computed its numbers; by now all snippets have run.
@event_priority(order.Env.PAGE_END)
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    words = layout.language(config).words
    day = config.extra.get("day") or command.run.day  # a second process is told by the first one
    day = format_date(date.fromisoformat(day), "long", words["locale"])
    torch = versions(layout.project(config)).get("torch", "")
    sentence = words["built_with"] if torch else words["built"]
    config.extra["built"] = sentence.replace("{day}", day).replace("{version}", torch)
    return env


# Tells a page's template where its readers say that they were none the wiser.
@event_priority(order.PageContext.PAGE_END)
def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    about = context["about"]
    context["unclear"] = unclear(config.repo_url or "", about.title, about.address or page.file.src_uri)
    return context
