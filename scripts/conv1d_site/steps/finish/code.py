"""Code in sentences: what is short is not broken over two lines."""

from __future__ import annotations

import re

# Too short to be broken; the code of a block has elements in it.
_SHORT_CODE = re.compile(r"(?<!<pre>)<code>(?=[^<]*[ -])([^<\n]{1,18})</code>")


def keep_short_code_whole(html: str) -> str:
    """The HTML with a class on such code, which the style sheet keeps on one line."""
    return _SHORT_CODE.sub(r'<code class="site-whole">\1</code>', html)
