"""A search that is stopped and taken up again, any number of times, finds what one search finds."""

from __future__ import annotations

from dataclasses import replace

from recover_seed.question import Question
from recover_seed.search import find_engine
from recover_seed.session import Search
from recover_seed.state import Progress

BOUND = 12**-0.5  # of Conv1d(3, 2, 4), the note's layer
WEAK = Question(("-0.15", "-0.01"), 2, BOUND, (0, 2000), (0, 50))


def test_a_search_taken_up_again_gives_the_hits_of_one_that_was_not_stopped() -> None:
    engine = replace(find_engine("numpy"), outputs=200_000)  # ten pieces
    whole = Search(WEAK, Progress(0), engine)
    whole.run(2, lambda: True)
    assert whole.progress.next_seed == 2000
    assert len(whole.progress.hits) > 10

    progress, stops = Progress(0), 0
    while progress.next_seed < 2000:
        part = Search(WEAK, progress, engine)
        part.run(2, lambda: False)
        stops += 1
        assert part.progress.next_seed > progress.next_seed
        progress = part.progress
    assert stops > 1
    assert progress == whole.progress
