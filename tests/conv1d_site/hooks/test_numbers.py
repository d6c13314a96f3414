"""Whole builds by MkDocs: what is wrong ends them with one message, and nothing stays behind."""

from __future__ import annotations

import re
import signal
import socket
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from conftest import ROOT, command
from small_site import share_templates

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

T = TypeVar("T")
LANGUAGES = ("en", "zh")
# Name → the snippet, the line that is wrong, and what is said of it.
SNIPPETS = {
    "unannounced": ("# %% one\na = 1\n\nb = a / 0\n", 4, "the cell `one` raises ZeroDivisionError"),
    "did_not_come": (
        '# %% one tags=["raises-exception"]\na = 1\n',
        2,
        "announces an exception, and raised none",
    ),
    "broken_form": ("# %% One\na = 1\n", 1, "`One` is no cell name"),
    "no_python": ("# %% one\na = = 1\n", 2, "the cell `one` raises SyntaxError"),
    "exits": ("# %% one\nimport sys\nsys.exit(0)\n", 3, "ends the process by sys.exit"),
    "exits_at_once": ("# %% one\nimport os\nos._exit(0)\n", 2, "ended its own process with exit status 0"),
    "crashes": ("# %% one\nimport ctypes\nctypes.string_at(0)\n", 2, "was ended by SIGSEGV"),
    "hangs": (
        "# %% one\na = 1\n# %% two\nwhile True: pass\n",
        4,
        "was still running after 8 s and was stopped",
    ),
    "endless": ("# %% one\nwhile True: print('again' * 1000)\n", 2, "printed more than 1,000,000 bytes"),
    "online": (
        "# %% one\nimport socket\nsocket.create_connection(('127.0.0.1', 1))\n",
        3,
        "uses the network",
    ),
    "swallowed": (
        "# %% one\nimport socket\ntry: socket.socket()\nexcept OSError: pass\n",
        2,
        "uses the network",
    ),
    "closes": ("# %% one\nimport os\nos.close(1)\n", 2, "closed or redirected its own output"),
}
# Name → what the page says from its third line on, the line that is wrong, and what is said of it.
PAGES = {
    "unknown-snippet": ("```snippet\nmissing\n```", 3, "there is no snippet `missing`"),
    "unknown-cell": ("```snippet\ngood#missing\n```", 3, "`good` has no cell `missing`"),
    "unknown-option": ("```snippet\ngood\nshw: code\n```", 5, "`snippet` has no option `shw`"),
    "unclosed": ("```snippet\ngood", 3, "the `snippet` fence is never closed"),
    "unknown-name": ("`{python good} missing`", 3, "`missing` gives no number: NameError"),
    "bad-expression": ("text\n`{python good} 1 +`", 4, "`1 +` is no Python expression"),
    "changes-state": ("`{python good} random.random()`", 3, "it changes Python's random state"),
    "raw-html": ("<div>`{python good} a`</div>", 3, "stands where Markdown reads no code span"),
    "no-anchor": ("## Heading", 3, "the heading has no anchor of its own"),
}


class WholeSite:
    """A small site in two languages, with the project's own configuration, hooks and theme."""

    def __init__(self, root: Path, time_limit: int = 60) -> None:
        self.root = root
        for name in ("mkdocs.yml", "mkdocs.zh.yml"):
            text = (ROOT / name).read_text(encoding="utf-8")
            text = re.sub(r"^nav:\n(?:[ #].*\n)+", "", text, flags=re.MULTILINE)
            (root / name).write_text(text, encoding="utf-8")
        settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        settings = re.sub(r"^time_limit = \d+", f"time_limit = {time_limit}", settings, flags=re.MULTILINE)
        (root / "pyproject.toml").write_text(settings, encoding="utf-8")
        share_templates(root)
        for folder in ("scripts", "docs/theme"):
            (root / folder).parent.mkdir(parents=True, exist_ok=True)
            (root / folder).symlink_to(ROOT / folder)
        for language in LANGUAGES:
            self.write(f"docs/{language}/blog/index.md", "# Blog { #blog }\n")
            self.write(f"docs/{language}/blog/posts/.keep", "")
        self.write("snippets/good.py", "# %% one\nimport random\na = 0.25\nprint('it ran')\n")
        self.page("index", "```snippet\ngood\n```\n\nIs `{python} a:.4f`.\n")

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def page(self, name: str, text: str, languages: tuple[str, ...] = LANGUAGES) -> None:
        for language in languages:
            self.write(f"docs/{language}/{name}.md", f"# Title {{ #title }}\n\n{text}\n")

    def build(self, site_dir: str = "site") -> subprocess.Popen[str]:
        return command(self.root, "mkdocs", "build", "--site-dir", site_dir)


