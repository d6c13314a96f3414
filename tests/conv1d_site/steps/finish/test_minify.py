"""Scripts and style sheets without what is for their authors."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from conv1d_site.steps.finish.minify import script, sheet

if TYPE_CHECKING:
    from pathlib import Path

THEME = ROOT / "docs/theme/assets"


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("// why\n\nconst a = 1\n", "const a = 1\n"),
        ("{\n  go() // at last, it's time\n}\n", "{\ngo()\n}\n"),
        ('const a = "http://b" // c\n', 'const a = "http://b"\n'),
        ('const a = "b // c"\n', 'const a = "b // c"\n'),
        ("const a = `b // c`\n", "const a = `b // c`\n"),
        ("const a = 'b // c'\n", "const a = 'b // c'\n"),
        ('"//": (a, b) => Math.floor(a / b),\n', '"//": (a, b) => Math.floor(a / b),\n'),
        ("a = `\n  // text\n`\n", "a = `\n  // text\n`\n"),
    ],
)
def test_a_script_loses_its_comments_and_nothing_else(code: str, short: str) -> None:
    assert script(code) == short


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("/* a */\na , b > c {\n  margin: 0 auto;\n  color: red;\n}\n", "a,b>c{margin:0 auto;color:red}"),
        ("a :hover { b: c }", "a :hover{b:c}"),
        ("@media (width > 60em) { a :is(b, c) { d: e } }", "@media (width>60em){a :is(b,c){d:e}}"),
        ('a::after { content: "/* ;  } */ " }', 'a::after{content:"/* ;  } */ "}'),
        ("a { width: calc(1px + 2px); b: c !important }", "a{width:calc(1px + 2px);b:c !important}"),
        ("a { b: url(data:x; y) }", "a{b:url(data:x; y)}"),
        ("a { & :hover { b: c } d: e }", "a{& :hover{b:c}d:e}"),
    ],
)
def test_a_sheet_loses_its_comments_and_needless_blanks(code: str, short: str) -> None:
    assert sheet(code) == short


OURS = [path.relative_to(THEME).as_posix() for path in sorted(THEME.rglob("*.js"))]


@pytest.mark.parametrize("path", OURS)
def test_our_own_scripts_keep_every_sign_that_is_no_comment(path: str) -> None:
    """Line by line: what is left begins what was there, and what was cut off is a comment."""
    code = (THEME / path).read_text(encoding="utf-8")
    short = script(code)
    if short == code:
        return
    left = iter(short.splitlines())
    for line in map(str.strip, code.splitlines()):
        if line and not line.startswith("//"):
            kept = next(left)
            assert line.startswith(kept)
            assert re.fullmatch(r"(?:\s*//.*)?", line[len(kept) :])
    assert list(left) == []


def test_our_own_scripts_are_still_scripts(tmp_path: Path) -> None:
    if not (node := shutil.which("node")):
        pytest.skip("there is no node")
    for number, path in enumerate(sorted(THEME.rglob("*.js"))):
        short = tmp_path / f"{number}.mjs"
        short.write_text(script(path.read_text(encoding="utf-8")), encoding="utf-8")
    check = f'for file in *.mjs; do "{node}" --check "$file" || exit 1; done'
    subprocess.run(["sh", "-c", check], cwd=tmp_path, check=True)
