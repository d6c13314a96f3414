"""Times saves under `mkdocs serve`: from a file's being written to its page's being served with it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.bench.timing import LEFT_OUT

_PAUSE = 4.0  # seconds: an author looks at what was saved, and the rest of the site follows meanwhile
_PATIENCE = 300.0


@dataclass(frozen=True)
class Edit:
    """One kind of save: a file, what stands in it, what is put before that, and where that is to be seen.

    `mark` stands in `put` for a word that is another each time.
    """

    name: str
    path: str
    stands: str
    put: str
    url: str


EDITS = (
    Edit("text", "docs/en/guide/padding.md", "\n## ", "\n\nIt says mark now.\n", "guide/padding/"),
    Edit("text in Chinese", "docs/zh/guide/padding.md", "\n## ", "\n\n现在是 mark。\n", "zh/guide/padding/"),
    Edit("the longest page", "docs/en/guide/errors.md", "\n## ", "\n\nIt says mark now.\n", "guide/errors/"),
    Edit(
        "a style sheet",
        "docs/theme/assets/stylesheets/site.css",
        "/*",
        "/* mark */\n",
        "assets/stylesheets/site.css",
    ),
    Edit(
        "a script", "docs/theme/assets/javascripts/site.js", "//", "// mark\n", "assets/javascripts/site.js"
    ),
    Edit("a snippet", "snippets/one_output.py", "kernel = layer", "# mark\n", "guide/one-output/"),
)


def saves(folder: Path, rounds: int) -> Iterator[tuple[str, float]]:
    """Each kind of save with its seconds, `rounds` times, of the project in the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key not in {*LEFT_OUT, "CI"}}
    environment |= {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(folder / "scripts")}
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--dev-addr", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True)
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(address, "<body")
        for turn in range(rounds):
            for edit in EDITS:
                time.sleep(_PAUSE)
                yield edit.name, _save(edit, folder, address, f"mark{turn}once")
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(60)


def _save(edit: Edit, folder: Path, address: str, mark: str) -> float:
    path = folder / edit.path
    text = path.read_text(encoding="utf-8")
    assert edit.stands in text, f"{edit.path} has no {edit.stands!r}"
    start = time.perf_counter()
    path.write_text(
        text.replace(edit.stands, edit.put.replace("mark", mark) + edit.stands, 1), encoding="utf-8"
    )
    _wait_for(address + edit.url, mark)
    return time.perf_counter() - start


def _wait_for(url: str, wanted: str) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=_PATIENCE) as answer:
                if wanted in answer.read().decode():
                    return
        except (urllib.error.URLError, OSError):
            pass  # not there yet
        time.sleep(0.02)
    raise TimeoutError(f"{url} never had {wanted}")