def finish(process: subprocess.Popen[str]) -> str:
    """All that a command printed; its status is in `returncode`."""
    return process.communicate(timeout=1200)[0]


def text_of(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def until(found: Callable[[], T], what: str, seconds: float = 600) -> T:
    """What `found` gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.02)
    raise AssertionError(f"after {seconds} s still: no {what}")


# --- Builds that fail ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> tuple[WholeSite, int, str]:
    """One build of a site with everything wrong that can be: the site, the status, what was printed."""
    site = WholeSite(tmp_path_factory.mktemp("failed"), time_limit=8)
    for name, (source, _, _) in SNIPPETS.items():
        site.write(f"snippets/{name}.py", source)
        site.page(f"of-{name}", f"text\n\n```snippet\n{name}\n```", ("en",))
    for name, (text, _, _) in PAGES.items():
        site.page(name, text, ("en",))
    site.page("only-chinese", "`{python good} missing_too`", ("zh",))
    site.write("site/index.html", "of an earlier build")
    site.write("site/zh/index.html", "of an earlier build")
    process = site.build()
    printed = finish(process)
    return site, process.returncode, printed


def message(printed: str, text: str) -> str:
    """The one message that says `text`, from its first line to its advice."""
    messages = [part for part in re.split(r"\n(?=docs/)", printed) if text in part]
    assert len(messages) == 1, printed
    return messages[0].partition("What to do:")[0] + "What to do:" * ("What to do: " in messages[0])


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_that_fails_is_named_with_its_page_both_lines_and_a_remedy(
    failed: tuple[WholeSite, int, str], name: str
) -> None:
    _, line, text = SNIPPETS[name]
    said = message(failed[2], f"docs/en/of-{name}.md")
    assert said.startswith(f"docs/en/of-{name}.md:5: ")
    assert text in said.splitlines()[0]
    assert f"\n  in snippets/{name}.py:{line}\n" in said
    assert said.endswith("\n  What to do:")


@pytest.mark.parametrize("name", PAGES)
def test_a_fault_of_a_page_is_named_with_its_line_and_a_remedy(
    failed: tuple[WholeSite, int, str], name: str
) -> None:
    _, line, text = PAGES[name]
    said = message(failed[2], f"docs/en/{name}.md")
    assert said.startswith(f"docs/en/{name}.md:{line}: ")
    assert text in said.splitlines()[0]
    assert said.endswith("\n  What to do:")


def test_all_problems_of_both_languages_are_reported_at_once(failed: tuple[WholeSite, int, str]) -> None:
    printed = failed[2]
    assert f"{len(SNIPPETS) + len(PAGES) + 1} problems with the numbers of these pages" in printed
    assert "docs/zh/only-chinese.md:3: `missing_too` gives no number" in printed


def test_a_failed_build_has_a_status_no_traceback_of_its_own_and_no_site(
    failed: tuple[WholeSite, int, str],
) -> None:
    site, status, printed = failed
    assert status != 0
    assert "mkdocs/commands" not in printed
    assert not list(site.root.rglob("site*/**/*.html"))


def test_only_what_ran_well_is_kept(failed: tuple[WholeSite, int, str]) -> None:
    names = {path.name.partition(".")[0] for path in (failed[0].root / ".cache/insync").iterdir()}
    assert names == {"good"}


# --- Builds side by side, and one that is killed ------------------------------------------------------------


def test_two_builds_at_once_share_a_cache_and_make_the_same_site(tmp_path: Path) -> None:
    site = WholeSite(tmp_path)
    for name in ("first", "second"):
        site.write(f"snippets/{name}.py", f"# %% one\nname = '{name}'\nprint(name)\n")
        site.page(name, f"```snippet\n{name}\n```\n\nIs `{{python}} name`.\n")
    left = tmp_path / ".cache/notebooks/en"  # what Jupyter and pages that are gone leave is in nobody's way
    (left / ".ipynb_checkpoints").mkdir(parents=True)
    builds = [site.build("site-a"), site.build("site-b")]
    printed = [finish(build) for build in builds]
    assert [build.returncode for build in builds] == [0, 0], printed
    for page in ("index.html", "first/index.html", "zh/second/index.html"):
        one, other = (
            (tmp_path / folder / page).read_text(encoding="utf-8") for folder in ("site-a", "site-b")
        )
        assert one == other
        assert "insync-number" in one
    assert "Is 0.2500." in text_of((tmp_path / "site-a/zh/index.html").read_text(encoding="utf-8"))
    kept = sorted(path.name.partition(".")[0] for path in (tmp_path / ".cache/insync").iterdir())
    assert kept == ["first", "good", "second"]


def children(pid: int) -> list[int]:
    """The processes that a process has started and that run still."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == str(pid) and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through Linux's /proc")
