"""The font's maker knows where the site has it; what is in the font is the maths tests' matter."""

from tools.subset_font import TARGET


def test_the_font_is_written_where_the_site_has_it() -> None:
    assert TARGET.is_file()
