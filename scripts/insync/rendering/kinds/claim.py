"""The `claim` fence: a sentence, and under it what was checked."""

from insync.pages.fences import Fence
from insync.pages.forms import Ref
from insync.rendering.inline import OnNotebook, Renderer
from insync.rendering.kinds import NotebookPart, Shown
from insync.rendering.tables import code_span


class _Claim(Shown):
    def markdown(self, fence: Fence, ref: Ref | None, renderer: Renderer) -> list[str]:
        says = next(option for option in fence.options if option.key == "says")
        words = renderer.words
        checked = f"{words.checked}{words.colon}{code_span(fence.option('holds'))}"
        return [
            renderer.fill_option(says.value, says.line, ref),
            f'<span class="insync-checked">✓ {checked}</span>',
            "{: .insync-claim }",
        ]

    def notebook(self, fence: Fence, ref: Ref | None, on: OnNotebook) -> NotebookPart:
        return NotebookPart(cells=fence.refs)


SHOWN = _Claim()
