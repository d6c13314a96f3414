"""How pages are made: in which order, from what earlier builds have left, and where errors are shown."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import FileSystemBytecodeCache
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files

from conv1d_site import highlight_once, roles
from conv1d_site.hooks import command, layout, order
from conv1d_site.steps.finish.code import keep_short_code_whole
from conv1d_site.steps.finish.english import mark_english
from conv1d_site.steps.finish.markup import mended, mended_text
from conv1d_site.steps.finish.terms import link_terms, terms_of
from conv1d_site.steps.prepare.modules import imported
from conv1d_site.steps.prepare.numbers import reading_order

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.bccache import Bucket
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page


# Settles what depends on the command and on the theme's scripts, and leaves out what needs to know where the
# site or its source lives, when that is not said. Instant navigation works by the site map, which holds whole
# addresses.
@event_priority(order.Config.PAGES)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    run = command.run
    if not run.nested:
        highlight_once.keep_in(layout.cache_dir(config))
    _keep_compiled_templates(config)
    config.mdx_configs.setdefault("conv1d_site.mathml", {})["errors"] = "page" if run.serving else "raise"
    theme = Path(config.theme.custom_dir or "").resolve()
    trace = theme / "assets/javascripts/figures/trace.js"
    if trace.is_file():  # a page that is for this figure alone, made of some thirty scripts
        config.extra["trace_scripts"] = [path.relative_to(theme).as_posix() for path in imported(trace)]
    if not config.repo_url:
        config.edit_uri = None
    if not config.site_url:
        features = config.theme["features"]
        config.theme["features"] = [name for name in features if not name.startswith("navigation.instant")]
    return config


# Has pages converted in the order of the navigation, but for those that `extra.late` names.
@event_priority(order.Files.PAGES)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    place = reading_order(list(layout.nav_paths(config.nav)), config.extra.get("late", ()))
    return Files(sorted(files, key=lambda file: place(file.src_uri)))


# Keeps code in a sentence that is too short to be broken over two lines in one, marks the names of roles and
# English, links the glossary's terms, and puts right what Markdown leaves for screen readers and keyboards.
@event_priority(order.PageContent.PAGES)
def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    if page.file.src_uri.endswith(".ipynb"):
        return html
    html = mended_text(roles.in_line(keep_short_code_whole(html)))
    if layout.language(config).own_script:
        html = mark_english(html)
    glossary = files.get_file_from_path(str(config.extra.get("glossary")))
    if glossary is None or glossary is page.file:
        return html
    scanned = layout.project(config).page(layout.language(config).pages / glossary.src_uri)
    return link_terms(html, terms_of(scanned.text if scanned else ""), glossary.url_relative_to(page.file))


# Tells all templates where the glossary lies, for those who ask a term on a page that links it.
@event_priority(order.Env.PAGES)
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    glossary = files.get_file_from_path(str(config.extra.get("glossary")))
    env.globals["glossary"] = glossary.url if glossary else ""
    return env


# Puts right what the theme's HTML has wrong.
@event_priority(order.PostPage.PAGES)
def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    return mended(output, layout.language(config).tag)


# In the error page as well.
def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    return mended(output, layout.language(config).tag) if template_name.endswith(".html") else output


def _keep_compiled_templates(config: MkDocsConfig) -> None:
    """Have whoever asks for a template get the one that another language or build has compiled."""
    folder, theme = layout.cache_dir(config) / "templates", config.theme
    with contextlib.suppress(OSError):  # where nothing can be written, templates are compiled each time
        folder.mkdir(parents=True, exist_ok=True)
        make, kept = theme.get_env, _Templates(str(folder))

        def get_env() -> Environment:
            env = make()
            env.bytecode_cache = kept
            return env

        theme.get_env = get_env  # type: ignore[method-assign]


class _Templates(FileSystemBytecodeCache):
    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):  # the folder may be there and full, or another's
            super().dump_bytecode(bucket)
