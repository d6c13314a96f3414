"""The command line of `python -m recover_seed`: its options, its help, its exit codes."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from recover_seed import printing
from recover_seed.options import FromTo, Shape, question_from
from recover_seed.problem import BadInput
from recover_seed.search import find_engine
from recover_seed.session import Session
from recover_seed.stream import SEEDS
from recover_seed.verification import verify

if TYPE_CHECKING:
    from recover_seed.question import Question
    from recover_seed.state import Progress

POSITIONS = 1245  # as many as the search of 2**32 seeds went through that found the note's seed

# One core's time for a seed at the first 1,245 positions. Only the first line's search was run to its end.
MEASURED = """\
  Numba, AVX-512: 0.19 microseconds a seed. The whole search took 10 minutes
                  on two cores (AMD Zen 5, busy with other work as well).
  Numba, AVX2:    0.38 (measured on 2 million seeds): some 14 minutes on two cores.
  NumPy only:     11 (measured on 30,000 seeds): some 13 hours of one core."""

EPILOG = f"""\b
Examples:
  Find the seed of this project's note, in a few seconds:
    python -m recover_seed --seeds 2478000000:2479000000
  The whole search, to be stopped and taken up again at will:
    python -m recover_seed --state note.json
  Another layer, torch.nn.Linear(20, 5), with its first weights in a file:
    python -m recover_seed --weights-file printed.txt --shape 5,20

\b
How long it takes:
{MEASURED}

\b
Exit codes:
  0    found: at least one seed gives the weights, checked with torch itself
  1    nothing found in these seeds and positions
  2    bad input; the message says what
  130  stopped by Ctrl-C or SIGTERM, state saved if --state was given
"""


@click.command(
    epilog=EPILOG, context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]}
)
@click.option(
    "--weights", metavar="TEXT", help="The printed weights; a tensor copied from PyTorch's output will do."
)
@click.option(
    "--weights-file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="The same from a file, - for stdin.",
)
@click.option(
    "--decimals",
    type=click.IntRange(1, 9),
    metavar="N",
    default=4,
    show_default=True,
    help="Digits after the point.",
)
@click.option(
    "--shape", type=Shape(), help="Shape of the layer's weight, such as 2,3,4; gives the fan-in, too."
)
@click.option(
    "--fan-in",
    type=click.IntRange(1),
    metavar="N",
    help="Inputs of one output element; the bound is 1/sqrt(fan-in).",
)
@click.option(
    "--bound",
    type=click.FloatRange(0, min_open=True),
    metavar="B",
    help="The weights are uniform within ±bound.",
)
@click.option("--seeds", type=FromTo(), default=f"0:{SEEDS}", show_default=True, help="Seeds to go through.")
@click.option(
    "--positions",
    type=FromTo(),
    default=f"0:{POSITIONS}",
    show_default=True,
    help="Random numbers drawn before the first weight.",
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Threads.  [default: one for each CPU]")
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice(["auto", "numba", "numpy"]),
    default="auto",
    show_default=True,
    help="auto: Numba where installed, which is many times faster.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep the state here; the same command takes the search up again.",
)
def main(
    weights: str | None,
    weights_file: TextIO | None,
    decimals: int,
    shape: tuple[int, ...] | None,
    fan_in: int | None,
    bound: float | None,
    seeds: range,
    positions: range,
    jobs: int | None,
    engine_name: str,
    state: Path | None,
) -> None:
    """Find the seed behind a layer's printed initial weights.

    A PyTorch layer made without a seed still comes from one of 2**32 streams of random numbers. Given weights
    as they were printed, this program goes through the seeds one by one and looks for those weights at each
    position of the stream. With no options it searches for the layer of this project's note, Conv1d(3, 2, 4),
    all seeds and the first 1,245 positions.

    Give the weights in their order, from the first of the layer on, none left out. FROM:TO leaves TO out.
    Only layers with PyTorch's default initial values, made on the CPU in float32, can be found.
    """
    question, shape = question_from(weights, weights_file, decimals, shape, fan_in, bound, seeds, positions)
    if importlib.util.find_spec("torch") is None:
        raise BadInput("PyTorch is not installed, and each hit is verified with it: pip install torch")
    try:
        progress = _search(question, engine_name, jobs or os.cpu_count() or 1, state)
        found = 0
        for hit in progress.hits:
            verdict = verify(hit, question, shape)
            printing.show_verdict(verdict, question.decimals)
            found += verdict.agrees
    except KeyboardInterrupt:  # before the search began, or after its end
        sys.exit(130)
    printing.show_end(found, question)
    sys.exit(0 if found else 1)


def _search(question: Question, engine_name: str, jobs: int, state: Path | None) -> Progress:
    """How the whole search ended; exits with 130 when it was stopped before."""
    try:
        engine = find_engine(engine_name)
    except ValueError as error:
        raise BadInput(f"{error}.") from error
    session = Session(question, engine, state)
    printing.show_start(question, session.progress, engine.name, jobs)
    meter = printing.Meter(range(*question.seeds), session.progress)
    try:
        finished = session.run(jobs, meter.show)
    finally:
        meter.leave()
    if not finished:
        printing.show_stop(question, session.progress, saved=state is not None)
        sys.exit(130)
    return session.progress
