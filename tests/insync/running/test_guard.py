"""However a build ends, it leaves no processes and no files: with the fork server, and without one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each runs a snippet that tells its process id and that of a child in a session of its own, and never ends.
BUILD = """
import sys
from pathlib import Path
from insync.running.runner import Runner
from insync.running.snippet import parse_snippet

path = Path(sys.argv[1])
Runner(fork=sys.argv[2] == "forked").run(parse_snippet(path, path.read_text()), {})
"""
SNIPPET = """
# %% one
import os, subprocess, sys, tempfile
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"]{more})
with open(tempfile.gettempdir() + "/pids", "w") as file:
    print(os.getpid(), left.pid, file=file)
{then}
"""
FOREVER = {
    "one that sleeps": "import time; time.sleep(3600)",
    "one that computes": "while True: pass",
    "one that holds the interpreter": "sum(range(10**14))",
}


def wait_for(what: object, *, true: bool = True) -> None:
    while bool(what()) != true:  # type: ignore[operator]
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def start(tmp_path: Path, scratch: Path, how: str, then: str, more: str = "") -> subprocess.Popen[bytes]:
    snippet = tmp_path / "made.py"
    snippet.write_text(dedent(SNIPPET).format(then=then, more=more), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(snippet), how],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "TMPDIR": str(scratch)},
        start_new_session=True,
    )


def pids(scratch: Path) -> Iterator[int]:
    """What the snippet told, as soon as it has."""
    found: list[str] = []
    while len(found) < 2:
        time.sleep(0.02)
        found = [pid for file in scratch.rglob("pids") for pid in file.read_text(encoding="utf-8").split()]
    return map(int, found)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at Linux's processes")
@pytest.mark.parametrize("how", ["forked", "fresh"])
@pytest.mark.parametrize("then", FOREVER.values(), ids=FOREVER)
def test_a_build_that_is_killed_leaves_nothing(tmp_path: Path, scratch: Path, how: str, then: str) -> None:
    build = start(tmp_path, scratch, how, then)
    running = list(pids(scratch))
    build.kill()
    build.wait()
    for pid in running:
        wait_for(lambda pid=pid: alive(pid), true=False)
    wait_for(lambda: list(scratch.iterdir()), true=False)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("how", ["forked", "fresh"])
def test_a_build_that_is_ended_leaves_no_files(
    tmp_path: Path, scratch: Path, interruptible: None, how: str, ending: int
) -> None:
    build = start(tmp_path, scratch, how, FOREVER["one that sleeps"])
    list(pids(scratch))
    build.send_signal(ending)
    build.wait()
    wait_for(lambda: list(scratch.iterdir()), true=False)


def test_what_left_its_snippets_session_ends_with_the_build_too(tmp_path: Path, scratch: Path) -> None:
    build = start(tmp_path, scratch, "forked", FOREVER["one that sleeps"], more=", start_new_session=True")
    running = list(pids(scratch))
    build.kill()
    build.wait()
    for pid in running:
        wait_for(lambda pid=pid: alive(pid), true=False)


@pytest.mark.parametrize("how", ["forked", "fresh"])
def test_a_build_that_comes_to_its_end_leaves_no_files(tmp_path: Path, scratch: Path, how: str) -> None:
    assert start(tmp_path, scratch, how, "left.kill()").wait() == 0
    wait_for(lambda: list(scratch.iterdir()), true=False)
