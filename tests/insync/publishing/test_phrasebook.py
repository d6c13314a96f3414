"""Pages of another language show what snippets say in that language, and `insync check` holds it to that."""

from __future__ import annotations

import html
from collections.abc import Callable
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from conv1d_site.steps.prepare.scripts import offered
from insync.problem import InsyncError
from insync.publishing.phrasebook import phrase_problems, write_phrases
from insync.rendering import notebook
from insync.rendering.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site

SNIPPET = '''
    # %% one
    def half(x):
        """Half of x."""
        # in one line
        return x / 2


    print("at once:", half(3))  # shown
'''
PAGE = """
    ---
    script: made#one
    ---

    # Half { #half }

    ```snippet
    made#one
    note: return x / 2 => the half
    ```
"""
WHOLE = """
    msgid "Half of x."
    msgstr "x 的一半。"

    msgid "in one line"
    msgstr "只要一行"

    msgid "at once:"
    msgstr "一次算完："

    msgid "shown"
    msgstr "显示出来"
"""
Complain = Callable[..., list[str]]


@pytest.fixture
def bilingual(site: Site) -> Site:
    site.snippet(SNIPPET)
    site.page(PAGE)
    site.page(PAGE, language="zh")
    site.write("snippets/zh/made.po", WHOLE)
    site.project.start()
    return site


def problems(site: Site) -> list[str]:
    site.project.start()
    site.project.tasks()
    return [str(problem) for problem in phrase_problems(site.project)]


def changed(site: Site, old: str, new: str) -> list[str]:
    assert old in WHOLE
    site.write("snippets/zh/made.po", WHOLE.replace(old, new))
    return problems(site)


def test_a_page_shows_them_in_its_language(bilingual: Site) -> None:
    chinese = str(bilingual.render(language="zh").content)
    for text in ("x 的一半。", "# 只要一行", "一次算完： 1.5", "# 显示出来"):
        assert text in chinese
    assert "Half of x" not in chinese
    english = str(bilingual.render().content)
    assert "Half of x" in english
    assert "at once: 1.5" in english
    assert "一" not in english


def test_a_note_stays_at_its_line(bilingual: Site) -> None:
    chinese = str(bilingual.render(language="zh").content)
    line = next(line for line in chinese.split("\n") if "(1)" in line)
    assert "return" in line


def test_notebooks_and_scripts_say_the_same(bilingual: Site) -> None:
    page = bilingual.project.page(bilingual.root / "docs/zh/page.md")
    assert page is not None
    language = bilingual.settings.language("zh")
    made = notebook.build(page, bilingual.project, words_of(language), str)
    (cell,) = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    assert "# 只要一行" in cell["source"]
    assert cell["outputs"][0]["text"] == "一次算完： 1.5\n"
    scope: dict[str, object] = {}
    exec(cell["source"], scope)
    ((_, script),) = offered(bilingual.project, language.pages, "here")
    assert "x 的一半。" in script


def test_words_in_a_plot_are_the_language_s_too(site: Site) -> None:
    site.snippet("""
        # %% plot
        import matplotlib.pyplot as plt

        fig, ax = plt.subplots()
        ax.plot([1, 2], label="no walk")
        ax.plot([2, 1], label="walk")
        legend = ax.legend()
    """)
    page = "# Plot { #plot }\n\n```snippet\nmade#plot\nalt: two lines\n```\n"
    site.page(page)
    site.page(page, language="zh")
    site.write(
        "snippets/zh/made.po",
        """
        msgid "walk"
        msgstr "游走"

        msgid "no walk"
        msgstr "不游走"
        """,
    )
    chinese = str(site.render(language="zh").content)
    assert ">游走</text>" in chinese
    assert ">不游走</text>" in chinese
    assert ">walk</text>" in str(site.render().content)


