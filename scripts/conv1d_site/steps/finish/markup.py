"""What is not right in the HTML that the theme and Markdown make, put right: names, languages, tables.

What stands in a template that can be overridden in a few lines is mended there (docs/theme); this is for the
rest.
"""

from __future__ import annotations

import re

_TOGGLE = re.compile(r'(<input class="md-toggle"[^>]*?) autocomplete="off"')
# It is there all the time, and what is in it is a landmark already.
_DIALOG = re.compile(r'(<div class="md-search"[^>]*?) role="dialog"')
_LANGUAGE = re.compile(r'(?<=<html lang=")[^"]*')
# A chapter with a page of its own: the link has its name, the button that opens it an icon alone.
_OPENER = re.compile(
    r'(?P<before><label class="md-nav__link[^"]*" for="(?P<id>__nav_[\d_]+)"[^>]*>\s*'
    r'<span class="md-nav__icon md-icon")'
    r'(?P<after>></span>\s*</label>.*?<label class="md-nav__title" for="(?P=id)">\s*<span [^>]*></span>\s*'
    r"(?P<name>[^<]*?)\s*</label>)",
    re.DOTALL,
)
# Of the blog: one link below each post in a list, a post's date and neighbours. They have no names, and are
# no places to navigate to.
_NAMELESS = re.compile(r'<nav class="(?:md-post__action|md-nav|md-nav md-nav--primary)"(?=>)')
# A link out of the site: those within it are relative.
_OUT = re.compile(r'<a (?=(?:[^<>]* )?href="https?:)')
_CORNER = re.compile(r"<th((?: style=\"[^\"]*\")?)>\s*</th>")


def mended(html: str, language: str) -> str:
    """A page's whole HTML without what is wrong in the theme's; `language` is its tag after BCP 47."""
    html = _LANGUAGE.sub(language, html, count=1)
    html = _TOGGLE.sub(r"\1", html)
    html = _DIALOG.sub(r"\1", html, count=1)
    html = _OPENER.sub(r'\g<before> role="img" aria-label="\g<name>"\g<after>', html)
    html = _NAMELESS.sub(r'\g<0> role="none"', html)
    if 'id="__toc"' not in html:  # of a page that the menu does not name
        html = html.replace('<label class="md-nav__title" for="__toc">', '<label class="md-nav__title">')
    return html


def mended_text(html: str) -> str:
    """The HTML of a page's text: no header cells without a name, and no stop of the tab key at each heading.

    A corner above row headers names nothing. The links at headings are in the table of contents as well. A
    link out of the site is marked: on paper it says where it leads, and by then all addresses are whole.
    """
    html = _OUT.sub("<a data-out ", html)
    html = _CORNER.sub(r"<td\1></td>", html)
    return html.replace('<a class="headerlink" ', '<a class="headerlink" tabindex="-1" ')
