"""Which pages the site has: asked of MkDocs, by each language's own configuration and with its plugins.

`[tool.insync] generator` names this module, so that the command line and every build see the same pages.
"""

from __future__ import annotations

import contextlib
import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mkdocs.config import load_config
from mkdocs.exceptions import Abort, MkDocsException
from mkdocs.structure.files import InclusionLevel, get_files, set_exclusions
from mkdocs.structure.nav import get_navigation
from mkdocs.utils.yaml import yaml_load

from conv1d_site.steps.languages import read_languages
from insync.problem import InsyncError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from insync.settings import Settings

MAIN = "mkdocs.yml"
_NO_PAGES = {"mkdocs-jupyter"}  # makes no page of Markdown, and takes longer to import than all the others
_OUR_HOOKS = Path(__file__).parent / "hooks"


def find_pages(
    settings: Settings,
    command: Literal["build", "gh-deploy", "serve"] = "build",
    configurations: Mapping[str, Path] | None = None,
) -> tuple[Path, ...]:
    """The pages of every language that the command would make, in the order of their paths.

    Drafts and what is excluded are not among them, save where `serve` shows them to their authors.
    `configurations` has a language's file where it is not the one that the project's own files name. Raises
    InsyncError where MkDocs does not understand one.
    """
    found: list[Path] = []
    for language in read_languages(settings.root):
        file = (configurations or {}).get(language.code) or settings.root / (language.configuration or MAIN)
        found += sorted(language.pages / name for name in _names(file, language.pages, command))
    return tuple(found)


def _names(file: Path, pages: Path, command: Literal["build", "gh-deploy", "serve"]) -> Iterator[str]:
    """The paths of a configuration's pages beneath its folder of pages, as plugins leave them."""
    included = InclusionLevel.is_in_serve if command == "serve" else InclusionLevel.is_included
    with kept_to_itself() as said:
        try:
            config = load_config(str(file), **_changed(file), markdown_extensions=[])
            for plugin in config.plugins.values():
                # Where there is no blog yet, the plugin would begin one; that is for a build to do.
                folder = getattr(getattr(plugin, "config", None), "blog_dir", None)  # a hook is a module
                if folder and not Path(config.docs_dir, folder).exists():
                    plugin.config["enabled"] = False
            config.plugins.on_startup(command=command, dirty=False)
            config = config.plugins.on_config(config)
            files = config.plugins.on_files(get_files(config), config=config)
            set_exclusions(files, config)
            # The blog leaves all posts out until it has seen the navigation, and then only drafts.
            config.plugins.on_nav(get_navigation(files, config), config=config, files=files)
        except (MkDocsException, Abort, OSError) as error:
            message = "\n".join([*said, str(error)] if said else [str(error)])
            raise InsyncError.of(f"MkDocs: {message}", "Correct it.", Place(file)) from None
    if Path(config.docs_dir).resolve() != pages.resolve():
        message = (
            f"`docs_dir` is {Place(Path(config.docs_dir))}, and the language's `pages` are {Place(pages)}"
        )
        raise InsyncError.of(message, "Name the same folder in both.", Place(file))
    for page in files.documentation_pages(inclusion=included):
        if page.src_dir == config.docs_dir and not _made_by_blog(Path(config.docs_dir, page.src_uri)):
            yield page.src_uri


def _made_by_blog(page: Path) -> bool:
    """Whether it is the index that the blog writes where there is none; other builds may see it or not."""
    with contextlib.suppress(OSError):
        return page.name == "index.md" and page.read_bytes() == b"# Blog\n\n"
    return False


def _changed(file: Path) -> dict[str, Any]:
    """The configuration's hooks but for our own, which would start a build's work, and its plugins."""
    with file.open("rb") as opened:
        options = yaml_load(opened)
    hooks = [
        name
        for name in options.get("hooks") or []
        if (file.parent / name).resolve().parent != _OUR_HOOKS.resolve()
    ]
    plugins = options.get("plugins") or []
    kept = [each for each in plugins if not _NO_PAGES & set(each if isinstance(each, dict) else [each])]
    return {
        "hooks": hooks,
        "plugins": {name: plugins[name] for name in kept} if isinstance(plugins, dict) else kept,
    }


@contextmanager
def kept_to_itself() -> Iterator[list[str]]:
    """What MkDocs and its plugins log meanwhile as an error: the build that follows says it once more."""
    said: list[str] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logger = logging.getLogger("mkdocs")
    handlers, propagate = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [Listening(logging.ERROR)], False
    try:
        yield said
    finally:
        logger.handlers, logger.propagate = handlers, propagate
