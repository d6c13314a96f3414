"""The theme's style sheets without what no page can need."""

from __future__ import annotations

from pathlib import Path

import material
import pytest

from conv1d_site.steps.finish.purge import Names, names, purged, without_unread

SHEETS = sorted((Path(material.__file__).parent / "templates/assets/stylesheets").glob("*.min.css"))
PAGE = '<body class="one two-three" data-kind=dark><p id="place">four</p>'
SCRIPT = 'box.className = "five six"; part.className = `seven--${name}`'


class Everything(Names):
    """Knows every name."""

    def __contains__(self, name: str) -> bool:
        return True


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        (".one{a:b}", ".one{a:b}"),
        (".two-three>.four{a:b}", ""),
        (".one,.four,.six{a:b}", ".one,.six{a:b}"),
        (".seven--eight,.seven{a:b}", ".seven--eight{a:b}"),
        ("#place,#elsewhere{a:b}", "#place{a:b}"),
        ("[data-kind=dark],[data-kind=light]{a:b}", "[data-kind=dark]{a:b}"),
        ('[data-kind="dark"],[data-kind="light"]{a:b}', '[data-kind="dark"]{a:b}'),
        ("[dir],p:hover,*,::before{a:b}", "[dir],p:hover,*,::before{a:b}"),
        (".one:not(.four){a:b}", ".one:not(.four){a:b}"),
        (".one :is(.four,.five:not(.x,.y)),.four:is(.one){a:b}", ".one :is(.four,.five:not(.x,.y)){a:b}"),
        ("@media print{.four{a:b}}.one{a:b}", ".one{a:b}"),
        ("@media print{.one{a:b}.four{a:b}}", "@media print{.one{a:b}}"),
        ("@supports (a:b){@media print{.four{a:b}}}", ""),
        ("@keyframes four{0%{a:b}to{a:c}}", "@keyframes four{0%{a:b}to{a:c}}"),
        ('@charset "UTF-8";@font-face{a:b}', '@charset "UTF-8";@font-face{a:b}'),
        ('.one{a:"}.four{"}.four{a:url(x;y,z{)}', '.one{a:"}.four{"}'),
    ],
)
def test_rules_for_names_that_are_nowhere_go(rule: str, left: str) -> None:
    assert purged(rule, names([PAGE], [SCRIPT])) == left


def test_a_word_of_the_text_is_no_name() -> None:
    assert "four" not in names([PAGE], [])


def test_variables_that_nothing_reads_go_and_those_that_only_they_read() -> None:
    sheet = ':root{--a:var(--b);--b:1;--c:url("x;y");--one:2;--d:3;e:f}p{g:var(--d,var(--h))}'
    known = names(['<p style="--one: 1">'], [])
    assert without_unread(sheet, [], known) == ":root{--one:2;--d:3;e:f}p{g:var(--d,var(--h))}"
    assert without_unread(sheet, ["q{r:var(--a)}"], known).startswith(":root{--a:var(--b);--b:1;--one")


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name.partition(".")[0])
def test_the_installed_themes_sheets_are_understood(path: Path) -> None:
    sheet = path.read_text(encoding="utf-8")
    assert purged(sheet, Everything(frozenset(), ())) == sheet
    assert len(purged(sheet, names([], []))) < len(sheet) / 2
