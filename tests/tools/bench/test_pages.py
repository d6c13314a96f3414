"""What the pages say that plain MkDocs gets finished."""

import pytest

from tools.bench import pages


def test_the_pasted_outputs_are_what_the_cells_print() -> None:
    shapes, sums = zip(*pages.outputs(3), strict=True)
    assert shapes == ("(1, 2, 7)\n",) * 3
    assert len(set(sums)) == 3, "each page has numbers of its own"
    for text in sums:
        by_hand, of_the_layer = map(float, text.split(" = "))
        assert by_hand == pytest.approx(of_the_layer, abs=1.1e-4)
