"""The real site, built once for all workers of a session and served to their browsers."""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

ROOT = Path(__file__).parents[1]
# Beneath a path, as a project's pages are: an address that begins with a slash would lead out of the site.
PATH = "/conv1d/"
ASK = "/build-the-site"  # outside of the site; answered as soon as the site is there
SECONDS = 1200  # that a build may take on a slow machine


class Server(http.server.ThreadingHTTPServer):
    """Says nothing of browsers that have gone away before they had all that they asked for."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Tells of all other errors, as the base class does."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site beneath its path, and its error page elsewhere."""

    def __init__(self, *arguments: object, site: Served, **more: object) -> None:
        self.site = site
        super().__init__(*arguments, directory=str(site.folder), **more)  # type: ignore[arg-type]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing."""

    def do_GET(self) -> None:
        """A file of the site; or the wait until there is one."""
        if self.path != ASK:
            super().do_GET()
            return
        problem = self.site.build()
        self.answer(
            http.HTTPStatus.INTERNAL_SERVER_ERROR if problem else http.HTTPStatus.OK, problem.encode()
        )

    def translate_path(self, path: str) -> str:
        """Nothing but the site is there."""
        return super().translate_path("/" + path.removeprefix(PATH) if path.startswith(PATH) else "/nowhere")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's own page for what is not there, as hosts do it."""
        if code != http.HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        self.answer(code, Path(self.directory, "404.html").read_bytes())

    def answer(self, code: int, body: bytes) -> None:
        """A whole answer."""
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Served:
    """The server of a site that is built when it is first asked for; whoever asks meanwhile waits for it."""

    def __init__(self) -> None:
        self._parent = tempfile.TemporaryDirectory(prefix="site-")
        self.folder = Path(self._parent.name, "built")
        self._lock = threading.Lock()
        self._problem: str | None = None
        # Port 0: a free one. The site map has whole addresses, so the port must be known before the build.
        self._server = Server(("127.0.0.1", 0), functools.partial(Handler, site=self))
        self.address = f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._parent.cleanup()

    def build(self) -> str:
        """Builds the site for the address that it is served at, once; gives what was wrong."""
        with self._lock:
            if self._problem is None:
                self._problem = _build(self.folder, self.address)
            return self._problem


def _build(folder: Path, address: str) -> str:
    environment = os.environ | {
        "SITE_URL": address,
        "REPO_URL": "https://github.com/OWNER/NAME",
        "NOTEBOOKS_BRANCH": "notebooks",
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONPATH": str(ROOT / "scripts"),
    }
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, timeout=SECONDS
    )
    return "" if result.returncode == 0 else result.stderr or f"mkdocs ended with {result.returncode}"


def wait_for(address: str) -> None:
    """Until the site is there; raises RuntimeError with what was wrong with it."""
    try:
        urlopen(address.removesuffix(PATH) + ASK, timeout=2 * SECONDS).close()
    except HTTPError as error:
        raise RuntimeError(error.read().decode()) from None
