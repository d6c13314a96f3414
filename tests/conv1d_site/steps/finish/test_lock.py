"""One holder at a time, and none that is dead."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from conv1d_site.steps.finish.lock import take

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from conv1d_site.steps.finish.lock import take
lock = take(Path(sys.argv[1]))
print(bool(lock), flush=True)
sys.stdin.read()
"""


def test_a_lock_has_one_holder_and_goes_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        env={"PYTHONPATH": str(ROOT / "scripts")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        assert take(path) is None
        holder.kill()
        holder.wait()
        lock = take(path)
        assert lock
        assert take(path) is None
        lock.release()
        assert not path.exists()


def test_whoever_waits_gets_a_file_that_others_see(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = take(path)
    assert first
    got = []
    waiting = threading.Thread(target=lambda: got.append(take(path, wait=True)))
    waiting.start()
    first.release()  # which removes the file that the other may be waiting for
    waiting.join()
    assert got[0]
    assert path.exists()
    assert take(path) is None
    got[0].release()


def test_where_no_file_can_be_made_there_is_no_lock(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        take(tmp_path / "nowhere/lock")
