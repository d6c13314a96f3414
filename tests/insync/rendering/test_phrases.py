"""What a snippet says to people is found, and put back in other words without a change of the code."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insync.rendering.phrases import is_given, phrases, rewrite
from insync.rendering.translation import Translation
from insync.running.record import Output

SOURCE = dedent('''
    import torch  # the usual


    def area(r):
        """The area of a circle.

        r: (N,), not negative
        """
        # the square first,
        # then the factor
        return r**2 * 3  # noqa: X1


    print(f"at once: {area(2)}, later")
    label = "a name"
    # L
    x = """no
    docstring"""
''').lstrip("\n")


def rewritten(source: str, change: dict[str, str]) -> str:
    """The source with some of its phrases put otherwise."""
    return Translation(change).code(source)


def test_comments_docstrings_and_strings_are_found_in_their_order() -> None:
    found = [(phrase.kind, phrase.text) for phrase in phrases(SOURCE)]
    assert found == [
        ("comment", "the usual"),
        ("docstring", "The area of a circle.\n\nr: (N,), not negative"),
        ("comment", "the square first,\nthen the factor"),
        ("literal", "at once:"),
        ("literal", ", later"),
        ("literal", "a name"),
        ("literal", "no\ndocstring"),
    ]


def test_names_of_one_or_two_letters_and_directives_say_nothing() -> None:
    assert phrases("x = 1  # L, K\ny = 'dx'  # noqa: E1\nz = 0  # type: ignore") == ()


def test_code_that_is_no_python_says_nothing() -> None:
    assert phrases("layer(  # never closed\n") == ()


def test_a_translation_stands_where_the_original_stood() -> None:
    change = {
        "the usual": "照例",
        "The area of a circle.\n\nr: (N,), not negative": "圆的面积。\n\nr：(N,)，非负",
        "the square first,\nthen the factor": "先平方，\n再乘系数",
        "at once:": "一次算完：",
    }
    after = rewritten(SOURCE, change)
    assert "import torch  # 照例\n" in after
    assert '    """圆的面积。\n\n    r：(N,)，非负\n    """\n' in after
    assert "    # 先平方，\n    # 再乘系数\n" in after
    assert 'print(f"一次算完： {area(2)}, later")' in after
    assert after.count("\n") == SOURCE.count("\n")
    assert ast.dump(ast.parse(after)).count("Call") == ast.dump(ast.parse(SOURCE)).count("Call")


def test_columns_behind_chinese_characters_are_counted_in_characters() -> None:
    source = 'x = "中文"; y = "in words"  # 中文 too'
    assert rewritten(source, {"in words": "字", "中文 too": "也是"}) == 'x = "中文"; y = "字"  # 也是'


def test_in_the_braces_of_an_f_string_only_words_in_quotes_are_words() -> None:
    source = """print(f"{'built':<8}{length:{width}} length, with length {length}, built")"""
    found = [phrase.text for phrase in phrases(source)]
    assert sorted(found) == [", built", "built", "length, with length"]
    after = rewritten(source, {"built": "创建", "length, with length": "长度，以及长度", ", built": "，创建"})
    assert after == """print(f"{'创建':<8}{length:{width}} 长度，以及长度 {length}，创建")"""


def test_a_comment_in_a_string_is_no_comment() -> None:
    assert [phrase.kind for phrase in phrases('x = "# not a comment"')] == ["literal"]


@pytest.mark.parametrize(
    ("output", "given_"),
    [
        (Output("stdout", "a name: 1"), True),
        (Output("value", "'a name'"), True),
        (Output("plot", "<svg><text>a name</text></svg>"), True),
        (Output("plot", "<svg id='a name'></svg>"), False),
        (Output("stdout", "a names"), False),
        (Output("exception", "ValueError: a name"), False),
    ],
)
def test_a_string_says_something_where_it_was_printed_or_plotted(output: Output, given_: bool) -> None:
    (phrase,) = phrases('x = "a name"')
    assert is_given(phrase, [output]) is given_


@given(st.text(alphabet="ab #\"'\n\\{}()=x:中", max_size=60))
def test_whatever_the_code_a_phrase_stands_where_it_says(source: str) -> None:
    lines = source.split("\n")
    for phrase in phrases(source):
        assert 0 <= phrase.start < phrase.end <= len(source)
        assert phrase.line < len(lines)
        same = rewrite(source[phrase.start : phrase.end], phrase, phrase.text)
        assert same.count("\n") == source[phrase.start : phrase.end].count("\n")
