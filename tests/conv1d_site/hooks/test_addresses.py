"""Everything on the site has an address of its own, and every link leads to one."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from conftest import ROOT
from small_site import ADDRESS, Page, SmallSite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT_PATH = urlsplit(ADDRESS).path


def add(small: SmallSite, languages: str = "en zh") -> None:
    """Posts and pages whose addresses are not what their files' names suggest."""
    for language in languages.split():
        category = {"en": "Notes on open-source code", "zh": "开源代码学习笔记"}[language]
        head = f"categories: [{category}]\n"
        links = "See [a](a.md), [b](sub/b.md), [c](<页 c.md>), [d](%E9%A1%B5%20c.md#c).\n"
        links += (
            "\n[g](../../guide/first.md), ![p](../../pic.png) and [ref].\n\n[ref]: ../../deep/README.md\n"
        )
        write = small.write
        write(language, "blog/posts/a.md", "a", f"{head}date:\n  created: 2026-01-03\nnotebook: a1\n", links)
        write(language, "blog/posts/sub/b.md", "b", f"{head}date: 2026-01-04\nslug: other\n")
        write(language, "blog/posts/页 c.md", "c", f"{head}date: 2026-01-05\n")
        write(
            language, "blog/posts/draft.md", "draft", f"{head}date: 2026-01-06\ndraft: true\nnotebook: d1\n"
        )
        write(language, "deep/README.md", "deep", "notebook: deep-note\n", "[up](../index.md), [x](x.y.md)")
        write(language, "deep/x.y.md", "xy")
        (small.root / "docs" / language / "pic.png").write_bytes(b"png")
    if "en" in languages:
        small.write("en", "guide/only.md", "only", "notebook: only\n", "[first](first.md)")


def links_of(site: Path) -> Iterator[tuple[str, str]]:
    """Each link of the site, of its pages and of its notebooks: where it stands, and its whole address."""
    for path in sorted(site.rglob("*.html")):
        here = ADDRESS + path.relative_to(site).as_posix()
        for _, has in Page(path).elements:
            for name in ("href", "src"):
                if has.get(name) and not has[name].startswith(("data:", "mailto:", "#")):
                    yield here, urljoin(here, has[name])
    for path in sorted(site.rglob("*.ipynb")):
        here = ADDRESS + path.relative_to(site).as_posix()
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for inline, definition in re.findall(
                r"\]\(<?([^)>\s]*)|^\[\w+\]: <?([^>\s]+)", cell["source"], re.MULTILINE
            ):
                if not (inline or definition).startswith("#"):
                    yield here, urljoin(here, inline or definition)


def test_every_link_leads_to_a_file(small: SmallSite, subtests: pytest.Subtests) -> None:
    add(small)
    configuration = small.root / "mkdocs.yml"
    text = configuration.read_text(encoding="utf-8")
    for directories, slug in ((True, "{date}/{file}"), (False, "{categories}/{date}/{slug}")):
        with subtests.test(directories=directories):
            changed = text.replace('post_url_format: "{date}/{file}"', f'post_url_format: "{slug}"')
            configuration.write_text(
                f"{changed}\nuse_directory_urls: {str(directories).lower()}\n", encoding="utf-8"
            )
            result = small.build()
            assert result.returncode == 0, result.stdout + result.stderr
            site = small.root / "site"
            found = [(here, link) for here, link in links_of(site) if link.startswith(ADDRESS)]
            dead = []
            for here, link in found:
                target = site / unquote(urlsplit(link).path).removeprefix(ROOT_PATH)
                if not (target / "index.html" if link.split("#")[0].endswith("/") else target).is_file():
                    dead.append((here, link))
            assert dead == []
            assert sum(here.endswith(".ipynb") for here, _ in found) >= 19
            assert not list(site.rglob("d1.*"))  # of a draft
            switch = Page(site / "guide" / ("only/index.html" if directories else "only.html"))
            (there, _) = switch.all("a", hreflang="zh-Hans")
            assert there["href"] == ("../../zh/guide/" if directories else "../zh/guide/index.html")