def test_what_is_printed_is_no_comments(site: Site) -> None:
    site.snippet("""
        # %% one
        step = 2  # stride
        print(dict(stride=step))
    """)
    page = "# A { #a }\n\n```snippet\nmade\n```\n"
    site.page(page)
    site.page(page, language="zh")
    site.write("snippets/zh/made.po", 'msgid "stride"\nmsgstr "步幅"\n')
    chinese = str(site.render(language="zh").content)
    assert "# 步幅" in chinese
    assert "{'stride': 2}" in html.unescape(chinese)


def test_signs_of_html_in_a_plot_are_words_like_others(site: Site) -> None:
    site.snippet("""
        # %% plot
        import matplotlib.pyplot as plt

        fig, ax = plt.subplots()
        text = ax.text(0, 0, "words & more")
    """)
    page = "# Plot { #plot }\n\n```snippet\nmade#plot\nalt: a text\n```\n"
    site.page(page)
    site.page(page, language="zh")
    site.write("snippets/zh/made.po", 'msgid "words & more"\nmsgstr "词 < 更多"\n')
    assert ">词 &lt; 更多</text>" in str(site.render(language="zh").content)


def test_a_whole_file_is_right(bilingual: Site) -> None:
    assert problems(bilingual) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"只要一行"', '""', "snippets/made.py:4"),
        ('"只要一行"', '""', "the comment `in one line` is not there in `zh`"),
        ('msgid "in one line"', 'msgid "in two lines"', "does not say `in two lines` any more"),
        ('"只要一行"', '"只要\\n一行"', "has other lines than what it translates"),
        ('"一次算完："', '"一次\\"算完："', "the code is no longer what it was"),
        ('"只要一行"', '"补零"', "补零 is not this site's word"),
        ('msgid "in one line"', "in one line", "snippets/zh/made.po:4: `in one line` is not understood"),
    ],
)
def test_each_way_to_be_wrong_is_told(bilingual: Site, old: str, new: str, says: str) -> None:
    found = changed(bilingual, old, new)
    assert any(says in each for each in found), found
    assert all("What to do: " in each for each in found)


def test_other_numbers_of_lines_are_told_and_harm_no_build(bilingual: Site) -> None:
    changed(bilingual, '"只要一行"', '"只要\\n一行"')
    chinese = str(bilingual.render(language="zh").content)
    assert "# in one line" in chinese
    assert "x 的一半。" in chinese


def test_a_file_that_cannot_be_read_is_told_once_and_harms_no_build(bilingual: Site) -> None:
    (bilingual.root / "snippets/zh/made.po").write_bytes(b'msgid "\xff"\n')
    (found,) = problems(bilingual)
    assert found.startswith("snippets/zh/made.po: the file cannot be read")
    assert "Half of x." in str(bilingual.render(language="zh").content)
    with pytest.raises(InsyncError):
        list(write_phrases(bilingual.project))


def test_windows_line_ends_and_a_byte_order_mark_are_read(bilingual: Site) -> None:
    text = dedent(WHOLE).replace("\n", "\r\n")
    (bilingual.root / "snippets/zh/made.po").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert problems(bilingual) == []


def test_a_file_of_no_snippet_is_told(bilingual: Site) -> None:
    bilingual.write("snippets/zh/gone.po", WHOLE)
    (found,) = problems(bilingual)
    assert "there is no snippet `gone` any more" in found


def test_what_is_missing_is_added_and_nothing_is_lost(bilingual: Site) -> None:
    path = bilingual.root / "snippets/zh/made.po"
    bilingual.snippet(SNIPPET.replace("# in one line", "# in a line"))
    bilingual.project.start()
    assert list(write_phrases(bilingual.project)) == [path]
    text = path.read_text("utf-8")
    assert 'msgid "in a line"\nmsgstr ""\n' in text
    assert "in one line" not in text
    assert 'msgstr "一次算完："' in text
    assert list(write_phrases(bilingual.project)) == []


def test_an_entry_written_here_is_read_as_it_was(bilingual: Site, tmp_path: Path) -> None:
    (bilingual.root / "snippets/zh/made.po").unlink()
    list(write_phrases(bilingual.project))
    assert len(problems(bilingual)) == 4  # one for each entry that is still empty
