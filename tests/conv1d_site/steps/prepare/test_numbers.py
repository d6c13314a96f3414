"""What is wrong with any page is known before one is rendered, and said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conv1d_site.steps.prepare import numbers

if TYPE_CHECKING:
    from conftest import Site


def test_what_is_wrong_is_said_together_and_once(site: Site) -> None:
    site.snippet("# %% one\na = 0.5\n")
    for language in ("en", "zh"):
        site.page("# Title { #title }\n\n```snippet\nmade\n```\n\n`{python} missing`\n", language=language)
    site.page("# Title { #title }\n\n```snippet\nnowhere\n```\n", "other")
    found = numbers.start(site.project, ["page.md", "other.md"])
    for name in ("page", "other"):
        site.render(name)
    assert found  # rendering has met them too
    report = numbers.report(numbers.problems(site.project, found))
    assert report.startswith("3 problems with the numbers of these pages:\n")
    for place in ("docs/en/page.md:7: ", "docs/zh/page.md:7: ", "docs/en/other.md:3: "):
        assert report.count(place) == 1


def test_snippets_run_in_the_order_in_which_their_pages_are_read(site: Site) -> None:
    for name in ("a", "b"):
        site.snippet("# %% one\nprint(1)\n", name)
        site.page(f"# Title {{ #title }}\n\n```snippet\n{name}\n```\n", f"of-{name}")
    assert numbers.start(site.project, ["of-b.md", "of-a.md"]) == []
    assert numbers.problems(site.project, []) == []
    assert [path.stem for path in site.project.reading_order if "/en/" in str(path)] == ["of-b", "of-a"]
    assert set(site.runner.names) == {"a", "b"}