REFUSED = {
    "a page in a notebook's place": (
        {"notebooks/sample-note.md": ""},
        r"posts/post\.md:6: its place on the site, notebooks/sample-note/index\.html, is that of docs/en/no",
    ),
    "a file in a notebook's place": (
        {"notebooks/sample-note.ipynb": ""},
        r"post\.md:6: the notebook sample-note\.ipynb would take the place of docs/en/notebooks/sample-note",
    ),
    "two pages with one notebook": (
        {"a.md": "notebook: sample-note\n"},
        r"docs/en/\S+:\d: the notebook's name `sample-note` is that of docs/en/\S+:\d as well",
    ),
    "a name that no file can have": ({"a.md": "notebook: con\n"}, r"docs/en/a\.md:3: `notebook` is 'con'"),
    "a name that is none to YAML": ({"a.md": "notebook: 2026\n"}, r"docs/en/a\.md:3: `notebook` is 2026"),
    "a page in another language's folder": (
        {"zh/index.md": ""},
        r"docs/en/zh/index\.md: its place on the site, zh/index\.html, is in another language's folder, zh/",
    ),
    "a page and a folder of one name": (
        {"guide.md": ""},
        r"guide/index\.html, is that of docs/en/guide(/index)?\.md",
    ),
    "two posts with one address": (
        {"blog/posts/x/post.md": "date: 2021-09-27\n"},
        r"blog/2021-09-27/post/index\.html, is that of",
    ),
    "two categories with one slug": (
        {"blog/posts/x.md": "date: 2021-09-28\ncategories: ['Notes on open source: code']\n"},
        r"en/blog/posts/\S+:\d: `Notes .*` has the same address as `Notes .*` \(docs/en/\S+:\d\): notes-on",
    ),
    "a tag and its slug": (
        {"a.md": "tags: [computing-python]\n"},
        r"docs/en/\S+:\d: `\S+` has the same address as `\S+` \(docs/en/\S+:\d\): computing-python",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_be_lost_in_silence_is_refused(small: SmallSite, case: str) -> None:
    pages, said = REFUSED[case]
    for path, front in pages.items():
        small.write("en", path, re.sub(r"\W", "-", path), front)
    result = small.build()
    assert result.returncode != 0
    assert re.search(said, result.stderr), result.stderr
    assert "Traceback" not in result.stderr
    assert not (small.root / "site").exists()


def test_a_link_that_mkdocs_does_not_see_is_followed(small: SmallSite) -> None:
    small.write("zh", "guide/first.md", "first", body='<a href="../nowhere/">…</a> <a href="../">…</a>')
    result = small.build()
    assert result.returncode != 0
    (told,) = (line for line in result.stderr.splitlines() if "nothing lies" in line)
    assert "zh/guide/first/index.html of the finished site has a link to ../nowhere/" in told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "docs_dir: docs/zh",
            "docs_dir: docs/en",
            "mkdocs.zh.yml: `docs_dir` is docs/en, and the language's `pages` are docs/zh",
        ),
        ("language: zh\n", "language: en\n", "mkdocs.zh.yml: theme.language is `en`; by zh.toml it is `zh`"),
    ],
)
def test_a_configuration_is_its_languages_own(small: SmallSite, old: str, new: str, said: str) -> None:
    configuration = small.root / "mkdocs.zh.yml"
    text = configuration.read_text(encoding="utf-8")
    assert old in text
    configuration.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = small.build()
    assert result.returncode != 0
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_language_without_the_themes_words_is_refused_before_anything_is_built(small: SmallSite) -> None:
    shutil.copytree(ROOT / "scripts/conv1d_site/languages", small.root / "languages")
    settings = small.root / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("scripts/conv1d_site/languages", "languages"), encoding="utf-8")
    chinese = small.root / "languages/zh.toml"
    text = chinese.read_text(encoding="utf-8")
    chinese.write_text(text.partition("[theme]")[0], encoding="utf-8")
    result = small.build()
    assert result.returncode != 0
    (told,) = (line for line in result.stderr.splitlines() if "zh.toml" in line)
    assert "zh.toml: [theme] has no `locale`, `languages`, " in told
    assert "Traceback" not in result.stderr


def test_a_switch_to_a_page_that_is_elsewhere_leads_to_the_nearest_index(small: SmallSite) -> None:
    small.write("zh", "guide/first.md", "first")
    front = "date: 2021-09-27\ncategories: [开源代码学习笔记]\ntags: [计算机/python]\n"
    small.write("zh", "blog/posts/post.md", "post", f"{front}draft: true\n")
    result = small.build()
    assert result.returncode == 0, result.stderr
    site = small.root / "site"
    text = (site / "blog/2021-09-27/post/index.html").read_text(encoding="utf-8")
    links = re.findall(r'<a href="([^"]*)" hreflang="zh-Hans"[^>]*>\s*([^<]*?)\s*<', text)
    assert links == [("../../../zh/blog/", "中文"), ("../../../zh/blog/", "中文网站")]
    packed = gzip.decompress((site / "sitemap.xml.gz").read_bytes()).decode()
    assert packed == (site / "sitemap.xml").read_text(encoding="utf-8")
    assert f"<loc>{ADDRESS}blog/2021-09-27/post/</loc>" in packed
    assert f"{ADDRESS}zh/blog/2021-09-27/post/" not in packed
    assert f'hreflang="zh-Hans" href="{ADDRESS}zh/guide/first/"' in packed