def test_a_build_that_is_killed_leaves_no_process_and_no_broken_cache(tmp_path: Path) -> None:
    site = WholeSite(tmp_path)
    site.write("snippets/long.py", "# %% one\nimport subprocess\nsubprocess.run(['sleep', '600'])\n")
    site.page("long", "```snippet\nlong\n```")
    build = site.build()
    try:
        (server,) = until(lambda: children(build.pid), "snippet server")
        worker, sleeper = until(
            lambda: next(((each, own[0]) for each in children(server) if (own := children(each))), None),
            "running snippet",
        )
    finally:
        build.send_signal(signal.SIGKILL)
        build.communicate()
    for pid in (server, worker, sleeper):
        until(lambda pid=pid: not Path(f"/proc/{pid}").exists(), f"end of process {pid}")
    assert not (tmp_path / "site/index.html").exists()
    kept = list((tmp_path / ".cache/insync").glob("*"))
    assert {path.name.partition(".")[0] for path in kept} <= {"good"}


# --- Serving ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
def test_a_served_page_shows_what_is_wrong_and_heals_when_it_is_mended(tmp_path: Path) -> None:
    site = WholeSite(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    server = command(tmp_path, "mkdocs", "serve", "--dev-addr", address)
    threading.Thread(target=server.communicate, daemon=True).start()  # so that it never waits for a reader

    def page(path: str, text: str) -> str:
        def fetch() -> str:
            assert server.poll() is None, "the server has ended"
            try:
                with urllib.request.urlopen(f"http://{address}/{path}", timeout=60) as answer:
                    html = answer.read().decode()
            except OSError:
                return ""
            return html if text in text_of(html) else ""

        return until(fetch, f"“{text}” on /{path}")

    try:
        assert "insync-problem" not in page("", "Is 0.2500.")
        site.write("snippets/good.py", "# %% one\na = 1 / 0\n")
        broken = page("zh/", "ZeroDivisionError")
        assert "docs/zh/index.md:3: the cell `one` raises ZeroDivisionError: division by zero" in text_of(
            broken
        )
        assert "in snippets/good.py:2" in text_of(broken)
        assert 'class="insync-problem" role="alert"' in page("", "docs/en/index.md:3: the cell `one` raises")
        site.write("snippets/good.py", "# %% one\na = 3 / 4\n")
        assert "insync-problem" not in page("", "Is 0.7500.")
        assert "insync-problem" not in page("zh/", "Is 0.7500.")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(600)
