"""`insync explain`: every reason why the next build would run a snippet, and the words when it would not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.problem import InsyncError
from insync.project import store
from insync.publishing.explain import Explanation, explain
from insync.running import installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Site

SOURCE = """
    # %% one
    import os.path
    from pathlib import Path

    import helper

    x = helper.value + int(Path("data.txt").read_text())
    lost = os.path.exists("missing.txt")
    # %% two tags=["hide-input"]
    print(x)
"""
PAGE = "```snippet\nmade\n```\n\n`{python} x` and `{python made#one} lost`\n"


@pytest.fixture(autouse=True)
def fresh_facts() -> Iterator[None]:
    """What is remembered of the machine for a whole process is forgotten around each test."""
    store.machine.cache_clear()
    store.engine_digest.cache_clear()
    yield
    store.machine.cache_clear()
    store.engine_digest.cache_clear()


@pytest.fixture
def built(site: Site) -> Site:
    """A project that was built, with its record in the cache."""
    site.snippet(SOURCE)
    site.write("snippets/helper.py", "import deeper\nvalue = deeper.value\n")
    site.write("snippets/deeper.py", "value = 1\n")
    site.write("snippets/data.txt", "2\n")
    site.page(PAGE)
    build(site)
    return site


def build(site: Site) -> None:
    project = site.new_project()
    project.start()
    assert [task.outcome.problem for task in project.tasks()] == [None]


def ask(site: Site) -> Explanation:
    """What is said of `made`; a build then does as was said."""
    answer = explain(site.new_project(), "made")
    site.runner.runs.clear()
    build(site)
    assert (site.runner.names == ["made"]) is answer.runs
    return answer


def reasons(site: Site) -> tuple[str, ...]:
    answer = ask(site)
    assert answer.runs
    assert not ask(site).runs, "one run settles it"
    return answer.reasons


def test_nothing_changed(built: Site) -> None:
    answer = ask(built)
    assert not answer.runs
    assert answer.reasons == ()
    assert {"data.txt", "helper.py", "deeper.py", "missing.txt"} <= set(answer.inputs)
    assert len(answer.inputs) == len(set(answer.inputs))
    assert str(answer).startswith(
        f"The next build takes `made` from the cache; nothing changed since {answer.finished}.\n"
        "It is run again when one of these changes:\n  - "
    )


def test_a_snippet_that_looks_at_nothing_has_no_list(site: Site) -> None:
    site.snippet("# %% one\nx = 1\n")
    site.page("```snippet\nmade\n```\n")
    build(site)
    assert "\n" not in str(ask(site))


def test_no_record(site: Site) -> None:
    site.snippet("# %% one\nx = 1\n")
    site.page("```snippet\nmade\n```\n")
    answer = explain(site.new_project(), "made")
    assert str(answer) == "The next build runs `made`:\n  - the cache holds no record of it"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("print(x)", "print(x + 1)", "the cell `two` has changed"),
        ("print(x)", "print(x)  # why", "the cell `two` has changed"),
        ("import os.path", "\n    import os.path", "a cell's line in its file has changed"),
        ("print(x)", "print(x)\n    # %% three\n    y = 1", None),
    ],
)
def test_a_cells_code_comment_or_tag(built: Site, old: str, new: str, says: str | None) -> None:
    built.snippet(SOURCE.replace(old, new))
    found = reasons(built)
    if says:
        assert found == (says,)
    else:
        assert {"the cell `three` is new", "the order of the cells has changed"} <= set(found)


def test_a_cell_that_is_gone(built: Site) -> None:
    built.snippet(SOURCE.partition("    # %% two")[0])
    assert {"the cell `two` is gone", "the order of the cells has changed"} <= set(reasons(built))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{python} x`", "{python} x:.1f`", ("what pages ask of the cell `two` has changed",)),
        ("`{python} x`", "x", ("what pages ask of the cell `two` is gone",)),
        ("lost`", "lost` `{python made#one} x`", ("what pages ask of the cell `one` has changed",)),
    ],
)
def test_an_expression_on_a_page(built: Site, old: str, new: str, says: tuple[str, ...]) -> None:
    built.page(PAGE.replace(old, new))
    assert reasons(built) == says


def test_an_expression_on_a_page_of_the_other_language(built: Site) -> None:
    built.page("`{python made#two} x * 3`\n", language="zh")
    assert reasons(built) == ("what pages ask of the cell `two` has changed",)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("helper.py", "value = 5\n", "the file helper.py has changed"),
        ("deeper.py", "value = 1  # why\n", "the file deeper.py has changed"),
        ("data.txt", "3\n", "the file data.txt has changed"),
        ("missing.txt", "here\n", "the file missing.txt is there now"),
    ],
)
def test_an_import_an_import_of_an_import_data_and_a_file_looked_for_in_vain(
    built: Site, name: str, content: str, says: str
) -> None:
    built.write(f"snippets/{name}", content)
    assert reasons(built) == (says,)


def test_a_file_that_is_gone(built: Site) -> None:
    built.write("snippets/missing.txt", "x")
    build(built)
    (built.settings.snippets / "missing.txt").unlink()
    assert reasons(built) == ("the file missing.txt is gone",)


def test_a_module_that_would_now_be_found_first(built: Site) -> None:
    built.write("snippets/helper/__init__.py", "value = 7\n")
    assert "the file helper/__init__.py is there now" in reasons(built)


def test_another_version(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = (*installed.packages(), "tiny-1.0")
    monkeypatch.setattr(installed, "packages", lambda: real)
    assert reasons(built) == ("tiny-1.0 is installed now",)
    upgraded = tuple(each.replace("tiny-1.0", "tiny-1.1") for each in real)
    monkeypatch.setattr(installed, "packages", lambda: upgraded)
    assert reasons(built) == ("tiny-1.0 is no longer installed", "tiny-1.1 is installed now")


def test_another_python(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.platform, "python_version", lambda: "3.99.0")
    store.machine.cache_clear()
    assert reasons(built) == ("this machine's python has changed",)


@pytest.mark.parametrize("capability", ["default", "avx2"])
def test_another_cpu_capability(built: Site, monkeypatch: pytest.MonkeyPatch, capability: str) -> None:
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", capability)
    store.machine.cache_clear()
    assert reasons(built) == ("this machine's ATEN_CPU_CAPABILITY has changed",)


def test_another_cpu(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "cpu_features", lambda: "another")
    store.machine.cache_clear()
    assert reasons(built) == ("this machine's cpu has changed",)


def test_another_engine(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "engine_digest", lambda: "another")
    assert reasons(built) == ("insync's own code has changed",)


def test_several_reasons_at_once(built: Site) -> None:
    built.snippet(SOURCE.replace("print(x)", "print(-x)"))
    built.page(PAGE.replace("{python} x`", "{python} x:.1f`"))
    built.write("snippets/data.txt", "5\n")
    answer = explain(built.new_project(), "made")
    assert str(answer) == (
        "The next build runs `made`:\n"
        "  - the cell `two` has changed\n"
        "  - what pages ask of the cell `two` has changed\n"
        "  - the file data.txt has changed"
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/en/page.md", PAGE + "\nMore prose.\n"),
        ("docs/en/other.md", "# Other { #other }\n\n`{python made#two} x`\n"),
        ("snippets/beside.py", "value = 9\n"),
        ("snippets/beside.txt", "9\n"),
        ("snippets/outputs/made.txt", "typed\n"),
    ],
)
def test_nothing_else_makes_it_run(built: Site, path: str, text: str) -> None:
    built.write(path, text)
    assert not ask(built).runs


@pytest.mark.parametrize("name", ["made.py", "helper.py"])
def test_another_checkouts_line_ends_are_told_from_a_change(built: Site, name: str) -> None:
    path = built.settings.snippets / name
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    # Of a file that is only read, no one can say what its bytes mean to the run.
    assert ask(built).runs is (name == "helper.py")


def test_cells_normalise_and_portability_change_nothing_that_is_run(built: Site) -> None:
    built.snippet(SOURCE.replace("# %% one", '# %% one normalise=["[0-9]+ ms"] not_portable="it trains"'))
    assert not ask(built).runs


@pytest.mark.parametrize("tags", ["", 'tags=["hide-output"]', 'tags=["hide-input", "hide-output"]'])
def test_what_a_page_hides_changes_nothing_that_is_run(built: Site, tags: str) -> None:
    built.snippet(SOURCE.replace('tags=["hide-input"]', tags))
    assert not ask(built).runs


def test_what_was_left_and_taken_up_again_is_in_the_cache(built: Site) -> None:
    built.snippet(SOURCE.replace("print(x)", "print(-x)"))
    build(built)
    built.snippet(SOURCE)
    assert not ask(built).runs, "the record before last still fits"


def test_a_damaged_record_is_none(built: Site) -> None:
    for path in built.settings.cache.glob("*.json"):
        path.write_text("{", encoding="utf-8")
    assert reasons(built) == ("the cache holds no record of it",)


def test_asking_runs_nothing_and_writes_nothing(built: Site) -> None:
    built.snippet(SOURCE.replace("print(x)", "print(-x)"))
    built.runner.runs.clear()
    before = sorted(built.settings.cache.iterdir())
    explain(built.new_project(), "made")
    assert built.runner.runs == []
    assert sorted(built.settings.cache.iterdir()) == before


def test_a_snippet_that_no_page_asks_for(built: Site) -> None:
    with pytest.raises(InsyncError, match=r"(?s)no page asks for the snippet `mad`.*Did you mean `made`\?"):
        explain(built.new_project(), "mad")


def test_a_snippet_that_cannot_be_read(built: Site) -> None:
    built.snippet("x = 1\n")
    with pytest.raises(InsyncError, match=r"(?s)code stands above the first cell.*snippets/made.py:1"):
        explain(built.new_project(), "made")
