"""The command line: what each command does to a project, what it prints, and how it ends."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, command

from insync.project import project
from insync.publishing import check
from insync.publishing.cli import main
from insync.publishing.rerun import differences, other_conditions, run_again
from insync.running.expression import Expression
from insync.running.job import Conditions

if TYPE_CHECKING:
    from conftest import Site

SOURCE = """
    # %% one
    x = 0.25449
    print("x is", x)
    # %% two
    y = [1, 2]
    y
"""
PAGE = "# Page { #page }\n\n```snippet\nmade\n```\n\n`{python made#one} x:.4f` and `{python} y`\n"
OUTPUTS = """\
# Made by `insync update`: what the pages publish of this snippet. Change that or a page, not this.

[one]
stdout:
    x is 0.25449
asked by pages:
    x:.4f  →  0.2545

[two]
value:
    [1, 2]
asked by pages:
    y  →  [1, 2]
"""
Insync = Callable[..., Result]
CPU = Path("/proc/cpuinfo")
FLAGS = CPU.read_text(encoding="utf-8") if CPU.is_file() else ""


@pytest.fixture
def insync(site: Site, monkeypatch: pytest.MonkeyPatch) -> Insync:
    """Runs a command in the project; fails on anything but an orderly end.

    The first run of snippets is done by the session's fork server; those that `check` adds have their own.
    """
    monkeypatch.setattr(project, "Runner", lambda _: site.runner)
    site.write("mkdocs.yml", "site_name: x\n")

    def call(*words: str, status: int = 0) -> Result:
        result = CliRunner().invoke(main, words)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == status, result.output
        return result

    return call


@pytest.fixture
def made(site: Site, insync: Insync) -> Site:
    """A small project in both languages with all in order, but that nothing is published yet."""
    site.snippet(SOURCE)
    both(site, PAGE)
    return site


def both(site: Site, page: str, name: str = "page") -> None:
    """A page in both languages."""
    site.page(page, name)
    site.page(page, name, language="zh")
    result = CliRunner().invoke(main, ["translated"])
    assert result.exit_code == 0, result.output


def outputs(site: Site, name: str = "made") -> Path:
    return site.settings.snippets / "outputs" / f"{name}.txt"


# --- Help and the project ----------------------------------------------------------------------------------

COMMANDS = ("check", "explain", "phrases", "run", "summary", "translated", "update")


def test_every_command_is_listed_with_a_sentence(insync: Insync) -> None:
    text = insync("--help").stdout
    assert tuple(sorted(main.commands)) == COMMANDS
    for name in COMMANDS:
        assert re.search(rf"^  {name}  +[A-Z]\w+ \w+", text, re.MULTILINE), name


@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS)])
def test_every_help_text_says_what_the_exit_statuses_mean(insync: Insync, words: tuple[str, ...]) -> None:
    for option in ("-h", "--help"):
        text = insync(*words, option).stdout
        assert all(re.search(rf"^ +{status} +[a-z]", text, re.MULTILINE) for status in (0, 1, 2, 130)), text


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("check", {"--portable", "--json"}),
        ("explain", {"--json", "NAME"}),
        ("run", {"NAME"}),
        ("summary", {"--base", "--json"}),
        ("translated", {"PAGE"}),
        ("update", {"NAME"}),
    ],
)
def test_a_help_text_names_what_can_be_given(insync: Insync, name: str, options: set[str]) -> None:
    text = insync(name, "--help").stdout
    assert all(option in text for option in options)
    described = text.partition("Options:")[0]
    assert len(described.split()) > 20, "a newcomer is told what it is for"


@pytest.mark.parametrize(
    "words",
    [
        ("chek",),
        ("run", "--fast"),
        ("explain",),
        ("explain", "a", "b"),
        ("check", "a"),
        ("summary", "--base"),
    ],
)
def test_what_is_not_understood_ends_with_two(insync: Insync, words: tuple[str, ...]) -> None:
    result = insync(*words, status=2)
    assert "Error: " in result.stderr
    assert not result.stdout


@pytest.mark.parametrize(
    "words", [("run",), ("check",), ("update",), ("explain", "made"), ("summary",), ("translated",)]
)
def test_outside_of_a_project_every_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    (tmp_path / "mkdocs.yml").touch()  # a site, but not one of ours
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert "no folder above has snippets/ or [tool.insync] in its pyproject.toml" in result.stderr


def test_a_command_works_anywhere_inside_the_project(
    made: Site, insync: Insync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made.settings.pages[0])
    assert insync("update").stdout.endswith("snippets/outputs/made.txt\n")
    assert outputs(made).is_file()


def test_as_a_process_of_its_own(made: Site) -> None:
    process = command(made.root, "insync", "run")
    out, _ = process.communicate(timeout=600)
    assert process.returncode == 0, out


# --- run ---------------------------------------------------------------------------------------------------


def test_run_prints_what_is_published(made: Site, insync: Insync) -> None:
    result = insync("run")
    assert result.stdout == f"# made\n{OUTPUTS.partition(chr(10))[2]}\n"
    assert result.stderr == ""
    assert not outputs(made).exists()


def test_run_of_one_runs_no_other(made: Site, insync: Insync) -> None:
    made.snippet("# %% a\nprint('other')\n", "other")
    both(made, "# Other { #other }\n\n```snippet\nother\n```\n", "other")
    assert insync("run", "other").stdout == "# other\n\n[a]\nstdout:\n    other\n\n"
    assert insync("run", "made", "other").stdout == insync("run").stdout


def test_run_takes_nothing_from_the_cache_and_leaves_nothing_there(made: Site, insync: Insync) -> None:
    made.snippet("# %% one\nimport os, time\nx = 1\nprint(os.getpid(), time.time_ns())\n# %% two\ny = 1\n")
    made.project.start()
    assert made.project.outcome("made").record
    kept = sorted(made.settings.cache.iterdir())
    assert insync("run").stdout != insync("run").stdout
    assert sorted(made.settings.cache.iterdir()) == kept


@pytest.mark.parametrize("name", ["run", "update"])
def test_an_unknown_name_is_answered_with_the_nearest(made: Site, insync: Insync, name: str) -> None:
    result = insync(name, "mad", status=1)
    assert result.stderr == "no page asks for a snippet `mad`\n  What to do: Did you mean `made`?\n"


@pytest.mark.parametrize(
    ("source", "page", "says"),
    [
        ("# %% one\nx = 1\nraise ValueError('no')\n", PAGE, "the cell `one` raises ValueError: no"),
        ("x = 1\n", PAGE, "code stands above the first cell"),
        ("# %% one\nx = 1\n# %% two\ny = 1\n", PAGE.replace("x:.4f", "z"), "`z` gives no number: NameError"),
        (None, PAGE, "there is no snippet `made`"),
    ],
)
@pytest.mark.parametrize("words", [("run",), ("run", "made"), ("update",), ("update", "made")])
def test_what_fails_is_told_and_ends_with_one(
    site: Site, insync: Insync, source: str | None, page: str, says: str, words: tuple[str, ...]
) -> None:
    site.write("snippets/outputs/made.txt", OUTPUTS)
    if source:
        site.snippet(source)
    site.page(page)
    result = insync(*words, status=1)
    assert says in result.stderr
    assert "What to do: " in result.stderr
    assert "Traceback" not in result.stderr.replace(
        'Traceback (most recent call last):\n  |   File "made.py"', ""
    )
    # What cannot be computed now is no reason to throw away what was published.
    assert outputs(site).read_text(encoding="utf-8") == OUTPUTS


def test_what_runs_is_printed_beside_what_fails(made: Site, insync: Insync) -> None:
    made.snippet("# %% a\n1 / 0\n", "broken")
    both(made, "# B { #b }\n\n```snippet\nbroken\n```\n", "b")
    result = insync("run", status=1)
    assert result.stdout.startswith("# made\n")
    assert "snippets/broken.py:2" in result.stderr
    assert "ZeroDivisionError" in result.stderr


# --- update ------------------------------------------------------------------------------------------------


def test_update_writes_what_is_published_and_then_nothing(made: Site, insync: Insync) -> None:
    assert insync("update").stdout == "wrote snippets/outputs/made.txt\n"
    assert outputs(made).read_bytes() == OUTPUTS.encode()
    stamp = outputs(made).stat()
    assert insync("update").stdout == "nothing has changed\n"
    assert outputs(made).stat().st_mtime_ns == stamp.st_mtime_ns
    assert outputs(made).stat().st_ino == stamp.st_ino


def test_update_rewrites_only_what_changed(made: Site, insync: Insync) -> None:
    made.snippet("# %% a\nprint('other')\n", "other")
    both(made, "# Other { #other }\n\n```snippet\nother\n```\n", "other")
    assert insync("update").stdout == "wrote snippets/outputs/made.txt\nwrote snippets/outputs/other.txt\n"
    stamp = outputs(made).stat().st_mtime_ns
    made.snippet("# %% a\nprint('another')\n", "other")
    assert insync("update").stdout == "wrote snippets/outputs/other.txt\n"
    assert outputs(made).stat().st_mtime_ns == stamp


def test_update_leaves_a_checkout_with_other_line_ends_alone(made: Site, insync: Insync) -> None:
    insync("update")
    crlf = outputs(made).read_bytes().replace(b"\n", b"\r\n")
    outputs(made).write_bytes(crlf)
    assert insync("update").stdout == "nothing has changed\n"
    assert outputs(made).read_bytes() == crlf
    assert "All is well" in insync("check").stdout


def test_update_removes_what_no_page_needs_any_more(made: Site, insync: Insync) -> None:
    made.write("snippets/outputs/gone.txt", "x")
    made.write("snippets/outputs/notes.md", "x")
    made.snippet("# %% a\nprint(1)\n", "unused")
    made.write("snippets/outputs/unused.txt", "x")
    assert insync("update").stdout == (
        "wrote snippets/outputs/made.txt\n"
        "removed snippets/outputs/gone.txt: no page shows that snippet\n"
        "removed snippets/outputs/unused.txt: no page shows that snippet\n"
    )
    assert sorted(path.name for path in outputs(made).parent.iterdir()) == ["made.txt", "notes.md"]


def test_update_of_one_touches_nothing_else(made: Site, insync: Insync) -> None:
    made.write("snippets/outputs/gone.txt", "x")
    made.snippet("# %% a\nprint('other')\n", "other")
    both(made, "# Other { #other }\n\n```snippet\nother\n```\n", "other")
    assert insync("update", "made").stdout == "wrote snippets/outputs/made.txt\n"
    assert outputs(made, "gone").exists()
    assert not outputs(made, "other").exists()


def test_update_with_a_page_that_cannot_be_read_removes_nothing(made: Site, insync: Insync) -> None:
    insync("update")
    for folder in made.settings.pages:
        (folder / "page.md").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in insync("update", status=1).stderr
    assert outputs(made).is_file()


def test_update_that_cannot_write_says_so(made: Site, insync: Insync) -> None:
    made.write("snippets/outputs", "a file in the folder's place")
    assert "cannot be" in insync("update", status=1).stderr


# --- check -------------------------------------------------------------------------------------------------


@pytest.fixture
def published(made: Site, insync: Insync) -> Site:
    """The small project, with its outputs."""
    insync("update")
    return made


def findings(insync: Insync, *words: str, status: int = 1) -> dict[str, list[dict[str, str]]]:
    """What a check finds, for a script."""
    found: dict[str, list[dict[str, str]]] = json.loads(
        insync("check", "--json", *words, status=status).stdout
    )
    return found


def test_check_is_content(published: Site, insync: Insync) -> None:
    # Two numbers on a page, and a page in each language.
    assert insync("check").stdout == "All is well: 1 snippets, 4 numbers and claims on 2 pages.\n"
    assert findings(insync, status=0) == {"ok": True, "problems": [], "moved": [], "not_portable": []}


def test_check_shows_a_moved_number_as_a_diff_until_it_is_published(published: Site, insync: Insync) -> None:
    published.snippet(SOURCE.replace("0.25449", "0.5"))
    text = insync("check", status=1).stdout
    assert "--- snippets/outputs/made.txt (published)\n+++ what the code gives now\n" in text
    for line in ("-    x is 0.25449\n+    x is 0.5\n", "-    x:.4f  →  0.2545\n+    x:.4f  →  0.5000\n"):
        assert line in text
    assert "last digits" not in text
    assert text.endswith("Found: 2 published lines moved (if that is right: insync update, and commit).\n")
    insync("update")
    assert "All is well" in insync("check").stdout


def test_check_tells_last_digits_from_a_change(published: Site, insync: Insync) -> None:
    published.snippet(SOURCE.replace("0.25449", "0.25448"))
    text = insync("check", status=1).stdout
    assert "(only last digits, by one unit: print fewer digits, or mark the cell not_portable)" in text
    assert findings(insync)["moved"][0]["kind"] == "rounding"


def test_check_says_the_same_to_a_script(published: Site, insync: Insync) -> None:
    published.snippet(SOURCE.replace("0.25449", "0.5"))
    published.page(PAGE + "\nIt is 0.125.\n")
    found = findings(insync)
    assert found["ok"] is False
    assert found["moved"] == [
        {
            "snippet": "made",
            "what": "one: stdout",
            "kind": "changed",
            "old": "x is 0.25449",
            "new": "x is 0.5",
        },
        {"snippet": "made", "what": "one: x:.4f", "kind": "changed", "old": "0.2545", "new": "0.5000"},
    ]
    typed, old = found["problems"]
    assert typed["message"] == "`0.125` is typed, not computed"
    assert typed["page"] == "docs/en/page.md:9"
    assert "out of date" in old["message"]
    text = insync("check", status=1).stdout
    for problem in found["problems"]:
        assert problem["message"] in text
        assert problem["advice"] in text


def test_check_finds_outputs_that_were_never_published(made: Site, insync: Insync) -> None:
    assert {move["kind"] for move in findings(insync)["moved"]} == {"added"}


@pytest.mark.parametrize(
    ("old", "new"),
    [("[two]", "\n[two]"), ("# Made by", "# Typed by"), ("\n    x is", "\n\n    x is")],
)
def test_check_fails_on_a_file_that_update_would_write_otherwise(
    published: Site, insync: Insync, old: str, new: str
) -> None:
    outputs(published).write_text(OUTPUTS.replace(old, new), encoding="utf-8")
    found = findings(insync)
    assert found["moved"] == []
    assert [problem["advice"] for problem in found["problems"]] == ["Run: insync update made"]
    assert insync("update").stdout == "wrote snippets/outputs/made.txt\n"


@pytest.mark.parametrize(
    "code",
    [
        "import time; print(time.perf_counter_ns(), 'ms')",
        "print(id(object()))",
        "print(object())",
        "import os; print(os.urandom(4).hex())",
        "import secrets; x = secrets.token_hex(8)",
        "import uuid; uuid.uuid4()",
        "import os; print(os.getpid())",
    ],
)
def test_check_refuses_output_that_cannot_repeat(site: Site, insync: Insync, code: str) -> None:
    site.snippet(f"# %% a\nx = 1\n{code}\n")
    both(site, "# A { #a }\n\n```snippet\nmade\n```\n\n`{python} x`\n")
    insync("update")
    (problem,) = (each for each in findings(insync)["problems"])
    assert problem["message"] == "the cell `a` prints what cannot repeat"
    assert problem["snippet"] == "snippets/made.py:2"
    assert 'name what to leave out: # %% a normalise=["[0-9.]+ ms"]' in problem["advice"]
    assert problem["detail"]


def test_check_allows_it_where_the_cell_names_it(site: Site, insync: Insync) -> None:
    site.snippet(
        '# %% a normalise=["[0-9]+ ns", "0x[0-9a-f]+"]\nimport time\nprint(time.time_ns(), "ns", object())\n'
    )
    both(site, "# A { #a }\n\n```snippet\nmade\n```\n")
    insync("update")
    assert "    … <object object at …>\n" in outputs(site).read_text(encoding="utf-8")
    assert "All is well" in insync("check").stdout


def test_check_refuses_a_run_that_fails_the_second_time(
    site: Site, insync: Insync, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first server has its environment from before; the second one is started now.
    monkeypatch.setenv("STARTED_LATER", "1")
    site.snippet("# %% a\nimport os\nassert 'STARTED_LATER' not in os.environ\n")
    both(site, "# A { #a }\n\n```snippet\nmade\n```\n")
    insync("update")
    (problem,) = findings(insync)["problems"]
    assert problem["message"] == "a second run fails: the cell `a` raises AssertionError"
    assert problem["snippet"] == "snippets/made.py"


def test_check_finds_leftovers_and_differences_between_languages(published: Site, insync: Insync) -> None:
    published.write("snippets/outputs/gone.txt", "x")
    published.page("# Alone { #alone }\n", "alone")
    published.snippet(SOURCE + "    # %% three\n    z = 1\n")
    published.page(PAGE.replace("```snippet\nmade\n```", "```snippet\nmade#one\nmade#two\n```"))
    both(published, PAGE.replace("```snippet\nmade\n```", "```snippet\nmade#one\nmade#two\n```"))
    messages = [problem["message"] for problem in findings(insync)["problems"]]
    assert messages == [
        "the page has no counterpart in zh",
        "there is no snippet `gone` any more",
        "no page shows or asks the cell `three`",
    ]


def test_check_tells_what_a_build_would_refuse(published: Site, insync: Insync) -> None:
    both(published, PAGE + "\n## No anchor\n")
    messages = [problem["message"] for problem in findings(insync)["problems"]]
    assert messages == ["the heading has no anchor of its own"] * 2


@pytest.mark.parametrize("source", ["# %% one\n1 / 0\n", "x = 1\n", None])
def test_check_tells_a_snippet_that_does_not_run_once_for_each_page(
    published: Site, insync: Insync, source: str | None
) -> None:
    path = published.settings.snippets / "made.py"
    path.unlink() if source is None else published.snippet(source)
    found = findings(insync)
    assert {problem["page"].partition(":")[0] for problem in found["problems"]} >= {
        "docs/en/page.md",
        "docs/zh/page.md",
    }
    assert found["moved"] == []


def test_check_uses_no_cache(published: Site, insync: Insync) -> None:
    published.project.start()
    assert published.project.outcome("made").record
    for path in published.settings.cache.glob("*.json"):
        path.write_text(path.read_text(encoding="utf-8").replace("0.2545", "0.9999"), encoding="utf-8")
    assert "All is well" in insync("check").stdout


# --- check --portable --------------------------------------------------------------------------------------

DIFFERS = """
    # %% same
    print("1 2 3")
    # %% other{options}
    import os

    capability = os.environ.get("ATEN_CPU_CAPABILITY", "??")
    print(capability)
