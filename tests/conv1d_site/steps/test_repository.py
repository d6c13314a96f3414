"""What the host of the sources offers for a page: known hosts get their own kind of address, others none."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from conftest import ROOT

from conv1d_site.steps.repository import colab, unclear

TITLE, WHERE = "Groups & 分组: what? #1", "https://site.example/zh/guide/groups/"


@pytest.mark.parametrize("end", ["", "/", ".git"])
def test_github_shows_the_projects_form_with_the_page_filled_in(end: str) -> None:
    address = urlsplit(unclear(f"https://github.com/OWNER/NAME{end}", TITLE, WHERE))
    assert (address.hostname, address.path) == ("github.com", "/OWNER/NAME/issues/new")
    asked = parse_qs(address.query)
    assert asked == {"template": ["unclear-page.yml"], "title": [TITLE], "where": [WHERE]}
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE" / asked["template"][0]).read_text("utf-8"))
    assert "where" in [each["id"] for each in form["body"]]


@pytest.mark.parametrize(
    ("host", "path", "title", "text"),
    [
        ("gitlab.com", "/-/issues/new", "issue[title]", "issue[description]"),
        ("codeberg.org", "/issues/new", "title", "body"),
    ],
)
def test_hosts_without_such_forms_show_an_issue_that_names_the_page(
    host: str, path: str, title: str, text: str
) -> None:
    address = urlsplit(unclear(f"https://{host}/OWNER/NAME", TITLE, WHERE))
    assert (address.hostname, address.path) == (host, "/OWNER/NAME" + path)
    assert parse_qs(address.query) == {title: [TITLE], text: [f"{WHERE}\n\n"]}


@pytest.mark.parametrize(
    "repo_url", ["", "https://code.example/OWNER/NAME", "https://github.com.example/OWNER/NAME"]
)
def test_elsewhere_there_is_no_link(repo_url: str) -> None:
    assert unclear(repo_url, TITLE, WHERE) == ""
    assert colab(repo_url, "main", "notebooks/groups.ipynb") == ""


@pytest.mark.parametrize(
    ("repo_url", "branch"),
    [
        ("https://gitlab.com/OWNER/NAME", "notebooks"),
        ("https://github.com/OWNER", "notebooks"),
        ("https://github.com/OWNER/NAME", ""),
    ],
)
def test_colab_opens_nothing_that_is_not_on_a_branch_on_github(repo_url: str, branch: str) -> None:
    assert colab(repo_url, branch, "notebooks/groups.ipynb") == ""


def test_colab_opens_a_notebook_on_its_branch() -> None:
    address = colab("https://github.com/OWNER/NAME.git/", "a branch", "zh/notebooks/groups.ipynb")
    opened = "https://colab.research.google.com/github/OWNER/NAME/blob/a%20branch/zh/notebooks/groups.ipynb"
    assert address == opened
