"""Inline numbers in real Markdown: wherever text can stand, with the site's own list of extensions."""

from __future__ import annotations

import html as html_module
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

import markdown
import pytest
from conftest import as_questions
from markdown import Markdown
from markdown.preprocessors import Preprocessor

from insync.rendering.extension import PageError
from insync.rendering.problems import all_problems

if TYPE_CHECKING:
    from conftest import Site

SNIPPET = "# %% one\na = 0.5\nb = -0.25\nword = 'x_1 * <b> | `t` & $y$'\n# %% two\na = 7\n"
QUIET = SNIPPET + '# %% quiet\ntext = """\nneedle\n"""\nc = 1 + \\\n    2\n'
EMBED = "```snippet\nmade#one\nshow: code\n```\n\n"


def text_of(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def shown(site: Site, text: str) -> str:
    """The HTML of what follows an embedded cell in which `a` is 0.5 and `b` -0.25."""
    html = site.html(EMBED + text, SNIPPET)
    return html.partition("</div>")[2].strip()


# --- Where a number can stand -------------------------------------------------------------------------------


def test_a_number_in_a_sentence_says_where_it_came_from(site: Site) -> None:
    html = shown(site, "The sum is `{python} a + b:.4f`.")
    assert text_of(html) == "The sum is 0.2500."
    assert 'class="insync-number"' in html
    assert 'data-expression="a + b:.4f"' in html
    assert 'data-cell="made#one"' in html
    assert 'href="#code-made-one"' in html
    assert 'id="code-made-one"' in str(site.render().content)


def test_each_number_has_an_id_that_stays_when_others_come(site: Site) -> None:
    def ids(text: str) -> list[str]:
        return re.findall(r' id="(n[0-9a-f-]+)"', shown(site, text))

    (first,) = ids("The sum is `{python} a + b:.4f`.")
    other, again, repeated = ids("Of `{python} a` and `{python} a + b:.4f` and `{python} a + b:.4f`.")
    assert again == first
    assert repeated == f"{first}-2"
    assert other not in {first, repeated}


def test_no_line_ends_inside_a_short_value(site: Site) -> None:
    whole, broken = "insync-number insync-whole", "insync-number"
    written = ["1e-6", "-a", "'0-1 ' * 9", "(5, 6, 8)", "[*range(9)]"]
    html = shown(site, ", ".join(f"`{{python}} {each}`" for each in written))
    assert re.findall(r'class="(insync-number[^"]*)"', html) == [whole, broken, broken, whole, broken]
    assert 'class="insync-quoted insync-whole"' in shown(site, "`{quoted what readers report} 1e-7`")


def test_a_number_belongs_to_the_cell_last_embedded_above_it_or_to_the_one_it_names(site: Site) -> None:
    html = site.html(
        EMBED
        + "First `{python} a`, named `{python made#two} a`, at the end `{python made} a`.\n\n"
        + "```snippet\nmade#two\nshow: code\n```\n\nThen `{python} a` and `{python made#one} a`.\n",
        SNIPPET,
    )
    assert re.findall(r"First .*\.", text_of(html)) == ["First 0.5, named 7, at the end 7."]
    assert "Then 7 and 0.5." in text_of(html)


def test_a_number_in_a_heading_is_in_the_contents_and_not_in_the_address(site: Site) -> None:
    site.snippet(SNIPPET)
    site.page(EMBED + "## The value `{python} a:.2f` { #value }\n\ntext\n")
    page = site.render()
    (item,) = page.toc
    assert (text_of(item.title), item.id) == ("The value 0.50", "value")
    assert "\ue000" not in page.content
    heading = re.search(r'<h2 id="value">.*?</h2>', page.content)
    assert heading is not None
    assert text_of(heading[0]).rstrip("#") == "The value 0.50"
    assert "href" not in heading[0].replace('href="#value"', "")


def test_numbers_in_tables_keep_their_pipes_to_themselves(site: Site) -> None:
    html = shown(
        site, "| x | y |\n|---|--:|\n| `{python} a` | `{python} int(b < 0) | 2` |\n| `{python} b` | 1 |\n"
    )
    assert re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", text_rows(html)) == ["x", "y", "0.5", "3", "-0.25", "1"]


def text_rows(html: str) -> str:
    """A table with nothing but text in its cells."""
    return re.sub(r"</?(?:a|span)\b[^>]*>", "", html)


def test_a_number_whose_text_has_a_pipe_does_not_split_a_cell(site: Site) -> None:
    html = shown(site, "| x | y |\n|---|---|\n| `{python} word` | 1 |\n")
    assert re.findall(r"<td>(.*?)</td>", text_rows(html)) == ["x_1 * &lt;b&gt; | `t` &amp; $y$", "1"]


def test_a_numbers_text_is_text_and_never_markup(site: Site) -> None:
    assert "x_1 * &lt;b&gt; | `t` &amp; $y$" in shown(site, "Say `{python} word`.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a is `{python} a`](https://example.org/)", ">a is <span"),
        ("![of `{python} a`](https://example.org/a.svg)", 'alt="of 0.5"'),
        ("**`{python} a`**", "<strong><a"),
        ("*about `{python} a`*", "<em>about <a"),
        ('<span markdown="1">`{python} a`</span>', ">0.5</a></span>"),
        ('<div markdown="1">\nIs `{python} a`.\n</div>', "<p>Is <a"),
        ("- `{python} a`\n- second", "<li><a"),
        ("> `{python} a`", "<blockquote>\n<p><a"),
        ("Term `{python} a`\n:   is `{python} b`", "<dd>is <a"),
        ('!!! note "Now `{python} a`"\n    Text `{python} b`.', '<p class="admonition-title">Now '),
        ('??? note "Now `{python} a`"\n    Text `{python} b`.', "<summary>Now "),
        ('=== "Tab `{python} a`"\n    Text `{python} b`.', ">Tab <span"),
        ("Text[^1].\n\n[^1]: Note `{python} a`.", "<p>Note <a"),
        ("(`{python} a`)-`{python} b`", ">-0.25</a>"),
        ("`{python} a` `{python} b`", ">0.5</a> <a"),
    ],
)
def test_a_number_can_stand_in_any_text(site: Site, text: str, expected: str) -> None:
    html = shown(site, text)
    assert expected in html
    assert "0.5" in html
    assert "\ue000" not in html
    assert "{python" not in html.replace("data-expression", "")