"""


def test_a_line_that_differs_on_another_cpu_is_reported_with_both_values(site: Site, insync: Insync) -> None:
    site.snippet(DIFFERS.format(options=""))
    both(site, "# A { #a }\n\n```snippet\nmade\n```\n\n`{python} capability`\n")
    insync("update")
    insync("check")
    found = findings(insync, "--portable")
    assert found["problems"] == found["moved"] == []
    tried = other_conditions()
    assert tried
    assert {each["conditions"] for each in found["not_portable"]} == {str(conditions) for conditions in tried}
    assert {each["cell"] for each in found["not_portable"]} == {"other"}
    assert {(each["here"], each["there"]) for each in found["not_portable"]} == {
        pair
        for name in (conditions.capability for conditions in tried)
        for pair in (("??", name), ("capability  →  ??", f"capability  →  {name}"))
    }


@pytest.fixture
def one_other_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the other conditions is enough; each costs a server of its own."""
    monkeypatch.setattr(check, "other_conditions", lambda: [Conditions("avx2", onednn=False)])


@pytest.mark.usefixtures("one_other_cpu")
def test_and_in_words(site: Site, insync: Insync) -> None:
    site.snippet(DIFFERS.format(options=""))
    both(site, "# A { #a }\n\n```snippet\nmade\n```\n")
    insync("update")
    text = insync("check", "--portable", status=1).stdout
    assert (
        "snippets/made.py, cell `other`: other digits under avx2, without oneDNN\n"
        "  here:  ??\n  there: avx2\n"
    ) in text
    assert "  What to do: print fewer digits" in text
    assert 'not_portable="why"' in text
    assert text.endswith("Found: 1 lines differ elsewhere.\n")


