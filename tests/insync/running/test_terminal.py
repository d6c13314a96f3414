"""What a terminal shows in the end: bars, erased lines, wide characters; and how long that takes."""

from __future__ import annotations

import sys

import pytest

from insync.running.terminal import shown


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("plain \ttext  \n", "plain \ttext  \n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("10%\r50%\rdone\n", "done\n"),
        ("a long line\rshort", "shortg line"),
        ("\r0/2 |  |\r1/2 |# |\r2/2 |##|\r        \r", ""),
        ("|\b/\b-\b ready\n", " ready\n"),
        ("\router 0\n\rinner 0\x1b[A\router 1\n\rinner 1\x1b[A\n\n", "outer 1\ninner 1\n"),
        ("step 1\x1b[2K\x1b[Gstep two\n", "step two\n"),
        ("step 10\r\x1b[Kstep\n", "step\n"),
        ("abcdef\x1b[3D\x1b[1KX", "   Xef"),
        ("abc\x1b[2C.", "abc  ."),
        ("a\nb\nc\x1b[2A\x1b[Jz", "az"),
        ("a\x1b[Bb", "a\n b"),
        ("one\x1b7 two\x1b8!", "one!two"),
        ("all of it\n\x1b[2J\x1b[Hnew", "new\n"),
        ("\x1b[38;5;196mred\x1b[0m \x1b[1;4mbold\x1b[m", "red bold"),
        ("\x1b]0;title\x07a \x1b]8;;http://x.org\x1b\\link\x1b]8;;\x1b\\!", "a link!"),
        ("bell\x07", "bell"),
        ("tab\tnew\rX", "Xab\tnew"),
        ("abcdefghijkl\rX\tY", "XbcdefghYjkl"),
        ("a\tb\r123", "123     b"),
        ("卷积\rX", "X 积"),
        ("卷积\r层", "层积"),
        ("e\u0301a\b!", "e\u0301!"),
        ("50%|█████     |\r100%|██████████|\n", "100%|██████████|\n"),
    ],
)
def test_a_text_is_what_a_terminal_shows_in_the_end(written: str, seen: str) -> None:
    assert shown(written) == seen


@pytest.mark.parametrize(
    "unit",
    [
        "\x1b[A",
        "\b",
        "x\r",
        "x\x1b[2K",
        "x\x1b[1K",
        "\x1b[999999Cx\n",
        "\x1b[999999Bx\n",
        "\t\r",
        "\n\x1b[2Jx",
        "e\u0301\r",
    ],
)
def test_twice_the_text_takes_twice_the_steps(unit: str) -> None:
    """Counted, not timed: work that grows with the square would be sixteen times as much."""

    def steps(times: int) -> int:
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        text = "y" * times + unit * times
        sys.setprofile(note)
        try:
            shown(text)
        finally:
            sys.setprofile(None)
        return count

    assert steps(8_000) < 5 * steps(2_000) + 100
