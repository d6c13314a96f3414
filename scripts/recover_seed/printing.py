"""What the person is told: news of the search on stderr, what was found on stdout."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click
import numpy as np

if TYPE_CHECKING:
    from recover_seed.question import Question
    from recover_seed.state import Progress
    from recover_seed.stream import Hit
    from recover_seed.verification import Verdict


def show_start(question: Question, progress: Progress, engine_name: str, jobs: int) -> None:
    """What is about to be searched, and from where when not from the beginning."""
    seeds, positions = range(*question.seeds), range(*question.positions)
    click.echo(
        f"{len(question.weights)} weights within ±{question.bound:.6g}, "
        f"seeds {seeds.start:,} to {seeds.stop - 1:,}, "
        f"positions {positions.start:,} to {positions.stop - 1:,}; "
        f"{engine_name}, threads: {jobs}",
        err=True,
    )
    if progress.next_seed > seeds.start:
        click.echo(f"Taken up again at seed {progress.next_seed:,}.", err=True)


class Meter:
    """Each new hit, and a progress bar; where stderr is no terminal, a plain line every half minute."""

    def __init__(self, seeds: range, progress: Progress) -> None:
        self._seeds = seeds
        self._shown = progress
        self._live = sys.stderr.isatty()
        self._line_at = time.monotonic()
        # What is left to do: what an earlier run did says nothing of this one's speed.
        self._bar = click.progressbar(
            length=seeds.stop - progress.next_seed,
            label="seeds",
            show_pos=True,
            file=sys.stderr,
            hidden=not self._live,
        )

    def show(self, progress: Progress) -> None:
        """Name the hits that are new, and move the bar."""
        for hit in progress.hits[len(self._shown.hits) :]:
            self.leave()
            click.echo(_named(hit), err=True)
        self._bar.update(progress.next_seed - self._shown.next_seed)
        self._shown = progress
        if not self._live and time.monotonic() - self._line_at > 30:
            self._line_at = time.monotonic()
            part = (progress.next_seed - self._seeds.start) / len(self._seeds)
            click.echo(f"{part:.1%} of the seeds, hits: {len(progress.hits)}", err=True)

    def leave(self) -> None:
        """Leave the line that the bar is on."""
        self._bar.render_finish()
        if self._live:
            click.echo(err=True)


def show_stop(question: Question, progress: Progress, saved: bool) -> None:
    """How far the search came before it was stopped, how to go on, and the hits so far."""
    advice = (
        "State saved: the same command goes on."
        if saved
        else f"To go on from here: --seeds {progress.next_seed}:{question.seeds[1]}."
    )
    click.echo(
        f"Stopped before seed {progress.next_seed:,}; hits so far: {len(progress.hits)}. {advice}", err=True
    )
    for hit in progress.hits:
        click.echo(f"{_named(hit)} (not yet verified)")


def show_verdict(verdict: Verdict, decimals: int) -> None:
    """All that torch draws at a hit, with so many decimals, and its weights beside those that were given."""
    hit = verdict.hit
    click.echo(f"seed {hit.seed}, position {hit.position} (outputs drawn before the first weight)\n")
    for line in verdict.code:
        click.echo(f"    {line}")
    for name, values in verdict.drawn.items():
        text = np.array2string(
            values.astype(np.float64), precision=decimals, floatmode="fixed", separator=", "
        )
        click.echo(f"\n{name}, shape {values.shape}:\n{text}")
    click.echo(f"\n{'given':>12} {'torch':>12}")
    for each in verdict.comparisons:
        remark = "" if each.same else "  (between two roundings)" if each.near else "  differs"
        click.echo(f"{each.given:>12} {each.drawn:>12}{remark}")
    click.echo()


def show_end(found: int, question: Question) -> None:
    """How many of the hits torch confirmed, and among how many places."""
    seeds, positions = range(*question.seeds), range(*question.positions)
    click.echo(f"{found} found in {len(seeds):,} seeds × {len(positions):,} positions.")


def _named(hit: Hit) -> str:
    return f"hit: seed {hit.seed}, position {hit.position}"