@pytest.mark.usefixtures("one_other_cpu")
def test_a_cell_that_is_marked_may_differ(site: Site, insync: Insync) -> None:
    site.snippet(DIFFERS.format(options=' not_portable="it is the name of the CPU"'))
    both(site, "# A { #a }\n\n```snippet\nmade\n```\n")
    insync("update")
    assert "All is well" in insync("check", "--portable").stdout


@pytest.mark.slow
@pytest.mark.skipif("avx2" not in FLAGS, reason="this processor has no AVX2 to differ by")
def test_the_notes_eighth_decimal_depends_on_the_cpu(site: Site) -> None:
    source = (ROOT / "snippets" / "note.py").read_text(encoding="utf-8")
    site.snippet(source)
    site.page(
        "```snippet\nmade\n```\n\n`{python made#data} y[0, 0, 0]:.8f` `{python made#data} y[0, 0, 0]:.4f`\n"
    )
    site.project.start()
    (task,) = site.project.tasks()
    first, second = (Conditions(name) for name in ("default", "avx2"))
    runs = [run_again([task], each, site.settings.limits, lambda: None)["made"] for each in (first, second)]
    cells = [run.record.cell("data") for run in runs if run.record]
    eight, four = (
        [cell.value(Expression(f"y[0, 0, 0]:.{digits}f")).text for cell in cells] for digits in (8, 4)
    )
    assert four == ["0.2545", "0.2545"]
    assert eight[0] != eight[1]
    task.outcome = runs[0]
    (found,) = (each for each in differences([task], second, {"made": runs[1]}) if each.cell == "data")
    assert (found.snippet, found.conditions) == ("made", "avx2, with oneDNN")
    assert found.here == f"y[0, 0, 0]:.8f  →  {eight[0]}"
    assert found.there == f"y[0, 0, 0]:.8f  →  {eight[1]}"


