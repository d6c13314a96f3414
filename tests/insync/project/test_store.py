"""The cache: what makes a snippet run again, what does not, and which files are not believed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from insync.project import store
from insync.project.store import KEPT, Store, record_key, record_parts
from insync.running.snippet import parse_snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Site

SOURCE = "# %% one\nimport torch\nx = torch.rand(1)\n# %% two\nprint(x)\n"
PAGE = "```snippet\nmade\n```\n\n`{python} x.item():.4f`\n"


@pytest.fixture(autouse=True)
def fresh_facts() -> Iterator[None]:
    """What is remembered of the machine for a whole process is forgotten around each test."""
    store.machine.cache_clear()
    store.engine_digest.cache_clear()
    yield
    store.machine.cache_clear()
    store.engine_digest.cache_clear()


def runs(site: Site) -> list[str]:
    """What a build in a new process would run."""
    site.runner.runs.clear()
    project = site.new_project()
    project.start()
    for task in project.tasks():
        assert task.cached is (task.snippet.name not in site.runner.names)
    return site.runner.names


@pytest.fixture
def cached(site: Site) -> Site:
    """A project whose one snippet has been run."""
    site.snippet(SOURCE)
    site.page(PAGE)
    assert runs(site) == ["made"]
    assert runs(site) == []
    return site


def cache_file(site: Site) -> Path:
    (path,) = site.settings.cache.glob("made.*.json")
    return path


# --- The key ------------------------------------------------------------------------------------------------


def key(source: str = SOURCE, **questions: tuple[str, ...]) -> str:
    return record_key(record_parts(parse_snippet(Path("made.py"), source), questions or {"two": ("x",)}))


@pytest.mark.parametrize(
    "other",
    [
        key(SOURCE.replace("rand(1)", "rand(2)")),
        key(SOURCE.replace("print(x)", "print(x)  # a comment, which the page shows")),
        key(SOURCE.replace("%% two", "%% three"), three=("x",)),
        key(SOURCE.replace("%% two", '%% two tags=["raises-exception"]')),
        key(SOURCE + "# %% three\na = 1\n"),
        key(two=("x", "y")),
        key(two=("x:.4f",)),
        key(one=("x",)),
        key("# prose above the cells, which moves their lines\n" + SOURCE),
    ],
    ids=["code", "comment", "name", "tag", "cell", "more asked", "format", "where asked", "line"],
)
def test_the_key_changes_with_what_can_change_a_record(other: str) -> None:
    assert other != key()


@pytest.mark.parametrize(
    "same",
    [
        SOURCE.replace("\n", "\r\n"),
        SOURCE + "\n\n\n",
        SOURCE.rstrip(),
        SOURCE.replace(
            "%% two", '%% two tags=["hide-input", "hide-output"] normalise=["[0-9]"] not_portable="no"'
        ),
    ],
    ids=["line ends", "blank end", "no end", "what a page hides"],
)
def test_the_key_stays_with_what_cannot(same: str) -> None:
    assert key(same) == key()


def test_the_key_changes_with_the_version_of_any_package_also_within_one_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    keys = [key()]
    (tmp_path / "tiny-1.0.dist-info").mkdir()
    keys.append(key())
    (tmp_path / "tiny-1.0.dist-info").rename(tmp_path / "tiny-1.1.dist-info")
    keys.append(key())
    assert len(set(keys)) == 3


@pytest.mark.parametrize("fact", ["node", "platform"])
def test_the_key_changes_with_what_a_snippet_can_ask_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, fact: str
) -> None:
    before = key()
    monkeypatch.setattr(platform, fact, lambda: "another")
    store.machine.cache_clear()
    assert key() != before


def test_the_key_changes_with_the_folder_which_a_snippet_sees() -> None:
    here, elsewhere = (record_parts(parse_snippet(Path(folder, "made.py"), SOURCE), {}) for folder in "ab")
    assert record_key(here) != record_key(elsewhere)


def test_the_key_changes_with_the_cpu_capability_that_is_asked_of_torch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "default")
    before = key()
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "avx2")
    store.machine.cache_clear()
    assert key() != before


def test_the_key_changes_with_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    (tmp_path / "worker.py").write_text("# Another way to run a snippet.\n", encoding="utf-8")
    monkeypatch.setattr(store, "_RUNNING", tmp_path)
    store.engine_digest.cache_clear()
    assert key() != before


def test_the_engines_modules_that_make_a_record_are_all_in_the_key() -> None:
    """Whatever the worker imports of the engine can change a record."""
    import subprocess
    import sys

    listing = "import sys, insync.running.worker; print(*(m for m in sys.modules if m.startswith('insync.')))"
    loaded = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    own = {name for name in loaded.stdout.split() if not name.startswith("insync.running")}
    assert own <= {"insync.problem"}


# --- Files that the run looked at ---------------------------------------------------------------------------

LOOKING = """
# %% one
import os
import wave
import helper
numbers = open("data.txt").read()
there = os.path.exists("maybe.txt")
files = os.listdir("folder")
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("helper.py", "import deeper\nb = 2\n"),
        ("deeper.py", "a = 2\n"),
        ("data.txt", "2"),
        ("maybe.txt", ""),
        ("folder/b.txt", ""),
        ("wave.py", "a = 1\n"),
    ],
    ids=[
        "import",
        "import of an import",
        "data",
        "looked for in vain",
        "listed",
        "stands before the library",
    ],
)
def test_a_snippet_runs_again_when_a_file_it_looked_at_changes(site: Site, path: str, text: str) -> None:
    site.write("snippets/helper.py", "import deeper\n")
    site.write("snippets/deeper.py", "a = 1\n")
    site.write("snippets/data.txt", "1")
    site.write("snippets/folder/a.txt", "1")
    site.snippet(LOOKING)
    site.page("```snippet\nmade\n```\n")
    assert runs(site) == ["made"]
    assert runs(site) == []
    site.write("snippets/unrelated.py", "a = 1\n")
    site.write("snippets/folder/a.txt", "only listed, not read")
    assert runs(site) == []
    site.write(f"snippets/{path}", text)
    assert runs(site) == ["made"]