def test_no_link_stands_inside_a_link_a_heading_or_a_label(site: Site) -> None:
    html = shown(site, '[x `{python} a`](https://example.org/)\n\n=== "Tab `{python} a`"\n    x\n')
    assert html.count("<a ") == 1
    assert "data-expression" not in html


def test_a_number_in_a_links_title_is_bare_characters(site: Site) -> None:
    html = shown(site, '[x](https://example.org/ "at `{python} a`")')
    assert 'title="at 0.5"' in html


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("$0.1 + `{python} b:.4f`$", ["<mn>0.1</mn>", "<mn>0.2500</mn>"]),
        ("$$\nx = `{python} a:.4f`\n$$", ["<mn>0.5000</mn>", 'display="block"']),
        ("$\\underbrace{`{python} a:.2f`}_{a}$", ["<munder>", "<mn>0.50</mn>"]),
        ("$x < `{python} a`$", ["<mn>0.5</mn>"]),
    ],
)
def test_an_equation_carries_live_numbers(site: Site, tex: str, expected: list[str]) -> None:
    html = shown(site, f"{tex}\n")
    assert "<math" in html
    for each in expected:
        assert each in html
    assert "\ue000" not in html


def test_where_the_syntax_is_literal_it_is_shown_as_it_stands(site: Site) -> None:
    html = shown(
        site,
        "Write ``{python} a`` or `` `{python} a` ``.\n\n"
        "````markdown\n```snippet\nmade#one\n```\n`{python} a`\n````\n",
    )
    assert "<code>{python} a</code>" in html
    assert "<code>`{python} a`</code>" in html
    assert text_of(html).count("{python} a") == 3
    assert "```snippet" in text_of(html)
    assert "insync-number" not in html


def test_two_backslashes_before_a_number_are_one(site: Site) -> None:
    assert text_of(shown(site, "a \\\\`{python} a` b")) == "a \\0.5 b"


def test_page_source_with_windows_line_ends_is_the_same_page(site: Site) -> None:
    text = EMBED + "## H `{python} a` { #h }\n\n| x |\n|---|\n| `{python} b` |\n\n```snippet\nmade#two\n```\n"
    html = site.html(text, SNIPPET)
    path = site.root / "docs/en/page.md"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert site.render().content == html
    path.write_bytes("\ufeff".encode() + text.encode())
    assert site.render().content == html


# --- Front matter -------------------------------------------------------------------------------------------


def test_title_and_description_carry_numbers(site: Site) -> None:
    site.snippet(SNIPPET)
    title, description = "A is `{python made#one} a`", "`{python made#two} a:.1f` later"
    site.page(f'---\ntitle: "{title}"\ndescription: "{description}"\n---\n\ntext\n')
    page = site.render()
    assert (page.meta["title"], page.meta["description"]) == ("A is 0.5", "7.0 later")
    assert site.runner.runs == [("made", as_questions({"one": ("a",), "two": ("a:.1f",)}))]


