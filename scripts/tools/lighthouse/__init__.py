"""What Lighthouse says of the built site: a page's scores, weight and times."""

from __future__ import annotations

import gzip
import http.server
import json
import os
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
# The least that a page may have, of 100.
LEAST = {"performance": 90, "accessibility": 100, "best-practices": 100, "seo": 100}
_PACKED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"}  # as hosts send them
_SECONDS = 300  # for one page, on a slow machine


@dataclass(frozen=True)
class Measured:
    """One page: its scores of 100, its first view in KiB as it comes over the network, and times in ms."""

    page: str
    scores: dict[str, int]
    weight: float
    largest_paint: float
    blocking: float
    shift: float
    failed: tuple[str, ...]  # audits that cost a score other than that of performance

    @property
    def is_well(self) -> bool:
        """Whether every score is as high as it has to be."""
        return all(self.scores.get(name, 0) >= least for name, least in LEAST.items())


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Sends what can be packed packed, as hosts do: a page's weight is that of what is sent."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in _PACKED or not path.is_file():
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), 9, mtime=0)
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", f"{self.guess_type(path)}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of the site, for as long as it is served."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def measure(address: str, page: str, browser: Path) -> Measured:
    """Open a page as Lighthouse's slow phone does. Raises RuntimeError with what Lighthouse complains of."""
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as place:
        report = Path(place, "report.json")
        command = [
            str(FOLDER / "node_modules/.bin/lighthouse"),
            address + page,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ]
        environment = os.environ | {"CHROME_PATH": str(browser)}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_SECONDS)
        if ran.returncode or not report.is_file():
            raise RuntimeError(ran.stderr.strip()[-500:] or f"lighthouse ended with {ran.returncode}")
        return read_report(page, json.loads(report.read_text(encoding="utf-8")))


def read_report(page: str, report: dict[str, Any]) -> Measured:
    """What a report says, in Lighthouse's own JSON."""
    audits, categories = report["audits"], report["categories"]
    failed = [
        each["id"]
        for name, category in categories.items()
        if name != "performance"
        for each in category["auditRefs"]
        if each["weight"] and audits[each["id"]]["score"] not in {None, 1}
    ]
    return Measured(
        page,
        {name: round(100 * (category["score"] or 0)) for name, category in categories.items()},
        audits["total-byte-weight"]["numericValue"] / 1024,
        audits["largest-contentful-paint"]["numericValue"],
        audits["total-blocking-time"]["numericValue"],
        audits["cumulative-layout-shift"]["numericValue"],
        tuple(dict.fromkeys(failed)),
    )
