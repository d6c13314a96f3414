"""The site as a whole, on small pages: both languages in one build, strict, and whole or not there."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as etree  # noqa: N813 - as everybody calls it
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

import jinja2
import pytest
from mkdocs.plugins import PluginCollection
from mkdocs.structure.files import File, Files

from conv1d_site.hooks import whole_site as site_hooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
ADDRESS = "https://site.example/some/path/"
TITLES = {"en": "Cross-correlation", "zh": "互相关"}
WORDS = {"en": "The bias is added.", "zh": "偏置是加上的，卷积核不翻转。"}


class Site:
    """A small site with the real configuration, hooks and theme."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("mkdocs.yml", "mkdocs.zh.yml"):
            text = (ROOT / name).read_text(encoding="utf-8")
            # Without `nav`, MkDocs takes the pages that there are.
            text = re.sub(r"^nav:\n(?:[ #].*\n)+", "", text, flags=re.MULTILINE)
            (root / name).write_text(text, encoding="utf-8")
        (root / "snippets").mkdir()
        (root / "scripts").symlink_to(ROOT / "scripts")
        (root / "docs").mkdir()
        (root / "docs/theme").symlink_to(ROOT / "docs/theme")
        for language in TITLES:
            self.write(language, "index.md", "home")
            self.write(language, "guide/index.md", "guide")
            self.write(language, "guide/first.md", "first", body="See $x^2$ and [the guide](index.md#guide).")
            self.write(language, "blog/index.md", "blog", body="")
            category = {"en": "Notes on open-source code", "zh": "开源代码学习笔记"}[language]
            tag = {"en": "Computing/Python", "zh": "计算机/python"}[language]
            front = f"date: 2021-09-27\ncategories: [{category}]\ntags: [{tag}]\nnotebook: sample-note\n"
            self.write(
                language, "blog/posts/post.md", "post", front, "One.\n\n<!-- more -->\n\n$$\ny = 2\n$$"
            )
            self.write(language, "blog/tags.md", "tags", body="<!-- material/tags -->")

    def write(self, language: str, path: str, anchor: str, front: str = "", body: str | None = None) -> Path:
        """A page; its title ends with the anchor."""
        page = self.root / "docs" / language / path
        page.parent.mkdir(parents=True, exist_ok=True)
        body = WORDS[language] if body is None else body
        front = f"---\ndescription: {anchor} in {language}\n{front}---\n\n"
        text = f"{front}# {TITLES[language]} {anchor} {{ #{anchor} }}\n\n{body}\n"
        page.write_text(text, encoding="utf-8")
        return page

    def command(self, *arguments: str) -> list[str]:
        """MkDocs' command line."""
        return [sys.executable, "-m", "mkdocs", *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        """No address of this machine's, and the scripts of this project."""
        kept = {
            name: value for name, value in os.environ.items() if not re.fullmatch(r"(SITE|REPO)_\w+", name)
        }
        return (
            kept
            | {"PYTHONPATH": str(ROOT / "scripts"), "NO_MKDOCS_2_WARNING": "1", "SITE_URL": ADDRESS}
            | more
        )

    def build(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs `mkdocs build`."""
        return subprocess.run(
            self.command("build", *arguments),
            cwd=self.root,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site of its own for one test."""
    return Site(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site built once, beneath a path, for the tests that only look at it."""
    site = Site(tmp_path_factory.mktemp("built"))
    result = site.build(REPO_URL="https://code.example/someone/something", REPO_NAME="something")
    assert result.returncode == 0, result.stderr
    return site.root / "site"


class Page(HTMLParser):
    """What the tests want to know of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """The attributes of all elements of a kind that have these attributes."""
        return [has for name, has in self.elements if name == tag and wanted.items() <= has.items()]


def pages(site_dir: Path) -> Iterator[Path]:
    """All pages of a built site, in both languages."""
    yield from sorted(site_dir.rglob("*.html"))


def address(site_dir: Path, path: Path) -> str:
    """The path of a page's address on a server that serves the site beneath its path."""
    relative = path.relative_to(site_dir).as_posix().removesuffix("index.html")
    return urlsplit(ADDRESS).path + relative


def exists(site_dir: Path, path: str) -> bool:
    """Whether a server would find something at an address's path."""
    inside = path.removeprefix(urlsplit(ADDRESS).path)
    target = site_dir / inside
    return (
        path.startswith(urlsplit(ADDRESS).path)
        and (target / "index.html" if path.endswith("/") else target).is_file()
    )


# --------------------------------------------------------------------------------------------- both languages


def test_both_languages_have_the_same_addresses(built: Path) -> None:
    english = {path.relative_to(built) for path in pages(built) if not path.is_relative_to(built / "zh")}
    chinese = {path.relative_to(built / "zh") for path in pages(built / "zh")}
    assert english == chinese
    for path in (
        "blog/2021-09-27/post/index.html",
        "blog/category/notes-on-open-source-code/index.html",
        "blog/archive/2021/index.html",
        "notebooks/sample-note/index.html",
    ):
        assert Path(path) in english
    for path in english:
        assert path.as_posix().isascii()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tags_have_the_same_ascii_anchors(built: Path, language: str) -> None:
    page = Page(built / ("zh" if language == "zh" else "") / "blog/tags/index.html")
    assert page.all("h2", id="tag:computing-python")


def test_pages_say_their_language(built: Path) -> None:
    for path in pages(built):
        [root] = Page(path).all("html")
        assert root["lang"] == ("zh" if path.is_relative_to(built / "zh") else "en"), path


def test_pages_have_a_description_and_their_own_address(built: Path) -> None:
    for path in pages(built):
        page = Page(path)
        assert page.all("meta", name="description")[0]["content"], path
        if path.name != "404.html":
            [canonical] = page.all("link", rel="canonical")
            assert urlsplit(canonical["href"]).path == address(built, path)


def test_the_switch_leads_to_the_same_page(built: Path) -> None:
    for path in pages(built):
        here = address(built, path)
        chinese = path.is_relative_to(built / "zh")
        own = here.replace("/zh/", "/", 1) if chinese else here.replace("/path/", "/path/zh/", 1)
        links = Page(path).all("a", hreflang="en" if chinese else "zh", lang="en" if chinese else "zh")
        assert len(links) == 2, "one in the header, one at the end"
        for link in links:
            target = urljoin(here, link["href"])
            assert exists(built, target), (path, link)
            if path.name != "404.html":
                assert target == own


def test_an_untranslated_page_switches_to_the_nearest_index(site: Site) -> None:
    site.write("en", "guide/only.md", "only")
    site.write("en", "alone/deep.md", "deep")
    site.write("zh", "guide/nur.md", "nur")
    assert site.build().returncode == 0
    for path, target in {
        "guide/only/": "../../zh/guide/",
        "alone/deep/": "../../zh/",
        "zh/guide/nur/": "../../../guide/",
    }.items():
        language = "en" if path.startswith("zh") else "zh"
        for link in Page(site.root / "site" / path / "index.html").all("a", hreflang=language):
            assert link["href"] == target
    sitemap = (site.root / "site/sitemap.xml").read_text(encoding="utf-8")
    assert f'hreflang="zh" href="{ADDRESS}zh/guide/only/"' not in sitemap


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_the_site_map_pairs_the_languages(built: Path, folder: str) -> None:
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    root = etree.parse(built / folder / "sitemap.xml").getroot()
    found = {}
    for url in root.findall("s:url", names):
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", names)}
        found[url.findtext("s:loc", None, names)] = links
    assert f"{ADDRESS}{folder}guide/first/" in found
    for location, links in found.items():
        assert location is not None
        assert location.startswith(ADDRESS + folder)
        path = location.removeprefix(ADDRESS + folder)
        assert links == {"en": ADDRESS + path, "zh": f"{ADDRESS}zh/{path}"}
        assert all(exists(built, urlsplit(link or "").path) for link in links.values())


def test_the_error_page_speaks_both_languages(built: Path) -> None:
    for path in (built / "404.html", built / "zh/404.html"):
        page = Page(path)
        for language, home in (("en", "/some/path/"), ("zh", "/some/path/zh/")):
            assert page.all("p", lang=language)
            assert page.all("a", href=home)


def test_the_search_index_cuts_chinese_into_words(built: Path) -> None:
    index = json.loads((built / "zh/search/search_index.json").read_text(encoding="utf-8"))
    texts = "".join(document["text"] for document in index["docs"])
    assert "偏置\u200b" in texts
    assert "\\u200b" in json.dumps(index["config"]["separator"]) or "u200b" in index["config"]["separator"]
    assert index["config"]["lang"] == ["zh"]


def test_the_search_is_shown_words_and_the_reader_everything() -> None:
    page = SimpleNamespace(
        content='<p>The <a class="insync-number" data-expression="a">0.5</a> of '
        "<math><mi>x</mi><mo>+</mo><mn>1</mn></math></p>"
        '<pre><code><span class="k">def</span> <span class="nf">f</span></code></pre>'
        '<svg viewBox="0 0 1 1"><text>axis</text></svg>'
        '<figure><figcaption>Said</figcaption><table class="insync-table x"><td>cell</td></table></figure>'
        "<table><td>read</td></table>"
    )
    whole, seen = page.content, []

    def search(context: dict[str, Any], page: Any, **_: Any) -> None:
        seen.append(page.content)

    collection = PluginCollection()
    for index, method in enumerate((*site_hooks.on_page_context.methods, search)):
        collection._register_event("page_context", method, plugin_name=str(index))
    config = SimpleNamespace(extra={"languages": {}}, theme={"language": "en"}, docs_dir=".")
    config.extra["languages"] = {"en": {"name": "English", "folder": ""}}
    place = File("a.md", ".", "site", use_directory_urls=True)
    page.file, page.url = place, place.url
    context = collection.run_event("page_context", {}, page=page, config=config, nav=None)
    (words,) = seen
    assert re.sub("<[^>]*>", "", words) == "The 0.5 of x+1def fSaidread"
    assert "<pre><code>def f</code></pre>" in words
    assert page.content == whole
    assert set(context) == {"translations"}


def test_pages_are_converted_in_the_order_of_the_navigation() -> None:
    names = ["numbers.md", "guide/b.md", "guide/a.md", "left.md", "notebooks/a.ipynb", "notebooks/c.ipynb"]
    files = Files([File(name, ".", "site", use_directory_urls=True) for name in names])
    nav = ["guide/a.md", {"Part": [{"Title": "guide/b.md"}, "notebooks/c.ipynb", "numbers.md"]}]
    sorted_files = site_hooks._in_reading_order(files, cast("Any", SimpleNamespace(nav=nav, extra={})))
    assert [file.src_uri for file in sorted_files] == [
        "guide/a.md",
        "notebooks/a.ipynb",  # of guide/a.md, and so behind it
        "guide/b.md",
        "notebooks/c.ipynb",
        "numbers.md",
        "left.md",
    ]
    late = SimpleNamespace(nav=nav, extra={"late": ["guide/a.md"]})
    sorted_files = site_hooks._in_reading_order(files, cast("Any", late))
    assert [file.src_uri for file in sorted_files] == [
        "guide/b.md",
        "notebooks/c.ipynb",
        "numbers.md",
        "guide/a.md",
        "notebooks/a.ipynb",
        "left.md",
    ]


def test_compiled_templates_are_kept_where_there_is_room_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = []
    compile_ = jinja2.Environment.compile

    def count(environment: jinja2.Environment, source: str, *rest: Any, **named: Any) -> Any:
        compiled.append(source)
        return compile_(environment, source, *rest, **named)

    def rendered() -> str:
        environment = jinja2.Environment(loader=jinja2.DictLoader({"a.html": "{{ 1 + 1 }}"}))
        config: Any = SimpleNamespace(config_file_path=str(tmp_path / "mkdocs.yml"))
        site_hooks.on_env(environment, config, Files([]))
        return environment.get_template("a.html").render()

    monkeypatch.setattr(jinja2.Environment, "compile", count)
    assert [rendered(), rendered()] == ["2", "2"]
    assert len(compiled) == 1
    shutil.rmtree(tmp_path / ".cache")
    (tmp_path / ".cache").write_text("a file where the folder should be", encoding="utf-8")
    assert rendered() == "2"


# ------------------------------------------------------------------------------------- nothing from elsewhere


def test_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    fetched = {
        "script": "src",
        "img": "src",
        "iframe": "src",
        "source": "src",
        "object": "data",
        "link": "href",
    }
    for path in pages(built):
        for tag, has in Page(path).elements:
            if tag == "link" and has.get("rel") in {"canonical", "prev", "next", "edit"}:
                continue
            value = has.get(fetched.get(tag, ""), "")
            assert not re.match(r"(?:https?:)?//", value), (path, tag, value)
            assert "data-md-component" not in has or has["data-md-component"] != "source", (
                "asks GitHub for stars"
            )
    for path in built.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8")), (
            path
        )


def test_what_pages_fetch_is_there(built: Path) -> None:
    for path in pages(built):
        for tag, has in Page(path).elements:
            value = has.get({"script": "src", "img": "src", "link": "href"}.get(tag, ""), "")
            if value and not value.startswith("data:") and has.get("rel") != "canonical":
                assert exists(built, urlsplit(urljoin(address(built, path), value)).path), (path, value)
    css = (built / "assets/stylesheets/site.css").read_text(encoding="utf-8")
    for url in re.findall(r"url\(\"([^\"]*)\"\)", css):
        assert (built / "assets/stylesheets" / url).is_file()
    assert (built / "assets/fonts/OFL.txt").is_file()


# -------------------------------------------------------------------------------------------------- notebooks


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_a_page_links_to_its_notebook(built: Path, folder: str) -> None:
    path = built / folder / "blog/2021-09-27/post/index.html"
    links = {urljoin(address(built, path), link["href"]) for link in Page(path).all("a")}
    for target in ("notebooks/sample-note/", "notebooks/sample-note.ipynb", "notebooks/sample-note.py"):
        assert f"/some/path/{folder}{target}" in links
        assert exists(built, f"/some/path/{folder}{target}")


@pytest.mark.parametrize(("folder", "title"), [("", "Cross-correlation post"), ("zh/", "互相关 post")])
def test_a_notebook_is_a_light_page_of_the_site(built: Path, folder: str, title: str) -> None:
    text = (built / folder / "notebooks/sample-note/index.html").read_text(encoding="utf-8")
    assert f'<h1 id="post">{title}</h1>' in text
    assert '<math display="block">' in text
    assert "cdnjs" not in text
    assert len(text) < 100_000
    assert json.loads((built / folder / "notebooks/sample-note.ipynb").read_text(encoding="utf-8"))["cells"]


# ------------------------------------------------------------------------------------------ strict, and whole

BROKEN = {
    "a dead link": ("See [this](nowhere.md).", "nowhere.md"),
    "a dead anchor": ("See [this](guide/first.md#nowhere).", "#nowhere"),
    "an unknown macro": ("See $\\foo$.", r"\foo"),
    "an unknown snippet": ("```snippet\nnowhere#cell\n```", "nowhere"),
}


@pytest.mark.parametrize(
    ("language", "reason"),
    [("en", "a dead link"), ("en", "an unknown macro"), *(("zh", each) for each in BROKEN)],
)
def test_a_fault_in_either_language_leaves_no_site(site: Site, language: str, reason: str) -> None:
    body, named = BROKEN[reason]
    site.write(language, "index.md", "home", body=body)
    (site.root / "site").mkdir()
    (site.root / "site/index.html").write_text("the site of yesterday", encoding="utf-8")
    result = site.build()
    assert result.returncode != 0
    assert "index.md" in result.stderr
    assert named in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(site.root.glob("site*/*"))


def test_a_formula_is_named_with_its_line(site: Site) -> None:
    site.write("zh", "guide/first.md", "first", body="One.\n\nTwo $\\foo$.")
    assert re.search(r"guide/first\.md:9: .*\\foo", site.build().stderr)


def test_a_killed_build_leaves_no_site(site: Site) -> None:
    assert site.build().returncode == 0
    hook = site.root / "slow.py"
    hook.write_text(
        "import time\ndef on_env(env, **_):\n    print('now', flush=True); time.sleep(60)\n", encoding="utf-8"
    )
    configuration = site.root / "mkdocs.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(text.replace("hooks:\n", "hooks:\n  - slow.py\n"), encoding="utf-8")
    process = subprocess.Popen(
        site.command("build"), cwd=site.root, env=site.environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "now\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not list((site.root / "site").glob("*"))
    configuration.write_text(text, encoding="utf-8")
    assert site.build().returncode == 0
    assert (site.root / "site/zh/index.html").is_file()
    assert not (site.root / "site.partial").exists()


def _hook(site: Site, code: str) -> None:
    """Adds a hook to both languages' configuration."""
    (site.root / "more.py").write_text(code, encoding="utf-8")
    configuration = site.root / "mkdocs.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(text.replace("hooks:\n", "hooks:\n  - more.py\n"), encoding="utf-8")


IN_CHINESE = """\
import os, signal, time
def on_env(env, config, **_):
    if config.theme["language"] == "zh":
"""


def test_messages_of_both_languages_are_told_and_warnings_counted_together(site: Site) -> None:
    site.write("en", "guide/first.md", "first", body="[lost](lost.md)")
    site.write("zh", "guide/first.md", "first", body="[lost](verloren.md) [lost](gone.md)")
    result = site.build()
    assert result.returncode != 0
    told = [line for line in result.stderr.splitlines() if line.startswith("WARNING")]
    assert [re.findall(r"(\w+)\.md'", line)[-1] for line in told] == ["lost", "verloren", "gone"]
    assert "Aborted with 3 warnings in strict mode!" in result.stdout + result.stderr
    assert not (site.root / "site.partial").exists()


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_an_exception_in_the_other_language_is_told_with_its_place(
    site: Site, quiet: tuple[str, ...]
) -> None:
    _hook(site, IN_CHINESE + "        raise KeyError('no such thing')\n")
    result = site.build(*quiet)
    assert result.returncode != 0
    assert "no such thing" in result.stderr
    assert 'more.py", line 4, in on_env' in result.stderr
    assert not list(site.root.glob("site*/*"))


def test_the_end_of_the_other_languages_process_is_told(site: Site) -> None:
    _hook(site, IN_CHINESE + "        os.kill(os.getpid(), signal.SIGKILL)\n")
    result = site.build()
    assert result.returncode != 0
    assert re.search(r"mkdocs\.zh\.yml: the process .* ended .*-9", result.stderr)
    assert "Traceback" not in result.stderr
    assert not list(site.root.glob("site*/*"))


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_the_other_languages_process_ends_with_the_build(site: Site, end: signal.Signals) -> None:
    _hook(site, IN_CHINESE + "        print(os.getpid(), flush=True); time.sleep(60)\n")
    process = subprocess.Popen(
        site.command("build"),
        cwd=site.root,
        env=site.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    child = int(process.stdout.readline())
    if end == signal.SIGINT:
        os.killpg(process.pid, end)  # as a terminal does
    else:
        process.send_signal(end)
    _, told = process.communicate(timeout=30)  # which waits until nobody holds the pipes any more
    assert told.count("Traceback") <= 1
    with contextlib.suppress(OSError):  # gone, or dead and not yet cleared away
        assert ") Z " in Path(f"/proc/{child}/stat").read_text(encoding="ascii")
    assert not list((site.root / "site").glob("*"))


def test_the_site_can_go_elsewhere(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "else where"
    assert site.build("-d", str(target)).returncode == 0
    assert (target / "zh/guide/first/index.html").is_file()
    assert not (site.root / "site").exists()


def test_hidden_files_of_the_target_stay(site: Site) -> None:
    # A worktree of the branch that is published, say.
    (site.root / "site").mkdir()
    (site.root / "site/.git").write_text("gitdir: elsewhere", encoding="utf-8")
    (site.root / "site/old.html").write_text("old", encoding="utf-8")
    assert site.build().returncode == 0
    assert (site.root / "site/.git").is_file()
    assert not (site.root / "site/old.html").exists()
    assert (site.root / "site/index.html").is_file()
    assert (site.root / "site/zh/index.html").is_file()


def test_the_chinese_configuration_can_be_built_alone(site: Site) -> None:
    result = site.build("-f", "mkdocs.zh.yml")
    assert result.returncode == 0, result.stderr
    assert not (site.root / "site").exists()
    [canonical] = Page(site.root / "site-zh/guide/first/index.html").all("link", rel="canonical")
    assert canonical["href"] == f"{ADDRESS}zh/guide/first/"
    site.write("zh", "index.md", "home", body="[dead](nowhere.md)")
    assert site.build("-f", "mkdocs.zh.yml").returncode != 0
    assert not list((site.root / "site-zh").glob("*"))


def test_without_an_address_the_site_works(site: Site) -> None:
    result = site.build(SITE_URL="")
    assert result.returncode == 0, result.stderr
    page = Page(site.root / "site/guide/first/index.html")
    assert not page.all("link", rel="canonical")
    assert not (site.root / "site/sitemap.xml").exists()
    text = (site.root / "site/guide/first/index.html").read_text(encoding="utf-8")
    assert "navigation.instant" not in text
    assert page.all("a", hreflang="zh")[0]["href"] == "../../zh/guide/first/"


def test_a_dirty_build_adds_to_the_site_in_place(site: Site) -> None:
    assert site.build().returncode == 0
    before = (site.root / "site/guide/first/index.html").stat().st_mtime_ns
    time.sleep(0.01)
    site.write("zh", "index.md", "home", body="改过。")
    result = site.build("--dirty")
    assert result.returncode == 0, result.stderr
    assert "改过" in (site.root / "site/zh/index.html").read_text(encoding="utf-8")
    assert (site.root / "site/guide/first/index.html").stat().st_mtime_ns == before


def test_a_category_without_an_ascii_address_is_an_error(site: Site) -> None:
    page = site.root / "docs/zh/blog/posts/post.md"
    page.write_text(page.read_text(encoding="utf-8").replace("开源代码学习笔记", "新分类"), encoding="utf-8")
    result = site.build()
    assert result.returncode != 0
    assert "'新分类' has no address" in result.stderr


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Notes on open-source code", "notes-on-open-source-code"), ("C++ & Co.", "c-co"), ("新", "new")],
)
def test_slugs(name: str, slug: str) -> None:
    assert site_hooks.ascii_slug(name, "-", {"新": "new"}) == slug


def test_short_code_in_a_sentence_is_not_broken_over_two_lines() -> None:
    page: Any = SimpleNamespace(file=SimpleNamespace(src_uri="page.md"))
    block = "<pre><code>a b</code></pre>"
    html = f"<p><code>x = x + 1</code> <code>stride</code> <code>a line that is longer</code></p>{block}"
    found = site_hooks.on_page_content(html, page, cast("Any", None), Files([]))
    assert found == html.replace("<code>x", '<code class="site-whole">x')


def test_a_site_is_published_where_something_is_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A folder that can be neither removed nor replaced, such as a container's volume.
    built, target = tmp_path / "site.partial", tmp_path / "site"
    (built / "zh").mkdir(parents=True)
    (built / "index.html").write_text("new", encoding="utf-8")
    (built / "zh/index.html").write_text("新", encoding="utf-8")
    target.mkdir()
    order: list[str] = []

    def refuse(path: Path, *_: object) -> None:
        raise OSError("device or resource busy")

    def move(source: Path, destination: Path) -> object:
        order.append(source.name)
        return original(source, destination)

    original: Callable[[Path, Path], object] = shutil.move
    rmdir = Path.rmdir
    monkeypatch.setattr(Path, "rmdir", lambda path: refuse(path) if path == target else rmdir(path))
    monkeypatch.setattr(shutil, "move", move)
    site_hooks.publish(built, target)
    assert order == ["zh", "index.html"]
    assert (target / "zh/index.html").read_text(encoding="utf-8") == "新"
    assert not built.exists()


# ------------------------------------------------------------------------------------------------------ serve


class Server:
    """`mkdocs serve`, and what it says."""

    def __init__(self, site: Site) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/some/path/"
        self.log = site.root / "serve.log"
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                site.command("serve", "-a", f"127.0.0.1:{port}"),
                cwd=site.root,
                env=site.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def get(self, path: str) -> str:
        """A page; empty when there is none."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, OSError):
            return ""

    def wait(self, path: str, wanted: str, *, seconds: float = 30) -> str:
        """The page as soon as it has these words."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if wanted in (page := self.get(path)):
                return page
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)
        raise AssertionError(
            f"{wanted!r} never came; the server says:\n{self.log.read_text(encoding='utf-8')}"
        )


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    """The small site, served."""
    running = Server(site)
    yield running
    running.process.terminate()
    running.process.wait(10)


def test_serve_shows_both_languages_and_their_changes(site: Site, server: Server) -> None:
    assert 'href="../../zh/guide/first/"' in server.wait("guide/first/", "Cross-correlation first")
    assert 'href="../../../guide/first/"' in server.wait("zh/guide/first/", "互相关 first")
    site.write("zh", "guide/first.md", "first", body="新的句子。")
    server.wait("zh/guide/first/", "新的句子")


def test_serve_survives_faults_and_heals(site: Site, server: Server) -> None:
    server.wait("zh/", "互相关 home")
    # One that stands on its page,
    site.write("en", "index.md", "home", body="A formula: $\\foo$, and the rest.")
    assert "and the rest" in server.wait("", "cannot render this formula")
    # one that keeps the Chinese site from being built,
    post = site.root / "docs/zh/blog/posts/post.md"
    good = post.read_text(encoding="utf-8")
    post.write_text(good.replace("开源代码学习笔记", "新分类"), encoding="utf-8")
    server.wait("zh/", "has no address")
    server.wait("guide/first/", "Cross-correlation first")
    # and one that keeps everything from being built.
    configuration = site.root / "mkdocs.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(text + "\nplugins: [nowhere]\n", encoding="utf-8")
    server.wait("guide/first/", "Not built")
    post.write_text(good, encoding="utf-8")
    configuration.write_text(text, encoding="utf-8")
    site.write("en", "index.md", "home", body="Mended.")
    server.wait("", "Mended")
    server.wait("zh/", "互相关 home")
    server.wait("guide/first/", "Cross-correlation first")
