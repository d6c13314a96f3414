"""One at a time: the command runs as it was given, and when the lock is free; test_venv.py has two makes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import alone


def test_the_commands_status_and_the_file_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"kept\r\n")
    assert alone.main(str(file), [sys.executable, "-c", "raise SystemExit(3)"]) == 3
    assert file.read_bytes() == b"kept\r\n"


def test_it_waits_until_the_lock_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.touch()
    holder = subprocess.Popen(
        [sys.executable, alone.__file__, file, sys.executable, "-c", "print('at work', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "at work\n"
    monkeypatch.setattr("time.sleep", lambda _: holder.communicate("\n"))  # while waiting, let it go
    assert alone.main(str(file), [sys.executable, "-c", "print('mine')"]) == 0
    assert capfd.readouterr().out == "Another make is at work here; waiting for it.\nmine\n"
