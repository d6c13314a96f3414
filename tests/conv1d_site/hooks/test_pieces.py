"""A page is converted once, and the site is the one that a build without kept pieces makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from small_site import SmallSite

EXTENSION = """from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
class Shout(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Loud(md), "shout", 100)
class Loud(Preprocessor):
    def run(self, lines):
        return [line.replace("bias", "BIAS") for line in lines]
def makeExtension(**options):
    return Shout(**options)
"""


def files(folder: Path) -> dict[str, bytes]:
    """What is in a site; not the packed site map, which has the time in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".gz")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def pieces(small: SmallSite) -> set[str]:
    """The names of what is kept."""
    return {path.name for path in (small.root / ".cache/pieces").glob("*")}


def test_a_second_build_makes_nothing_new_and_a_proof_takes_nothing(small: SmallSite) -> None:
    assert small.build(CI="").returncode == 0
    first, kept = files(small.root / "site"), pieces(small)
    assert {name.partition("-")[0] for name in kept} == {"Conversion", "Entries", "PlainText", "Texts"}
    assert small.build(CI="").returncode == 0
    assert files(small.root / "site") == first
    assert pieces(small) == kept
    small.write("en", "guide/first.md", "first", body="Another text of the first page.")
    for path in (small.root / ".cache/pieces").iterdir():  # whoever took one would not get away with it
        path.write_text(path.read_text(encoding="utf-8").replace("Another", "Wrong"), encoding="utf-8")
    assert small.build("-d", "proof", CI="true").returncode == 0
    assert pieces(small) == kept
    assert small.build(CI="").returncode == 0
    assert files(small.root / "site") == files(small.root / "proof")
    assert len(pieces(small) - kept) == 3  # the page, its entries, and its text for machines


def test_what_there_was_anything_to_say_about_is_made_again(small: SmallSite) -> None:
    small.write("zh", "guide/first.md", "first", body="见[这里](nowhere.md)。")
    first, second = small.build(CI=""), small.build(CI="")
    for result in (first, second):
        assert result.returncode != 0
        assert "nowhere.md" in result.stderr


def test_an_extension_whose_code_no_digest_names_has_every_page_made_anew(small: SmallSite) -> None:
    (small.root / "shout.py").write_text(EXTENSION, encoding="utf-8")
    configuration = small.root / "mkdocs.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(text.replace("  - footnotes\n", "  - footnotes\n  - shout\n"), encoding="utf-8")
    result = small.build(CI="")
    assert "Every page is converted anew: nothing tells when shout changes" in result.stderr
    assert "The BIAS is added" in (small.root / "site/index.html").read_text(encoding="utf-8")
    (small.root / "shout.py").write_text(EXTENSION.replace("BIAS", "Bias!"), encoding="utf-8")
    assert small.build(CI="").returncode == 0
    assert "The Bias! is added" in (small.root / "site/index.html").read_text(encoding="utf-8")
