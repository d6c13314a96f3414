"""insync: pages whose every number is computed by the snippet that stands beside it.

A Python-Markdown extension (`markdown_extensions: - insync`) and a command line (`insync --help`).
The rooms, each importing only those before it:

- what there is: `problem`, `record`, `snippet`, `syntax`, `demand`
- running it: `job`, `figure`, `trace`, `worker`, `server`, `run`, `store`, `project`
- pages: `words`, `listing`, `tables`, `faults`, `page`, `notebook`, `extension`
- what is published: `outputs`, `fresh`, `checks`, `orphans`, `summary`, `explain`, `cli`
"""

from typing import Any


def makeExtension(**options: Any) -> Any:  # noqa: N802 - the name that Python-Markdown asks for
    """Python-Markdown's entry point; the extension is imported only when a page is about to be converted."""
    from insync.rendering.extension import InsyncExtension

    return InsyncExtension(**options)
