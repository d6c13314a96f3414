"""Linux itself forbids writing elsewhere, to C code and to child processes too."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LANDLOCK_CREATE_RULESET = 444
TRY = """
import ctypes, os, sys
from insync.running.landlock import confine

here, other = sys.argv[1:]
assert confine(here)
os.mkdir(here + "/a")
open(here + "/b", "w").close()
os.rename(here + "/b", here + "/a/b")
open("/dev/null", "w").close()
ctypes.CDLL(None).creat((other + "/by_c").encode(), 0o600)
os.system(f"echo 1 > {other}/by_a_child")
for change in (os.mkfifo, os.mkdir, lambda path: os.rename(here + "/a/b", path)):
    try:
        change(other + "/by_python")
    except OSError:
        print("refused")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock is Linux's")
def test_only_below_the_folder_can_anything_be_written(tmp_path: Path) -> None:
    if ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, 0, 1) < 3:
        pytest.skip("this kernel has no Landlock, or an older one")
    here, other = tmp_path / "here", tmp_path / "other"
    here.mkdir()
    other.mkdir()
    tried = subprocess.run(
        [sys.executable, "-c", TRY, here, other], capture_output=True, text=True, check=True
    )
    assert tried.stdout.split() == ["refused"] * 3
    assert list(other.iterdir()) == []
