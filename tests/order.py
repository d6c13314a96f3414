"""Which files of tests come first when several workers share them: the long ones.

A file stays with one worker. A long one that is begun last would keep one processor busy and leave the
others idle; short ones fill up what is left. Of those that need the real site one comes first, then one that
does not: the second worker has work while the site is built.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

TESTS = Path(__file__).parent
LONG = (
    "browser/test_pages.py",
    "conv1d_site/hooks/test_whole_site.py",
    "browser/test_figures.py",
    "conv1d_site/hooks/test_two_at_once.py",
    "browser/test_trace.py",
    "conv1d_site/hooks/test_addresses.py",
    "browser/test_shape_machine.py",
    "browser/test_field_tower.py",
    "browser/test_groups_matrix.py",
    "insync/running/test_plot.py",
    "browser/test_which_axis.py",
    "conv1d_site/hooks/test_other_languages.py",
    "conv1d_site/hooks/test_numbers.py",
    "browser/test_search_all.py",
    "conv1d_site/hooks/test_scripts.py",
    "browser/test_search_box.py",
    "browser/test_numbers.py",
    "conv1d_site/test_generator.py",
    "insync/publishing/test_cli.py",
    "insync/running/test_arrivals.py",
    "insync/running/test_order.py",
    "insync/rendering/test_notebook.py",
)
_RANKS = {TESTS / name: rank for rank, name in enumerate(LONG)}


def long_first(items: list[pytest.Item]) -> None:
    """Sorts tests by their files; within a file, and among the files that are not long, nothing changes."""
    items.sort(key=lambda item: _RANKS.get(item.path, len(LONG)))
