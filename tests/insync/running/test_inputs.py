"""What of an input a later build compares."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insync.running.inputs import changes, fingerprint

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("read", "list", "scan", "tree", "exists", "stat", "link", "env", "what no engine ever wrote")


@given(st.text(), st.sampled_from(KINDS))
def test_a_fingerprint_never_raises(path: str, kind: str) -> None:
    assert isinstance(fingerprint(kind, path), str)


def test_a_file_read_is_known_by_its_contents_alone(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"1 2 3")
    seen = fingerprint("read", tmp_path / "data")
    assert seen == hashlib.sha256(b"1 2 3").hexdigest()
    os.utime(tmp_path / "data", (1, 1))
    assert fingerprint("read", tmp_path / "data") == seen


def test_existence_tells_a_file_a_folder_a_link_and_nothing_apart(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "lost").symlink_to("missing")
    found = [fingerprint("exists", tmp_path / name) for name in ("file", "", "link", "lost", "missing")]
    assert found == ["file", "directory", "link to file", "link to nothing", "absent"]


def test_the_state_of_a_link_to_nothing_is_its_own(tmp_path: Path) -> None:
    states = set()
    for target in ("missing", "missing too"):
        (tmp_path / "lost").unlink(missing_ok=True)
        (tmp_path / "lost").symlink_to(target)
        states.add(fingerprint("stat", tmp_path / "lost"))
    assert len(states) == 2
    assert "absent" not in states


@pytest.mark.parametrize(
    ("kind", "blind_to"),
    [
        ("exists", {"size", "time", "mode", "deeper", "beside"}),
        ("list", {"size", "time", "mode", "deeper"}),
        ("scan", {"deeper"}),
        ("tree", set()),
    ],
)
def test_each_kind_sees_so_much_of_a_folder(tmp_path: Path, kind: str, blind_to: set[str]) -> None:
    data = tmp_path / "data"
    (tmp_path / "below/below").mkdir(parents=True)
    changes_made = {
        "size": lambda: data.write_bytes(b"longer"),
        "time": lambda: os.utime(data, (1, 1)),
        "mode": lambda: data.chmod(0o400),
        "beside": (tmp_path / "more").touch,
        "deeper": (tmp_path / "below/below/more").touch,
    }
    data.touch()
    unseen = set()
    for name, change in changes_made.items():
        before = fingerprint(kind, tmp_path)
        change()
        unseen |= {name} if fingerprint(kind, tmp_path) == before else set()
    assert unseen == blind_to


def test_a_variable_is_known_as_a_snippet_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEPS", raising=False)
    nothing = fingerprint("env", "STEPS")
    monkeypatch.setenv("STEPS", "3")
    assert nothing == "absent" != fingerprint("env", "STEPS")
    fixed = fingerprint("env", "COLUMNS"), fingerprint("env", "TORCH_LOGS")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TORCH_LOGS", "all")
    assert (fingerprint("env", "COLUMNS"), fingerprint("env", "TORCH_LOGS")) == fixed


def test_what_has_become_of_an_input_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STEPS", raising=False)
    (tmp_path / "here").touch()
    seen = {
        "read:here": "other",
        "read:gone": "other",
        "exists:here": "absent",
        "env:STEPS": "other",
        "never:asks for the time of now": "",
        "exists:none": "absent",
    }
    assert list(changes(seen, tmp_path)) == [
        ("the file here", "has changed"),
        ("the file gone", "is gone"),
        ("the file here", "is there now"),
        ("the variable STEPS", "is gone"),
        ("it asks for the time of now", "and no later build can compare that"),
    ]