# --- explain -----------------------------------------------------------------------------------------------


def test_explain_says_why_in_words_and_to_a_script(made: Site, insync: Insync) -> None:
    assert insync("explain", "made").stdout == (
        "The next build runs `made`:\n  - the cache holds no record of it\n"
    )
    assert json.loads(insync("explain", "made", "--json").stdout) == {
        "snippet": "made",
        "runs": True,
        "reasons": ["the cache holds no record of it"],
        "finished": "",
        "inputs": [],
    }
    made.project.start()
    made.project.tasks()
    assert "takes `made` from the cache; nothing changed since 20" in insync("explain", "made").stdout
    assert json.loads(insync("explain", "made", "--json").stdout)["runs"] is False


def test_explain_of_an_unknown_name_suggests_one(made: Site, insync: Insync) -> None:
    assert "Did you mean `made`?" in insync("explain", "mde", status=1).stderr


# --- translated --------------------------------------------------------------------------------------------


def test_translated_settles_what_check_complains_of(published: Site, insync: Insync) -> None:
    published.page(PAGE + "\nMore words.\n")
    published.page(PAGE + "\nMore words.\n", "second")
    published.page(PAGE, "second", language="zh")
    assert [problem["page"] for problem in findings(insync)["problems"]] == [
        "docs/zh/page.md",
        "docs/zh/second.md",
    ]
    assert insync("translated", "docs/zh/second.md").stdout == "noted docs/zh/second.md\n"
    assert [problem["page"] for problem in findings(insync)["problems"]] == ["docs/zh/page.md"]
    assert insync("translated").stdout == "noted docs/zh/page.md\n"
    assert insync("translated").stdout == ""
    assert findings(insync, status=0)["problems"] == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# A { #a }\n", '---\ntranslation_of: "DIGEST"\n---\n\n# A { #a }\n'),
        (
            "---\ntitle: A\n---\n\n# A { #a }\n",
            '---\ntranslation_of: "DIGEST"\ntitle: A\n---\n\n# A { #a }\n',
        ),
        (
            "---\ntitle: A\ntranslation_of: 00000000\n---\n\ntranslation_of: text\n",
            '---\ntitle: A\ntranslation_of: "DIGEST"\n---\n\ntranslation_of: text\n',
        ),
        (
            "---\ntitle: A\n---\n\ntranslation_of: text\n",
            '---\ntranslation_of: "DIGEST"\ntitle: A\n---\n\ntranslation_of: text\n',
        ),
    ],
)
def test_translated_writes_one_line_and_leaves_the_rest(
    site: Site, insync: Insync, before: str, after: str, end: str
) -> None:
    site.page("# A { #a }\n")
    path = site.page("", language="zh")
    path.write_bytes(before.replace("\n", end).encode())
    insync("translated")
    text = path.read_bytes().decode()
    digest = re.findall('"([0-9a-f]{8})"', text)[0]
    if "---" in before:
        assert text == after.replace("DIGEST", digest).replace("\n", end)
    else:
        assert text.replace(end, "\n") == after.replace("DIGEST", digest)
    assert insync("translated").stdout == ""


