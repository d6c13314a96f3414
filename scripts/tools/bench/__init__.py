"""How long builds take, beside others.

    make bench         compare   a small site, by this project and by others
    make bench-engine  engine    snippets beyond their own work, saving under serve, a thousand snippets
    make bench-site    site      this very site, beside plain MkDocs

They use: pages (what every small site has), columns (the ways to build it), peers (the others' environment),
timing (seconds), machine (what they depend on) and report (the table and the verdict).
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
