"""No two things in one place, and none in another language's."""

from __future__ import annotations

from conv1d_site.steps.prepare.places import clashes, same_slugs


def test_files_in_places_of_their_own_are_well() -> None:
    files = [("a.md", "a/index.html"), ("zhu.md", "zhu/index.html"), ("zh.svg", "assets/zh/x.svg")]
    assert list(clashes(files, ["zh/"])) == []


def test_two_files_in_one_place_are_named_both() -> None:
    files = [("a.md", "a/index.html"), ("a/index.md", "a/index.html"), ("A.md", "A/index.html")]
    first, second = clashes(files, [])
    assert first == "a/index.md: its place on the site, a/index.html, is that of a.md"
    assert second == "A.md: its place on the site, A/index.html, is that of a/index.md (a/index.html)"
    accents = [("é.md", "\u00e9/index.html"), ("e.md", "e\u0301/index.html")]
    assert len(list(clashes(accents, []))) == 1


def test_what_lies_in_another_languages_folder_is_named() -> None:
    for path in ("zh/index.html", "ZH/x.png", "zh"):
        (said,) = clashes([("docs/en/x", path)], ["fr/", "zh/"])
        assert said == f"docs/en/x: its place on the site, {path}, is in another language's folder, zh/"


def test_names_with_one_slug_are_named_with_their_lines() -> None:
    names = [("a.md:2", "C"), ("b.md:3", "C"), ("c.md:4", "C++"), ("d.md:5", "D")]
    (said,) = same_slugs(names, lambda name: name.strip("+").lower())
    assert said.startswith("c.md:4: `C++` has the same address as `C` (a.md:2): c;")