def test_what_attributes_cannot_hold_is_escaped_in_title_and_description(site: Site) -> None:
    site.page("---\ntitle: a < b\ndescription: >-\n  `{python made#one} chr(34)` & <b>\n---\n\ntext\n")
    site.snippet(SNIPPET)
    page = site.render()
    assert str(page.meta["title"]) == "a &lt; b"
    assert html_module.unescape(page.meta["description"]) == '" & <b>'
    assert not set('"<>') & set(page.meta["description"])


def test_a_heading_with_an_anchor_may_stand_in_a_block_and_a_comment_in_code(site: Site) -> None:
    html = site.html("# A { #a }\n\n!!! note\n\n    ## B { #b }\n\ntext\n\n    # in code\n")
    assert '<h2 id="b">' in html


def test_a_quotation_in_the_description_is_its_text(site: Site) -> None:
    site.page('---\ndescription: "Off by `{quoted what readers say} 1e-7`"\n---\n\ntext\n')
    assert site.render().meta["description"] == "Off by 1e-7"


def test_a_number_in_the_front_matter_must_name_its_cell(site: Site) -> None:
    site.page('---\ndate: 2021-09-27\ntitle: "A is `{python} a`"\n---\n\n```snippet\nmade\n```\n')
    site.snippet(SNIPPET)
    site.project.start()
    (problem,) = all_problems(site.project)
    assert str(problem).startswith("docs/en/page.md:3: no cell is embedded above `a`")


# --- Refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<div>`{python} a`</div>",
        '<div><img alt="`{python} a`"></div>',
        'text <img alt="`{python} a`"> text',
        "text\n\n    indented `{python} a`",
        "<pre>\n`{python} a`\n</pre>",
        "HTML\n\n*[HTML]: `{python} a`",
    ],
    ids=["raw HTML", "attribute", "attribute in a line", "indented code", "pre", "abbreviation"],
)
def test_a_number_where_markdown_reads_no_code_is_refused_with_its_line(site: Site, text: str) -> None:
    said = site.error(EMBED + text, SNIPPET)
    line = 6 + text[: text.index("`{python}")].count("\n")
    assert f"docs/en/page.md:{line}: the number `a` stands where Markdown reads no code span" in said
    assert "What to do: " in said


REFUSED = {
    "no cell above": ("`{python} a`", 1, "no cell is embedded above `a`"),
    "an unknown snippet": ("`{python mad#one} a`", 1, "there is no snippet `mad`"),
    "an unknown cell": ("`{python made#on} a`", 1, "`made` has no cell `on`"),
    "an unknown name": (
        EMBED + "text\n`{python} c`",
        7,
        "`c` gives no number: NameError: name 'c' is not defined",
    ),
    "a bad expression": (EMBED + "`{python} a b`", 6, "`a b` is no Python expression"),
    "no expression": (EMBED + "`{python}`", 6, "the inline number has no expression"),
    "a changed state": (EMBED + "`{python} (c := 1)`", 6, "would change what it looks at"),
    "an unknown snippet in a fence": ("text\n\n```snippet\nmad\n```", 3, "there is no snippet `mad`"),
    "an unknown cell in a fence": ("```snippet\nmade#on\n```", 1, "`made` has no cell `on`"),
    "an unknown option": ("```snippet\nmade\nshw: code\n```", 3, "`snippet` has no option `shw`"),
    "an unknown value": ("```snippet\nmade\nshow: outputs\n```", 3, "`show: outputs` is not known"),
    "an empty option": ("```snippet\nmade\ntitle:\n```", 3, "the option `title` is empty"),
    "a note without a text": ("```snippet\nmade\nnote: a = 0.5\n```", 3, "the note has no text"),
    "a note on no line": (
        "```snippet\nmade\nnote: z => x\n```",
        3,
        "`z` is in 0 lines of the code, not in one",
    ),
    "a note on many lines": ("```snippet\nmade\nnote: = => x\n```", 3, "`=` is in 4 lines of the code"),
    "a note on hidden code": (
        "```snippet\nmade\nshow: output\nnote: a = 0.5 => x\n```",
        4,
        "in 0 lines of the code",
    ),
    "a fence never closed": ("text\n\n```snippet\nmade", 3, "the `snippet` fence is never closed"),
    "an unknown table": ("```numbers\nfacts\n```", 1, "there is no table `facts`"),
    "an option of a table": ("```numbers\nsnippets\nshow: code\n```", 3, "`numbers` has no option `show`"),
    "a heading without an anchor": ("text\n\n## Heading\n", 3, "the heading has no anchor of its own"),
    "a heading in a block": (
        "## Head { #head }\n\n!!! note\n\n    ## Inside",
        5,
        "the heading has no anchor",
    ),
    "a heading in an item": ("- # Item", 1, "the heading has no anchor of its own"),
    "a heading in a quotation": ("> text\n>\n> ## Said", 3, "the heading has no anchor of its own"),
    "no output": ("```snippet\nmade#quiet\nshow: output\n```", 1, "shows output, and there is none"),
    "a note in a string": ("```snippet\nmade#quiet\nnote: needle => x\n```", 3, "no comment can stand on"),
    "a note on half a line": ("```snippet\nmade#quiet\nnote: c = 1 => x\n```", 3, "no comment can stand on"),
    "a Chinese anchor": ("## 偏置 { #偏置 }\n", 1, "is not plain ASCII"),
}


