"""insync: pages whose every number is computed by the snippet that stands beside it.

A Python-Markdown extension (`markdown_extensions: - insync`) and a command line (`insync --help`).
The rooms, each importing only from those below it (`make check` holds it; scripts/README.md shows the way):

- `publishing`, what is published is held to the code: cli · check · outputs · moves · rerun · parity ·
  terms · prose · typed · phrasebook · orphans · summary · explain · history
- `rendering`, pages and notebooks made of records: extension · shared · made_of · markdown · kinds ·
  inline · problems · listing · figures · tables · notebook · notebook_prose · notebook_text ·
  notebook_values · leftovers · phrases · translation · words
- `project`, all pages, all snippets, a record for each: project · reading · queue · store · texts
- `pages`, what stands on a page, and what it asks: demand · scan · labels · front · syntax ·
  fences · forms
- `running`, from a snippet to a record, in a process of its own: runner · client · guard · processors ·
  streams · amount · terminal · paths · server · worker · start · arrivals · order · whereabouts · cell ·
  asking · harmless · state · evaluate · plot · job · record · snippet · expression · trace · notes · inputs ·
  watched · named · loaded · callers · imports · installed · refusals · landlock
- `settings`, where things lie and what is allowed
- `problem`, what went wrong, where, and what to do
"""

from typing import Any


def makeExtension(**options: Any) -> Any:  # noqa: N802 - the name that Python-Markdown asks for
    """Python-Markdown's entry point; the extension is imported only when a page is about to be converted."""
    from insync.rendering.extension import InsyncExtension

    return InsyncExtension(**options)
