"""What the host of the project's sources offers for a page, as addresses; empty where it offers nothing."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

_COLAB = "https://colab.research.google.com/github/"
_FORM = "unclear-page.yml"  # in .github/ISSUE_TEMPLATE, with a field `where`


def unclear(repo_url: str, title: str, where: str) -> str:
    """Where one says that a page is unclear, with its title and `where` it lies filled in.

    GitHub shows the project's form. GitLab and Forgejo (Codeberg) know no such fields; they show an empty
    issue, whose text begins with the page. What other hosts want, nothing tells.
    """
    text = f"{where}\n\n"
    base = repo_url.rstrip("/").removesuffix(".git")
    match urlsplit(repo_url).hostname:
        case "github.com":
            return f"{base}/issues/new?{_query(template=_FORM, title=title, where=where)}"
        case "gitlab.com":
            fields = {"issue[title]": title, "issue[description]": text}
            return f"{base}/-/issues/new?{_query(**fields)}"
        case "codeberg.org":
            return f"{base}/issues/new?{_query(title=title, body=text)}"
        case _:
            return ""


def colab(repo_url: str, branch: str, path: str) -> str:
    """Where Colab opens a notebook; it reads those of public repositories on GitHub, from a branch."""
    parts = urlsplit(repo_url)
    repository = parts.path.strip("/").removesuffix(".git")
    if parts.hostname != "github.com" or repository.count("/") != 1 or not branch:
        return ""
    return f"{_COLAB}{quote(repository)}/blob/{quote(branch)}/{quote(path)}"


def _query(**fields: str) -> str:
    return urlencode(fields, quote_via=quote)