@pytest.mark.parametrize("front", ["", "---\ndate: 2021-09-27\n---\n\n\n"], ids=["plain", "front matter"])
@pytest.mark.parametrize(("text", "line", "message"), REFUSED.values(), ids=REFUSED)
def test_a_page_with_a_fault_is_refused_with_page_line_and_advice(
    site: Site, front: str, text: str, line: int, message: str
) -> None:
    said = site.error(front + text, QUIET if "quiet" in text else SNIPPET)
    line += front.count("\n")
    (found,) = (part for part in re.split(r"\n(?=\S)", said) if message in part)
    assert found.startswith(f"docs/en/page.md:{line}: ")
    assert "\n  What to do: " in found


def test_a_near_name_is_suggested(site: Site) -> None:
    assert "Did you mean `one`?" in site.error("```snippet\nmade#on\n```", SNIPPET)
    assert "Did you mean `made`?" in site.error("```snippet\nmede\n```")
    assert "Did you mean `output`?" in site.error("```snippet\nmade\nshow: outputs\n```")


def test_a_failing_snippet_is_named_with_page_and_snippet_line(site: Site) -> None:
    said = site.error("text\n\n```snippet\nmade#one\n```\n", "# %% one\na = 1\n\nb = a / 0\n")
    assert said.startswith("docs/en/page.md:3: the cell `one` raises ZeroDivisionError: division by zero\n")
    assert "\n  in snippets/made.py:4\n" in said
    assert "\n  What to do: Mend it; or, if it should raise, announce that" in said
    assert (
        said.count("ZeroDivisionError: division by zero") == 2
    )  # the message, and the traceback's last line


def test_without_mkdocs_the_extension_works_on_plain_text(site: Site) -> None:
    """As in another generator: the page has no name, and its problems are ordinary exceptions."""
    site.snippet(SNIPPET)
    md = markdown.Markdown(extensions=["insync"], extension_configs={"insync": {"root": str(site.root)}})
    assert text_of(md.convert(EMBED + "Is `{python} a`.")).endswith("Is 0.5.")
    with pytest.raises(PageError, match=r"^page.md:1: "):
        md.reset().convert("`{python} a`")


# --- Serving ------------------------------------------------------------------------------------------------


def test_under_serve_the_message_stands_on_the_page_and_the_page_heals(site: Site) -> None:
    problems: list[object] = []
    site.project.on_problem = problems.append
    text = "```snippet\nmade#one\n```\n\nIs `{python} a`.\n"
    site.snippet("# %% one\na = 1 / 0\n")
    site.page(text)
    site.project.start()
    broken = str(site.render().content)
    assert 'class="insync-problem" role="alert"' in broken
    assert "docs/en/page.md:1: the cell `one` raises ZeroDivisionError" in text_of(broken)
    assert '<span class="insync-number insync-failed">a</span>' in broken
    assert len(problems) == 1

    problems.clear()
    site.snippet("# %% one\na = 1 / 4\n")
    site.project.start()
    assert "Is 0.25." in text_of(str(site.render().content))
    assert "insync-problem" not in str(site.render().content)
    assert not problems
    assert site.runner.names == ["made", "made"]


def test_under_serve_a_number_that_markdown_does_not_reach_is_named_on_the_page(site: Site) -> None:
    problems: list[object] = []
    site.project.on_problem = problems.append
    site.snippet(SNIPPET)
    site.page(EMBED + "<div>`{python} a`</div>\n")
    site.project.start()
    assert "stands where Markdown reads no code span" in str(site.render().content)
    assert len(problems) == 1


def test_a_generator_that_names_pages_within_their_folder_gets_links_to_their_code(site: Site) -> None:
    """As Zensical does: a preprocessor has the page, and its path is relative to the folder of pages."""
    site.snippet("# %% one\na = 1\n")
    path = site.page("# Page { #page }\n\n```snippet\nmade\n```\n\nIs `{python} a`.\n", "guide/page")
    md = Markdown(extensions=["insync"], extension_configs={"insync": {"root": str(site.root)}})

    class Context(Preprocessor):
        page = SimpleNamespace(path="guide/page.md")

        def run(self, lines: list[str]) -> list[str]:
            return lines

    md.preprocessors.register(Context(md), "context", 1000)
    assert re.search(r'href="#code-made-one"[^>]*>1</a>', md.convert(path.read_text(encoding="utf-8")))
