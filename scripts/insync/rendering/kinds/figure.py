"""The `figure` fence: an interactive figure, with its tables for readers without scripts."""

import html
import json
from collections.abc import Collection, Iterator

from insync.pages.fences import Fence
from insync.pages.forms import Ref
from insync.pages.labels import label_of
from insync.pages.scan import Page
from insync.problem import Problem, suggestion
from insync.project.project import Project
from insync.rendering.figures import figure_data, figures_of, texts_of
from insync.rendering.inline import OnNotebook, OnPage, Renderer, plain
from insync.rendering.kinds import NotebookPart, Shown


class _Figure(Shown):
    def options(self, fence: Fence, project: Project) -> Collection[str]:
        figure = figures_of(project).get(fence.name)
        return (*fence.of.options, *figure.keys) if figure else [option.key for option in fence.options]

    def problems(self, fence: Fence, page: Page, project: Project) -> Iterator[Problem]:
        here = page.at(fence.first)
        figures = figures_of(project)
        figure = figures.get(fence.name)
        if figure is None:
            if fence.name:  # else its own error is enough
                yield Problem(f"there is no figure `{fence.name}`", suggestion(fence.name, figures), here)
            return
        what = f"the figure `{fence.name}`"
        given = {option.key for option in fence.options}
        if "alt" not in given:
            advice = "Say in a sentence what it shows, in the page's language: `alt: Every output as …`."
            yield Problem(f"{what} has no alternative text", advice, here)
        missing = [key for key in figure.keys if key not in given]
        if missing and given <= set(self.options(fence, project)):  # else one is misspelt, and is named
            advice = "It needs " + ", ".join(f"`{key}:`" for key in figure.keys) + "."
            yield Problem(f"{what} has no `{missing[0]}:`", advice, here)
        language = project.settings.language_of(page.path).code
        untold = figure.texts.keys() - texts_of(figure, language).keys()
        if untold:
            advice = "Add to the figure's texts: " + ", ".join(f"`{key}`" for key in sorted(untold)) + "."
            yield Problem(f"{what} has not all of its texts in the language `{language}`", advice, here)
        data = figure_data(fence, project)
        if data is not None and (wrong := figure.wrong(data)):
            yield Problem(f"{what} cannot be drawn: {wrong}", figure.needs, here)

    def markdown(self, fence: Fence, ref: Ref | None, renderer: Renderer) -> list[str]:
        project = renderer.project
        texts = texts_of(figures_of(project)[fence.name], renderer.words.language)
        given = {"texts": texts, "data": figure_data(fence, project)}
        # In an attribute, not in a script element of a type of its own: the theme's instant navigation makes
        # every script element of a page anew, without its type, and so runs the data as if it were a program.
        payload = html.escape(json.dumps(given, ensure_ascii=False), quote=False).replace("'", "&#39;")
        alt = html.escape(plain(fence.option("alt"), ref, project))
        figure = (
            f"""<figure class="insync-interactive" id="{label_of(fence)}" data-figure="{fence.name}" """
            f"data-given='{payload}'><figcaption><strong>{renderer.numbered(label_of(fence))}</strong> {alt}"
            f"</figcaption>{_tables(fence, renderer)}</figure>"
        )
        return ["", renderer.stash(figure), ""]

    def notebook(self, fence: Fence, ref: Ref | None, on: OnNotebook) -> NotebookPart:
        # A notebook has none of the site's scripts; the tables say it all.
        alt = on.literal(plain(fence.option("alt"), ref, on.project))
        return NotebookPart(above=(f"**{on.numbered(label_of(fence))}** {alt}", "", _tables(fence, on)))


def _tables(fence: Fence, on: OnPage) -> str:
    """All that the figure shows, as HTML."""
    figure, data = figures_of(on.project)[fence.name], figure_data(fence, on.project)
    return figure.table(data, texts_of(figure, on.words.language)) if data is not None else ""


SHOWN = _Figure()