def test_a_touched_file_with_the_same_contents_changes_nothing(cached: Site) -> None:
    cached.snippet(SOURCE)
    assert runs(cached) == []


# --- Files of the cache -------------------------------------------------------------------------------------


def tampered(text: str, **changes: object) -> str:
    """A cache file with something else in its record, and a right digest for it."""
    data = json.loads(text)
    data["record"].update(changes)
    dumped = json.dumps([data["parts"], data["record"]], sort_keys=True).encode("utf-8", "surrogatepass")
    data["digest"] = hashlib.sha256(dumped).hexdigest()
    return json.dumps(data)


NO_CELLS = [{"name": name, "outputs": [], "values": {}} for name in ("one", "two")]


def with_value(value: object, output: dict[str, str] | None = None) -> list[object]:
    cells = json.loads(json.dumps(NO_CELLS))
    cells[1]["values"]["x.item():.4f"] = value
    cells[0]["outputs"] = [output] if output else []
    return cells


DAMAGE: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "cut in half": lambda text: text[: len(text) // 2],
    "last byte lost": lambda text: text[:-1],
    "a digit changed": lambda text: text.replace("0.", "1.", 1),
    "zeros": lambda text: "\0" * len(text),
    "a list": lambda _: "[]",
    "null": lambda _: "null",
    "nothing in it": lambda _: "{}",
    "a huge number": lambda _: "1" * 5000,
    "deeply nested": lambda _: "[" * 100_000,
    "another key": lambda text: tampered(json.dumps({**json.loads(text), "parts": {"a": "b"}})),
    "no digest": lambda text: json.dumps({**json.loads(text), "digest": ""}),
    "no cells": lambda text: tampered(text, cells=[]),
    "cells of no kind": lambda text: tampered(text, cells=None),
    "a cell without outputs": lambda text: tampered(text, cells=[{"name": "one"}]),
    "cells without values": lambda text: tampered(text, cells=NO_CELLS),
    "a value that is no text": lambda text: tampered(text, cells=with_value({"text": 7, "error": ""})),
    "a value of another shape": lambda text: tampered(text, cells=with_value({"html": "7"})),
    "an output of an unknown kind": lambda text: tampered(
        text, cells=with_value({"text": "7", "error": ""}, {"kind": "html", "text": "<script>"})
    ),
    "an input that is no path": lambda text: tampered(text, inputs={"read:\0": "x"}),
    "inputs of no kind": lambda text: tampered(text, inputs=[]),
    "no environment": lambda text: tampered(text, environment={}),
    "a time that is no number": lambda text: tampered(text, seconds="soon"),
    "another snippet's": lambda text: tampered(text, snippet="other"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_or_hostile_cache_file_is_run_again_and_replaced(
    cached: Site, damage: Callable[[str], str]
) -> None:
    path = cache_file(cached)
    before = path.read_text(encoding="utf-8")
    html = cached.render().content
    path.write_text(damage(before), encoding="utf-8")
    assert runs(cached) == ["made"]
    assert cached.render().content == html
    assert runs(cached) == []


def test_a_cache_file_that_is_no_text_or_a_folder_is_run_again(cached: Site) -> None:
    path = cache_file(cached)
    path.write_bytes(b"\xff\xfe\x00")
    assert runs(cached) == ["made"]
    path.unlink()
    path.mkdir()
    assert runs(cached) == ["made"]
    assert "every build runs its snippets again" in cached.project.warnings[0]


def test_without_a_cache_folder_the_numbers_are_right_all_the_same(site: Site) -> None:
    site.snippet(SOURCE)
    site.page(PAGE)
    site.write(".cache", "a file stands where the folder should be")
    html = site.render().content
    (warning,) = site.project.warnings
    assert "cannot be written" in warning
    assert runs(site) == ["made"]
    assert site.render().content == html
    assert "insync-number" in html


def test_a_failed_run_is_not_kept(site: Site) -> None:
    site.snippet("# %% one\n1 / 0\n")
    site.page("```snippet\nmade\n```\n")
    assert runs(site) == ["made"]
    assert runs(site) == ["made"]
    assert not site.settings.cache.exists() or not list(site.settings.cache.iterdir())


def test_a_few_records_of_a_snippet_are_kept_so_that_branches_can_be_changed(cached: Site) -> None:
    for number in range(KEPT + 2):
        cached.snippet(SOURCE + f"# %% more\na = {number}\n")
        assert runs(cached) == ["made"]
    assert len(list(cached.settings.cache.iterdir())) == KEPT
    cached.snippet(SOURCE + f"# %% more\na = {KEPT}\n")
    assert runs(cached) == []


def test_a_snippet_whose_name_begins_like_another_keeps_its_records(cached: Site) -> None:
    cached.snippet("# %% one\na = 1\n", "made.more"[:4] + "_more")
    cached.page(PAGE + "\n```snippet\nmade_more\n```\n")
    assert runs(cached) == ["made_more"]
    for number in range(KEPT + 1):
        cached.snippet(SOURCE + f"# %% more\na = {number}\n")
        runs(cached)
    assert len(list(cached.settings.cache.glob("made_more.*"))) == 1


def test_a_half_written_file_of_a_killed_build_is_no_record(cached: Site) -> None:
    cached.settings.cache.joinpath("tmp1.part").write_text("{", encoding="utf-8")
    assert runs(cached) == []


def test_what_is_saved_is_what_is_loaded(cached: Site) -> None:
    (task,) = cached.project.tasks()
    assert task.outcome.record is not None
    kept = Store(cached.root / "other")
    record = dataclasses.replace(task.outcome.record, finished="卷积 \ud800")
    assert kept.save({"what": "卷积"}, record) == ""
    assert kept.load(task.snippet, record_key({"what": "卷积"})) == record
    assert kept.load(task.snippet, record_key({"what": "other"})) is None
