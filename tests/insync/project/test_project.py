"""A project: each snippet runs once for all pages, again when it must, and heals."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

from insync.pages.forms import Ref
from insync.project import queue
from insync.project.project import Project
from insync.rendering.problems import all_problems
from insync.running.expression import Expression

if TYPE_CHECKING:
    import pytest
    from conftest import Site

    from insync.running.runner import Runner

SNIPPET = "# %% one\nimport random\na = random.random()\n# %% two\nb = 2\n"


def runs(site: Site) -> list[str]:
    """What another round of the same process runs."""
    site.runner.runs.clear()
    site.project.start()
    site.project.tasks()
    return sorted(site.runner.names)


def test_a_snippet_runs_once_however_many_pages_of_both_languages_ask(site: Site) -> None:
    site.snippet(SNIPPET)
    for language in ("en", "zh"):
        for name in ("index", "first", "deep/second"):
            site.page(
                f"```snippet\nmade#one\n```\n\n`{{python}} a` `{{python}} '{name} {language}'`\n",
                name,
                language,
            )
    site.project.start()
    pages = [
        str(site.render(name, language).content)
        for language in ("en", "zh")
        for name in ("index", "first", "deep/second")
        for _ in range(2)
    ]
    assert site.runner.names == ["made"]
    ((_, asked),) = site.runner.runs
    assert len(asked["one"]) == 7
    value = site.project.value(Ref("made", "one"), "a").text
    assert all(value in page for page in pages)
    assert runs(site) == []


def test_a_page_that_asks_more_makes_its_snippet_run_again_and_no_other(site: Site) -> None:
    site.snippet(SNIPPET)
    site.snippet(SNIPPET, "other")
    site.page("```snippet\nmade\n```\n\n```snippet\nother\n```\n")
    assert runs(site) == ["made", "other"]
    site.page("```snippet\nmade\n```\n\nOther words.\n\n```snippet\nother\n```\n")
    assert runs(site) == []
    site.page("```snippet\nmade\n```\n\n`{python} b`\n\n```snippet\nother\n```\n")
    assert runs(site) == ["made"]
    site.page("```snippet\nother\n```\n", "second", "zh")
    assert runs(site) == []
    site.page("`{python other#one} a`\n", "second", "zh")
    assert runs(site) == ["other"]


def test_snippets_run_in_the_order_in_which_their_pages_are_read(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "processors", lambda: 1)  # else the order is that of two threads
    asked = {"a": "last", "b": "middle", "c": "first", "d": "middle"}
    for page, snippet in asked.items():
        site.snippet(SNIPPET, snippet)
        site.page(f"```snippet\n{snippet}\n```\n", page)
    site.project.reading_order = [site.settings.pages[0] / f"{page}.md" for page in "cd"]
    site.project.start()
    site.project.tasks()
    assert site.runner.names == ["first", "middle", "last"]


def test_before_the_first_build_what_all_snippets_import_is_imported_ahead(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(site.runner, "start", started.append)
    site.project.preload()
    assert started == [], "nothing to run"
    site.snippet("# %% one\nimport torch\nimport matplotlib.pyplot as plt\n")
    site.snippet("# %% one\nimport json\nimport torch\na = 1\n", "other")
    site.project.preload()
    assert started == [("torch",)]
    site.page("```snippet\nother\n```\n")
    site.project.start()
    site.project.tasks()
    started.clear()
    Project(site.settings, site.runner).preload()
    assert started == [], "there are records, which may well be good"
    shutil.rmtree(site.settings.cache)
    (site.settings.snippets / "folder.py").mkdir()
    Project(site.settings, site.runner).preload()
    assert started == [], "the build itself tells what cannot be read"


def test_only_snippets_that_a_page_asks_for_are_run(site: Site) -> None:
    site.snippet("# %% one\n1 / 0\n", "unused")
    site.snippet(SNIPPET)
    page = site.page("```snippet\nmade\n```\n")
    assert runs(site) == ["made"]
    page.unlink()
    assert runs(site) == []
    assert site.project.tasks() == []


def test_a_failed_snippet_is_tried_again_only_when_something_beside_it_has_changed(site: Site) -> None:
    site.snippet("# %% one\nimport helper\n")
    site.page("```snippet\nmade\n```\n")
    assert runs(site) == ["made"]
    assert "ModuleNotFoundError" in str(site.project.outcome("made").problem)
    assert runs(site) == []
    site.write("snippets/helper.py", "a = 1 / 0\n")
    assert runs(site) == ["made"]
    assert "ZeroDivisionError" in str(site.project.outcome("made").problem)
    site.write("snippets/helper.py", "a = 1\n")
    assert runs(site) == ["made"]
    assert site.project.outcome("made").problem is None


def test_a_failed_snippet_is_tried_again_when_a_file_elsewhere_that_it_read_has_changed(site: Site) -> None:
    data = site.write("data.txt", "0")
    site.snippet("# %% one\na = 1 / int(open('../data.txt').read())\n")
    site.page("```snippet\nmade\n```\n")
    assert runs(site) == ["made"]
    assert site.project.outcome("made").problem is not None
    data.write_text("1", encoding="utf-8")
    assert runs(site) == ["made"]
    assert site.project.outcome("made").problem is None


def test_a_snippet_that_appears_and_one_that_goes_are_noticed(site: Site) -> None:
    site.page("text\n\n```snippet\nmade\n```\n")
    assert runs(site) == []
    assert "docs/en/page.md:3: there is no snippet `made`" in str(all_problems(site.project)[0])
    path = site.snippet(SNIPPET)
    assert runs(site) == ["made"]
    assert all_problems(site.project) == []
    path.unlink()
    assert runs(site) == []
    assert "there is no snippet `made`" in str(all_problems(site.project)[0])


def test_problems_of_all_pages_are_listed_once_each(site: Site) -> None:
    site.snippet("# %% one\n1 / 0\n")
    for language in ("en", "zh"):
        site.page("```snippet\nmade\n```\n\n```snippet\nmade\n```\n\n`{python} a`\n", language=language)
    site.project.start()
    problems = [str(problem).split(": ")[0] for problem in all_problems(site.project)]
    assert problems == ["docs/en/page.md:1", "docs/zh/page.md:1"]


def test_a_page_that_is_no_text_is_a_problem_and_the_others_are_read(site: Site) -> None:
    (site.root / "docs/en/broken.md").write_bytes(b"\xff")
    site.snippet(SNIPPET)
    site.page("```snippet\nmade\n```\n")
    assert runs(site) == ["made"]
    assert [str(problem).split(":")[0] for problem in all_problems(site.project)] == ["docs/en/broken.md"]


def test_a_page_that_another_plugin_has_changed_is_asked_for_before_it_is_shown(site: Site) -> None:
    from insync.pages.scan import scan_body

    site.snippet(SNIPPET)
    path = site.page("```snippet\nmade#two\n```\n")
    assert runs(site) == ["made"]
    site.project.ensure(scan_body(path, "`{python made#two} b + 1`", 0))
    assert site.project.value(Ref("made", "two"), Expression("b + 1")).text == "3"
    assert site.project.value(Ref("made", "two"), "b").error
    site.project.ensure(scan_body(path, "`{python made#two} b + 1`", 0))
    assert site.runner.names == ["made", "made"]


def test_many_threads_may_ask_and_get_the_same(site: Site) -> None:
    site.snippet(SNIPPET)
    site.page("```snippet\nmade#one\n```\n\n`{python} a`\n")
    site.project.start()
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(site.project.value(Ref("made", "one"), "a").text))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert site.runner.names == ["made"]


def test_a_defect_of_the_engine_is_told_to_whoever_waits(
    site: Site, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("of the engine")

    monkeypatch.setattr(site.runner, "run", broken)
    site.snippet(SNIPPET)
    site.page("```snippet\nmade\n```\n")
    project = Project(site.settings, site.runner)
    project.start()
    problem = project.outcome("made").problem
    assert problem is not None
    assert "RuntimeError: of the engine" in problem.message
    assert "report it" in problem.advice