@pytest.mark.parametrize("page", ["docs/zh/none.md", "docs/en/page.md"])
def test_translated_of_what_is_no_translation_says_so(made: Site, insync: Insync, page: str) -> None:
    assert "there is no such translated page" in insync("translated", page, status=1).stderr


# --- summary -----------------------------------------------------------------------------------------------


def git(folder: Path, *words: str) -> None:
    person = ("-c", "user.name=Someone", "-c", "user.email=someone@example.org", "-c", "core.autocrlf=false")
    subprocess.run(["git", *person, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def committed(published: Site) -> Site:
    """The small project in a repository of its own, with its outputs committed."""
    git(published.root, "init", "-q")
    commit(published)
    return published


def commit(site: Site) -> None:
    git(site.root, "add", ".")
    git(site.root, "commit", "-qm", "a state")


def test_summary_of_nothing(committed: Site, insync: Insync) -> None:
    assert insync("summary").stdout == "## Published numbers\n\nNo published number moves.\n\n"
    assert json.loads(insync("summary", "--json").stdout) == []


def test_summary_says_what_moved_from_what_to_what_and_on_which_pages(
    committed: Site, insync: Insync
) -> None:
    committed.page("# More { #more }\n\n`{python made#one} x:.4f` and `{python made#one} x:.1f`\n", "more")
    committed.snippet(SOURCE.replace("0.25449", "0.5"))
    assert insync("summary").stdout == dedent(
        """\
        ## Published numbers

        3 published lines differ: 2 changed, 1 new. They stand on 3 pages.

        | Where | Was | Is | Pages |
        | --- | --- | --- | --- |
        | `made#one: stdout` | `x is 0.25449` | `x is 0.5` | docs/en/page.md<br>docs/zh/page.md |
        | `made#one: x:.1f` | – | `0.5` | docs/en/more.md |
        | `made#one: x:.4f` | `0.2545` | `0.5000` | docs/en/more.md<br>docs/en/page.md<br>docs/zh/page.md |

        """
    )
    assert json.loads(insync("summary", "--json").stdout)[2] == {
        "snippet": "made",
        "what": "one: x:.4f",
        "kind": "changed",
        "old": "0.2545",
        "new": "0.5000",
        "pages": ["docs/en/more.md", "docs/en/page.md", "docs/zh/page.md"],
    }


def test_summary_compares_with_the_commit_that_is_named(committed: Site, insync: Insync) -> None:
    committed.snippet(SOURCE.replace("0.25449", "0.5"))
    insync("update")
    commit(committed)
    assert "No published number moves" in insync("summary").stdout
    assert "`0.2545` | `0.5000`" in insync("summary", "--base", "HEAD~1").stdout


def test_summary_does_not_need_the_outputs_to_be_updated_or_unspoilt(committed: Site, insync: Insync) -> None:
    outputs(committed).write_text("typed", encoding="utf-8")
    assert "No published number moves" in insync("summary").stdout


def test_summary_tells_a_rounding_from_a_change(committed: Site, insync: Insync) -> None:
    committed.snippet(SOURCE.replace("0.25449", "0.25448"))
    assert "1 published line differs: 1 changed in the last digit only." in insync("summary").stdout


def test_summary_tells_what_went_with_a_snippet(committed: Site, insync: Insync) -> None:
    committed.snippet("# %% a\nprint('new')\n", "other")
    both(committed, "# Page { #page }\n\n```snippet\nother\n```\n")
    text = insync("summary").stdout
    assert "5 published lines differ: 1 new, 4 gone. They stand on 2 pages." in text
    assert "| `made#one: x:.4f` | `0.2545` | – |  |" in text


def test_summary_tells_what_does_not_run(committed: Site, insync: Insync) -> None:
    committed.snippet("# %% one\n1 / 0\n")
    text = insync("summary").stdout
    assert "**`made` does not run:** `` the cell `one` raises ZeroDivisionError: division by zero ``" in text
    assert text.endswith("No other number moves.\n\n")
    committed.snippet("x = 1\n")
    assert "**`made` does not run:** `code stands above the first cell`" in insync("summary").stdout


def test_summarys_table_stands_whatever_the_numbers_are(committed: Site, insync: Insync) -> None:
    committed.snippet("# %% one\nx = '|a`b|'\nprint('| a\\n`b`')\n# %% two\ny = 1\n")
    both(committed, PAGE.replace(":.4f", ""))
    text = insync("summary").stdout
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) == 6
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 5, "a pipe in code has a backslash, as GitHub wants it"
        assert all(cell.count("`") % 2 == 0 or "`` " in cell for cell in re.split(r"(?<!\\)\|", row))
    assert r"`` \|a`b\| ``" in text


def test_summary_is_bounded(committed: Site, insync: Insync) -> None:
    committed.snippet("# %% one\nx = 1\nfor i in range(300):\n    print(i)\n# %% two\ny = 1\n")
    text = insync("summary").stdout
    assert text.count("\n| `") == 200
    assert "… and 103 more, in the diff of `snippets/outputs`." in text


@pytest.mark.parametrize("base", ["no-such-branch", "0000000", "--all", ""])
def test_summary_with_an_unknown_commit_says_so(committed: Site, insync: Insync, base: str) -> None:
    result = insync("summary", f"--base={base}", status=1)
    assert result.stderr.startswith(f"git knows no commit `{base}`\n  What to do: Name one")


def test_summary_without_a_repository_says_so(published: Site, insync: Insync) -> None:
    assert "git fails: fatal: not a git repository" in insync("summary", status=1).stderr


def test_summary_without_git_says_so(
    committed: Site, insync: Insync, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert shutil.which("git")
    monkeypatch.setenv("PATH", str(tmp_path))
    result = insync("summary", status=1)
    assert result.stderr.startswith("git is not installed\n  What to do: ")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
@pytest.mark.parametrize("words", [("run",), ("check",), ("explain", "made"), ("run", "没有→")])
def test_a_terminal_that_lacks_some_characters_gets_others_for_them(
    site: Site, encoding: str, words: tuple[str, ...]
) -> None:
    site.snippet("# %% one\na = 1\nprint('→ 中文 é 😀')\n")
    both(site, "# Page { #page }\n\n```snippet\nmade\n```\n\n`{python} a`\n")
    process = command(site.root, "insync", *words, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert process.stdout
    told = process.stdout.buffer.read()
    assert b"Traceback" not in told
    assert process.wait() in (0, 1)
    assert b"made" in told


def test_a_reader_who_has_seen_enough_is_no_error_to_be_told(site: Site) -> None:
    """The status is Python's own affair: it does not always notice that nobody reads any more."""
    site.snippet("# %% one\nprint('x' * 500_000)\n")
    both(site, "# Page { #page }\n\n```snippet\nmade\n```\n")
    said = site.root / "said.txt"
    with said.open("w", encoding="utf-8") as errors:
        process = command(site.root, "insync", "run", stderr=errors)
    assert process.stdout
    assert process.stdout.read(3) == "# m"
    process.stdout.close()
    assert process.wait() in (0, 1)
    assert said.read_text(encoding="utf-8") == ""


def test_a_snippet_may_be_named_by_its_file(
    made: Site, insync: Insync, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = insync("run", "made").output
    assert insync("run", "made.py").output == told
    assert insync("run", "snippets/made.py").output == told
    assert insync("run", str(made.root / "snippets/made.py")).output == told
    assert "runs `made`" in insync("explain", "snippets/made.py").output
    assert "no page asks" in insync("run", "elsewhere/made.py", status=1).output
    monkeypatch.chdir(made.root / "docs")
    assert insync("run", "../snippets/made.py").output == told


def test_where_no_page_asks_for_anything_it_says_so(site: Site, insync: Insync) -> None:
    assert "nothing to run" in insync("run").output
    site.page("# Page { #page }\n")
    assert "nothing to run" in insync("run").output
