"""Find the seed of a PyTorch layer whose initial weights were printed, but never seeded.

How it can work
    ``torch.manual_seed(s)`` fills the CPU generator, a Mersenne Twister (MT19937), from the low 32 bits of
    ``s`` and from nothing else. There are therefore 2**32 streams of random numbers, and a program can go
    through all of them. A generator that nobody seeded starts from a random seed, so it is one of the 2**32
    too.

    A convolution or linear layer draws its weights uniformly between -bound and +bound, bound =
    1/sqrt(fan_in). One float32 takes one 32-bit output of the generator, of which the low 24 bits count::

        k = output & 0xFFFFFF               # 0 .. 2**24 - 1
        weight = k / 2**24 * 2*bound - bound

    So a printed weight is a narrow interval of k: with four decimals and bound 0.2887, about 2,900 of the
    16,777,216 possible values. The search makes every stream, looks at every position of it whether the
    outputs there and just after lie in the intervals of the first two weights, and only then at the others.
    That the comparison is one of integers makes it cheap. Each interval is wider by one k at either end than
    the rounding of the printed digits asks, because torch itself does not round alike everywhere: its AVX2
    and AVX-512 code fuses the multiplication with the addition, its default code does not, and the weight's
    last bit differs.

What takes how many outputs (found by experiment, torch 2.13.0, CPU)
    ``torch.rand(n)``, ``Tensor.uniform_``, ``torch.randint`` (32-bit range) and ``torch.bernoulli``: n, at
    every size. ``torch.rand(n, dtype=torch.float64)``: 2n. ``torch.randperm(n)``: n - 1. ``torch.randn(n)``:
    below 16 elements two for each, in pairs of elements (4 outputs for n = 1 or 2, 32 for n = 15); from 16 on
    one for each, and 16 more when n is no multiple of 16 (16 for n = 16, 33 for n = 17). A position is a
    number of outputs drawn before, so whatever drew them, ``torch.rand(position)`` stands for it.

What the whole search takes: all 2**32 seeds, the first 1,245 positions of each
    The search that found this project's seed used 512-bit vector instructions written by hand, at 0.45
    microseconds a seed on one core; plain NumPy took 95. There was one hit, seed 2478606714 at position 129.
    This program with Numba repeated it: 9 min 54 s on two cores that had other work as well, 0.19
    microseconds of one core a seed, and the same one hit. The help text prints the figures in ``MEASURED``.

Use it as a program (``python -m recover_seed --help``) or from Python::

    >>> asked = windows(["-0.1468", "-0.0057", "0.0926", "0.0263"], bound=12**-0.5)
    >>> search(asked, seeds=range(2478606000, 2478607000), positions=range(200))
    [Hit(seed=2478606714, position=129)]
"""

from __future__ import annotations

import functools
import importlib.util
import json
import math
import os
import re
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from types import FrameType

# One core's time for a seed at the first 1,245 positions. Only the first line's search was run to its end.
MEASURED = """\
  Numba, AVX-512: 0.19 microseconds a seed. The whole search took 10 minutes
                  on two cores (AMD Zen 5, busy with other work as well).
  Numba, AVX2:    0.38 (measured on 2 million seeds): some 14 minutes on two cores.
  NumPy only:     11 (measured on 30,000 seeds): some 13 hours of one core."""

# The twelve weights of output channel 0 that the note of 2021 prints, and its layer, Conv1d(3, 2, 4).
NOTE_WEIGHTS = """
-0.1468 -0.0057  0.0926  0.0263
 0.1042  0.0158  0.2408 -0.0116
 0.0223 -0.2104  0.1971 -0.0318
"""
NOTE_SHAPE = (2, 3, 4)

SEEDS = 2**32  # torch.manual_seed uses the low 32 bits only
POSITIONS = 1245  # as many as the search of 2**32 seeds went through that found the note's seed
KS = 2**24  # values that the 24 bits behind one float32 can take

# MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998; initialisation of their 2002 version).
N, M = 624, 397
MULTIPLIER = 1812433253
MATRIX = 0x9908B0DF
MASK_B, MASK_C = 0x9D2C5680, 0xEFC60000

F = TypeVar("F", bound=Callable[..., Any])
UInts = NDArray[np.uint32]
Window = tuple[int, int]
"""Smallest and largest k, both included, whose weight is printed with the digits asked for."""


@dataclass(frozen=True, order=True)
class Hit:
    """A place in a stream: what comes after ``torch.manual_seed(seed); torch.rand(position)``."""

    seed: int
    position: int


# --- What is asked for --------------------------------------------------------------------------------------


def windows(weights: Sequence[str], bound: float, decimals: int = 4) -> list[Window]:
    """The interval of k that each printed weight leaves open.

    weights: as printed ("0.0926", "-2.1e-03"); bound: the layer draws from -bound to +bound; decimals: how
    many digits after the point the printing rounded to. Raises ValueError when a weight is no number, has
    more decimals than that, or lies outside of ±bound.
    """
    if not (math.isfinite(bound) and bound > 0):
        raise ValueError(f"the bound must be a positive number, not {bound}")
    return [_window(text, bound, decimals) for text in weights]


def _window(text: str, bound: float, decimals: int) -> Window:
    low, high = _limits(text, decimals)
    if high < -bound or low > bound:
        raise ValueError(f"weight {text} lies outside of ±{bound:.6g}: are the bound and the fan-in right?")
    # One k more at either end for torch's own float32 rounding (see the module's docstring).
    first = math.ceil((low + bound) / (2 * bound) * KS) - 1
    last = math.floor((high + bound) / (2 * bound) * KS) + 1
    return max(first, 0), min(last, KS - 1)


def _limits(text: str, decimals: int) -> tuple[float, float]:
    """Between which numbers a value printed as `text` lies: half a unit of the last place either way."""
    mantissa, _, exponent = text.lower().partition("e")
    given = len(mantissa.partition(".")[2])
    if given > decimals:
        raise ValueError(f"weight {text} has {given} decimals, more than the {decimals} that were said")
    try:
        value = Decimal(text)
        half = Decimal(5).scaleb(int(exponent or 0) - decimals - 1)
        return float(value - half), float(value + half)
    except ArithmeticError as error:
        raise ValueError(f"{text} is not a number that a weight can have") from error


def chance_hits(asked: Sequence[Window], seeds: int, positions: int) -> float:
    """How many of seeds × positions places would fit `asked` by chance, were the streams pure noise."""
    return seeds * positions * math.prod((last - first + 1) / KS for first, last in asked)


def read_weights(text: str) -> list[str]:
    """The numbers in a printout of weights, as text. Takes what PyTorch prints, brackets, grad_fn and all."""
    bare = re.sub(r"\b(grad_fn|dtype|device|requires_grad)\s*=\s*(<\w+>?|[\w.:']+)", " ", text)
    bare = re.sub(r"Parameter containing:|\btensor\b|\barray\b|[\[\]()#,;]", " ", bare)
    words = bare.split()
    if "..." in words:
        raise ValueError(
            "the printout leaves weights out (...): give consecutive ones, from the layer's first on"
        )
    for word in words:
        if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", word, re.IGNORECASE):
            raise ValueError(f"{word!r} is not a number")
    if not words:
        raise ValueError("there is no weight in the text given")
    return words


# --- The generator, in NumPy --------------------------------------------------------------------------------


def stream(seed: int, count: int) -> UInts:
    """The first `count` 32-bit outputs of torch's CPU generator seeded with `seed`; shape (count,)."""
    return streams(np.array([seed & 0xFFFFFFFF], np.uint32), count)[:, 0]


def uniform(outputs: UInts, low: float = 0.0, high: float = 1.0) -> NDArray[np.float32]:
    """The float32 numbers that ``uniform_(low, high)`` makes of `outputs`; same shape.

    Equal to torch's for 0 to 1; for other bounds the last bit may differ, as it does between torch's own CPU
    capabilities.
    """
    unit = (outputs & np.uint32(KS - 1)).astype(np.float32) * np.float32(1 / KS)
    return unit * np.float32(np.float32(high) - np.float32(low)) + np.float32(low)


def streams(seeds: UInts, count: int) -> UInts:
    """The first `count` outputs for each of `seeds`, which lie side by side; shape (count, len(seeds))."""
    state = np.empty((N, len(seeds)), np.uint32)
    state[0] = seeds
    for i in range(1, N):
        before = state[i - 1]
        state[i] = (before ^ (before >> np.uint32(30))) * np.uint32(MULTIPLIER) + np.uint32(i)
    out = np.empty((count, len(seeds)), np.uint32)
    for start in range(0, count, N):
        # Each row is made of itself, its successor and the row M further on (modulo N). In blocks no longer
        # than N - M and M rows, a block needs no row that the same block changes, so NumPy can take it at
        # once.
        _twist(state, slice(0, N - M), slice(1, N - M + 1), slice(M, N))
        _twist(state, slice(N - M, M), slice(N - M + 1, M + 1), slice(0, 2 * M - N))
        _twist(state, slice(M, N - 1), slice(M + 1, N), slice(2 * M - N, M - 1))
        _twist(state, slice(N - 1, N), slice(0, 1), slice(M - 1, M))
        rows = min(N, count - start)
        out[start : start + rows] = _temper(state[:rows])
    return out


def _twist(state: UInts, rows: slice, after: slice, further: slice) -> None:
    mixed = (state[rows] & np.uint32(0x80000000)) | (state[after] & np.uint32(0x7FFFFFFF))
    state[rows] = state[further] ^ (mixed >> 1) ^ ((mixed & 1) * np.uint32(MATRIX))


def _temper(state: UInts) -> UInts:
    y: UInts = state ^ (state >> np.uint32(11))
    y ^= (y << 7) & np.uint32(MASK_B)
    y ^= (y << 15) & np.uint32(MASK_C)
    y ^= y >> 18
    return y


# --- Two engines that scan a range of seeds -----------------------------------------------------------------

Scan = Callable[[Sequence[Window], range, range], list[Hit]]
"""(asked, seeds, positions) -> hits in order. Lets go of Python's lock: threads can share the work."""


@dataclass(frozen=True)
class Engine:
    """A way to scan, and how many outputs it makes in a fraction of a second: so prompt it is to stop."""

    name: str
    scan: Scan
    outputs: int

    def chunks(self, seeds: range, positions: range) -> Iterator[range]:
        """`seeds` in pieces of a fraction of a second's work; to seed a generator costs about N outputs."""
        size = max(1, self.outputs // (N + positions.stop))
        for start in range(seeds.start, seeds.stop, size):
            yield range(start, min(start + size, seeds.stop))


def find_engine(name: str = "auto") -> Engine:
    """The engine "numba" or "numpy"; "auto" is Numba where installed. Raises ValueError if there is none."""
    installed = importlib.util.find_spec("numba") is not None
    if name == "numba" and not installed:
        raise ValueError("Numba is not installed: pip install -e '.[recover]', or take --engine numpy")
    if name == "numba" or (name == "auto" and installed):
        _kernel()  # compile now: afterwards threads may ask for it side by side
        return Engine("numba", _scan_numba, 2**31)
    if name in ("auto", "numpy"):
        return Engine("numpy", _scan_numpy, 2**23)
    raise ValueError(f"there is no engine {name!r}: auto, numba or numpy")


def search(asked: Sequence[Window], seeds: range, positions: range, engine_name: str = "numpy") -> list[Hit]:
    """All places among `seeds` × `positions` where the generator gives `asked`, in their order.

    seeds: within range(2**32), step 1; positions: how many outputs went before, step 1. One thread, silent.
    Raises ValueError for other ranges and for an engine that is not there.
    """
    check_ranges(seeds, positions)
    chosen = find_engine(engine_name)
    return [hit for piece in chosen.chunks(seeds, positions) for hit in chosen.scan(asked, piece, positions)]


def check_ranges(seeds: range, positions: range) -> None:
    """Raises ValueError when a range is empty, has steps, or goes beyond what a seed or a position can be."""
    # Positions have no end of their own; this one keeps a single stream below 64 MB.
    for what, values, most in (("seeds", seeds, SEEDS), ("positions", positions, 2**24)):
        if values.step != 1 or values.start < 0 or len(values) == 0:
            raise ValueError(
                f"{what} {values.start}:{values.stop}: FROM must be 0 or more, and TO larger than FROM"
            )
        if values.stop > most:
            raise ValueError(f"{what} {values.start}:{values.stop}: TO can be {most} at most")


def _scan_numpy(asked: Sequence[Window], seeds: range, positions: range) -> list[Hit]:
    hits: list[Hit] = []
    lanes = _lanes(positions.stop - 1 + len(asked))
    for start in range(seeds.start, seeds.stop, lanes):
        some = np.arange(start, min(start + lanes, seeds.stop), dtype=np.uint64).astype(np.uint32)
        ks = streams(some, positions.stop - 1 + len(asked)) & np.uint32(KS - 1)
        rows, columns = np.nonzero(_inside(ks[positions.start : positions.stop], asked[0]))
        rows += positions.start
        for further, window in enumerate(asked[1:], start=1):
            keep = _inside(ks[rows + further, columns], window)
            rows, columns = rows[keep], columns[keep]
        hits += [Hit(start + int(column), int(row)) for row, column in zip(rows, columns, strict=True)]
    return sorted(hits)


def _lanes(count: int) -> int:
    """How many seeds `streams` should take at once, `count` outputs each: about 32 MB, and 512 at most."""
    return max(1, min(512, 2**23 // count))


def _inside(ks: UInts, window: Window) -> NDArray[np.bool_]:
    # Below the interval the difference wraps round to a huge number: one comparison does for both ends.
    return ks - np.uint32(window[0]) <= np.uint32(window[1] - window[0])


def _scan_numba(asked: Sequence[Window], seeds: range, positions: range) -> list[Hit]:
    first, second = asked[0], asked[1] if len(asked) > 1 else (0, KS - 1)
    limits = [np.uint32(v << 8) for low, high in (first, second) for v in (low, high - low)]
    places = np.empty((1024, 2), np.uint64)
    while True:
        found = _kernel()(seeds.start, len(seeds), positions.start, positions.stop, *limits, places)
        if found <= len(places):
            break
        places = np.empty((found, 2), np.uint64)  # it counted more than there was room for: once more
    return sorted(_confirmed(asked, [Hit(int(seed), int(position)) for seed, position in places[:found]]))


def _confirmed(asked: Sequence[Window], candidates: list[Hit]) -> Iterator[Hit]:
    """Those of the candidates, places where the first two weights fit, where all the others fit as well."""
    count = max((hit.position for hit in candidates), default=0) + len(asked)
    lanes = _lanes(count)
    for start in range(0, len(candidates), lanes):
        some = candidates[start : start + lanes]
        ks = streams(np.array([hit.seed for hit in some], np.uint32), count) & np.uint32(KS - 1)
        for column, hit in enumerate(some):
            run = ks[hit.position : hit.position + len(asked), column]
            if all(low <= k <= high for k, (low, high) in zip(run.tolist(), asked, strict=True)):
                yield hit


@functools.cache
def _kernel() -> Callable[..., int]:
    """The compiled search for places where the first two weights fit.

    It keeps LANES generators side by side, element i of lane l at [i*LANES + l]. Every loop below then runs
    over neighbouring elements that do not depend on one another, which LLVM turns into vector instructions by
    itself, as wide as the machine has them. Many lanes also hide how long a multiplication of the seeding
    takes, each of which needs the one before it. 128 lanes make 0.6 MB a core, which was faster than
    32, 64 or 256 lanes.
    """
    import numba  # here, since it is optional

    def compiled(function: F) -> F:
        result: F = numba.njit(nogil=True)(function)
        return result

    uint32 = np.uint32  # Python's own integers would make the arithmetic 64 bits wide
    lanes, n, m = 128, N, M
    size, near, far = n * lanes, (n - m) * lanes, m * lanes
    upper, lower, matrix = uint32(0x80000000), uint32(0x7FFFFFFF), uint32(MATRIX)
    multiplier, mask_b, mask_c = uint32(MULTIPLIER), uint32(MASK_B), uint32(MASK_C)
    s1, s7, s8, s11, s15, s18, s30 = (uint32(bits) for bits in (1, 7, 8, 11, 15, 18, 30))
    zero = uint32(0)

    @compiled
    def mix(own: Any, after: Any, further: Any) -> Any:
        y = (own & upper) | (after & lower)
        return further ^ (y >> s1) ^ ((zero - (y & s1)) & matrix)  # 0 - bit: all ones when the bit is set

    @compiled
    def seed_all(state: Any, first: Any) -> None:
        for lane in range(lanes):
            state[lane] = uint32(first + lane)
        for i in range(1, n):
            for j in range(i * lanes, (i + 1) * lanes):
                before = state[j - lanes]
                state[j] = (before ^ (before >> s30)) * multiplier + uint32(i)

    @compiled
    def twist(state: Any) -> None:
        for j in range(near):
            state[j] = mix(state[j], state[j + lanes], state[j + far])
        for j in range(near, size - lanes):
            state[j] = mix(state[j], state[j + lanes], state[j - near])
        for lane in range(lanes):
            j = size - lanes + lane
            state[j] = mix(state[j], state[lane], state[j - near])

    @compiled
    def temper(state: Any, rows: Any, out: Any) -> None:
        # Row 0 of `out` is the last one of the generation before, so that a pair may lie across the border.
        for lane in range(lanes):
            out[lane] = out[size + lane]
        for j in range(rows * lanes):
            y = state[j]
            y ^= y >> s11
            y ^= (y << s7) & mask_b
            y ^= (y << s15) & mask_c
            out[j + lanes] = (y ^ (y >> s18)) << s8  # the 24 bits that count, moved to the top

    @compiled
    def fits(k: Any, low: Any, width: Any) -> Any:
        return uint32(k - low) <= width  # below the interval the difference wraps round to a huge number

    @compiled
    def any_pair(here: Any, after: Any, low0: Any, width0: Any, low1: Any, width1: Any) -> Any:
        found = zero
        for j in range(here.size):
            # A maximum and not `if … return`: only a loop that goes to its end becomes vector instructions.
            found = max(found, uint32(fits(here[j], low0, width0) & fits(after[j], low1, width1)))
        return found

    @compiled
    def scan(
        first: Any,
        seeds: Any,
        start: Any,
        stop: Any,
        low0: Any,
        width0: Any,
        low1: Any,
        width1: Any,
        places: Any,
    ) -> Any:
        state = np.empty(size, np.uint32)
        out = np.empty(size + lanes, np.uint32)
        found = 0
        for base in range(0, seeds, lanes):
            seed_all(state, first + base)
            for origin in range(-1, stop, n):  # row r of `out` is position origin + r
                twist(state)
                rows = min(n, stop - origin)
                temper(state, rows, out)
                begin = max(0, start - origin)
                if begin >= rows:
                    continue
                here, after = out[begin * lanes : rows * lanes], out[(begin + 1) * lanes : (rows + 1) * lanes]
                if any_pair(here, after, low0, width0, low1, width1):
                    # Seldom (4 seeds in 100,000 for the note's weights), so it need not be fast.
                    for row in range(begin, rows):
                        for lane in range(min(lanes, seeds - base)):
                            j = row * lanes + lane
                            if fits(out[j], low0, width0) and fits(out[j + lanes], low1, width1):
                                if found < len(places):
                                    places[found, 0] = first + base + lane
                                    places[found, 1] = origin + row
                                found += 1
        return found

    scan(0, 1, 0, 1, zero, zero, zero, zero, np.empty((1, 2), np.uint64))  # compiles it for these types
    return scan


# --- A long search that can be stopped and taken up again ---------------------------------------------------


class BadInput(click.ClickException):
    """Something given to the program is wrong; its message says what, and what to do."""

    exit_code = 2


@dataclass(frozen=True)
class Question:
    """All that a search depends on. A state file belongs to one question."""

    weights: tuple[str, ...]
    decimals: int
    bound: float
    seeds: tuple[int, int]
    positions: tuple[int, int]

    def asked(self) -> list[Window]:
        """The weights as intervals. Raises ValueError as `windows` does."""
        return windows(self.weights, self.bound, self.decimals)


@dataclass(frozen=True)
class Progress:
    """All seeds below `next_seed` are done, and these are the hits among them."""

    next_seed: int
    hits: tuple[Hit, ...] = ()


def save_state(path: Path, question: Question, progress: Progress) -> None:
    """Write the state file. Even after a power cut it holds the old text or the new, never a part."""
    text = json.dumps(
        {"program": "recover_seed 1", "question": asdict(question), "progress": asdict(progress)}
    )
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load_state(path: Path, question: Question) -> Progress:
    """How far the search for `question` had come. Raises BadInput for a damaged or another search's file."""
    advice = "Give another --state, or delete the file to start from the beginning."
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["program"] != "recover_seed 1":
            raise ValueError("written by another program")
        theirs: dict[str, Any] = data["question"]
        next_seed: Any = data["progress"]["next_seed"]
        hits = tuple(Hit(int(hit["seed"]), int(hit["position"])) for hit in data["progress"]["hits"])
        ours = json.loads(json.dumps(asdict(question)))
        differing = sorted(key for key in ours if theirs[key] != ours[key])
        if not isinstance(next_seed, int):
            raise ValueError("next_seed is no integer")
    except OSError as error:
        raise BadInput(f"The state file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path} is damaged or no state file of this program. {advice}") from error
    if differing:
        raise BadInput(f"{path} belongs to a search with other {' and '.join(differing)}. {advice}")
    low, high = question.seeds
    if not low <= next_seed <= high or any(not low <= hit.seed < next_seed for hit in hits):
        raise BadInput(f"{path} is damaged: it speaks of seeds outside of its own range. {advice}")
    return Progress(next_seed, hits)


class Search:
    """A search under way. `progress` is always true of all seeds below its `next_seed`."""

    def __init__(self, question: Question, progress: Progress, engine: Engine) -> None:
        self.progress = progress
        self._asked, self._positions = question.asked(), range(*question.positions)
        self._scan = engine.scan
        self._left = engine.chunks(range(progress.next_seed, question.seeds[1]), self._positions)
        self._pending: deque[tuple[range, Future[list[Hit]]]] = deque()

    def run(self, jobs: int, tick: Callable[[], bool]) -> None:
        """Scan what is left in `jobs` threads. `tick` is called at least twice a second; False ends it.

        What is under way at the end is finished, and counted.
        """
        with ThreadPoolExecutor(jobs) as pool:
            try:
                while True:
                    # Two pieces for each thread, so that none waits for this loop.
                    for piece in islice(self._left, 2 * jobs - len(self._pending)):
                        self._pending.append(
                            (piece, pool.submit(self._scan, self._asked, piece, self._positions))
                        )
                    if not self._pending:
                        return
                    wait([self._pending[0][1]], timeout=0.5)
                    self._collect()
                    if not tick():
                        return
            finally:
                for _, future in self._pending:
                    future.cancel()
                pool.shutdown()
                self._collect()

    def _collect(self) -> None:
        """Count the finished pieces, in order: one that is finished early waits for those before it."""
        while self._pending and self._pending[0][1].done() and not self._pending[0][1].cancelled():
            piece, future = self._pending[0]
            self.progress = Progress(piece.stop, self.progress.hits + tuple(future.result()))
            self._pending.popleft()


class Meter:
    """The progress bar on stderr; where stderr is no terminal, a plain line every half minute."""

    def __init__(self, seeds: range, done: int) -> None:
        self._seeds, self._first = seeds, done
        self._begin = self._shown = time.monotonic()
        self._live = sys.stderr.isatty()
        self._drawn = False

    def show(self, progress: Progress) -> None:
        """Draw the bar, unless that was done a moment ago."""
        now = time.monotonic()
        if now - self._shown < (0.2 if self._live else 30):
            return
        self._shown = now
        part = (progress.next_seed - self._seeds.start) / len(self._seeds)
        rate = (progress.next_seed - self._first) / (now - self._begin)
        left = duration((self._seeds.stop - progress.next_seed) / rate) if rate else "?"
        bar = "#" * int(24 * part)
        line = f"[{bar:-<24}] {part:6.1%}  {rate:,.0f} seeds/s  hits: {len(progress.hits)}  {left} left"
        click.echo(f"\r{line:<79}" if self._live else line, err=True, nl=not self._live)
        self._drawn = self._live

    def leave(self) -> None:
        """Leave the line that the bar is on."""
        if self._drawn:
            click.echo(err=True)
        self._drawn = False


def duration(seconds: float) -> str:
    """So many seconds as people say it: "45 s", "12 min", "3 h 20 min"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


# --- The last word is torch's -------------------------------------------------------------------------------


def verify(hit: Hit, question: Question, shape: tuple[int, ...] | None) -> bool:
    """Draw the weights with torch itself, print them beside the given ones, and say whether they agree.

    shape: of the layer's weight, (C_out, C_in, K), (C_out, C_in, K1, K2) or (features_out, features_in): then
    the real layer is made; None: as many numbers as were given are drawn by uniform_. They agree when each
    given weight is the drawn one rounded; one that lies on the very edge, where torch's last bit decides, is
    let through and marked.
    """
    import torch  # here, since it takes a second and the search does not need it

    code, make = _maker(question, shape)
    click.echo(f"seed {hit.seed}, position {hit.position} (outputs drawn before the first weight)\n")
    for line in (f"torch.manual_seed({hit.seed})", f"torch.rand({hit.position})", code):
        click.echo(f"    {line}")
    torch.manual_seed(hit.seed)
    torch.rand(hit.position)
    made = make()
    for name, values in made.items():
        text = np.array2string(
            values.astype(np.float64), precision=question.decimals, floatmode="fixed", separator=", "
        )
        click.echo(f"\n{name}, shape {values.shape}:\n{text}")
    drawn = made["weight"].flatten().tolist()[: len(question.weights)]
    click.echo(f"\n{'given':>12} {'torch':>12}")
    agree = True
    for given, value in zip(question.weights, drawn, strict=True):
        low, high = _limits(given, question.decimals)
        slack = 2 * (
            2 * question.bound / KS
        )  # the interval's one k, and the last bit of torch's own rounding
        near = low - slack <= value <= high + slack
        agree = agree and near
        printed = f"{value:.{question.decimals}{'e' if 'e' in given.lower() else 'f'}}"
        same = Decimal(printed) == Decimal(given)
        remark = "" if same else "  (between two roundings)" if near else "  differs"
        click.echo(f"{given:>12} {printed:>12}{remark}")
    click.echo()
    return agree


def _maker(
    question: Question, shape: tuple[int, ...] | None
) -> tuple[str, Callable[[], dict[str, NDArray[np.float32]]]]:
    """How to make the weights: as a line to show, and as a function that gives them by name."""
    from torch import empty, nn

    if shape is None:
        count, bound = len(question.weights), question.bound
        line = f"weight = torch.empty({count}).uniform_({-bound!r}, {bound!r})"
        return line, lambda: {"weight": empty(count).uniform_(-bound, bound).numpy()}
    outs, ins, *kernel = shape
    size = tuple(kernel)
    make: Callable[[], nn.Module]
    if len(size) == 0:
        line, make = f"Linear({ins}, {outs})", lambda: nn.Linear(ins, outs)
    elif len(size) == 1:
        line, make = f"Conv1d({ins}, {outs}, {size[0]})", lambda: nn.Conv1d(ins, outs, size[0])
    else:
        line, make = f"Conv2d({ins}, {outs}, {size})", lambda: nn.Conv2d(ins, outs, (size[0], size[1]))
    return f"layer = torch.nn.{line}", lambda: {
        name: parameter.detach().numpy() for name, parameter in make().named_parameters()
    }


# --- The command line ---------------------------------------------------------------------------------------


class FromTo(click.ParamType[range]):
    """FROM:TO, whole numbers, TO not included."""

    name = "FROM:TO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> range:
        """A range of "FROM:TO"."""
        if isinstance(value, range):
            return value
        match = re.fullmatch(r"([\d_]+):([\d_]+)", str(value))
        if not match:
            self.fail(f"{value!r} is not FROM:TO, two whole numbers, such as 0:1245", param, ctx)
        return range(int(match[1]), int(match[2]))


class Shape(click.ParamType[tuple[int, ...]]):
    """A weight's shape: two to four whole numbers with commas between."""

    name = "SHAPE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """A tuple of "2,3,4"."""
        if isinstance(value, tuple):
            return value
        if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*){1,3}", str(value)):
            self.fail(
                f"{value!r} is not a shape such as 2,3,4 (out channels, in channels, kernel size)", param, ctx
            )
        return tuple(int(part) for part in str(value).split(","))


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
    question, shape = _question(weights, weights_file, decimals, shape, fan_in, bound, seeds, positions)
    if importlib.util.find_spec("torch") is None:
        raise BadInput("PyTorch is not installed, and each hit is verified with it: pip install torch")
    try:
        progress = _search(question, engine_name, jobs or os.cpu_count() or 1, state)
        found = [verify(hit, question, shape) for hit in progress.hits]
    except KeyboardInterrupt:  # before the search began, or after its end
        sys.exit(130)
    click.echo(f"{sum(found)} found in {len(seeds):,} seeds × {len(positions):,} positions.")
    sys.exit(0 if any(found) else 1)


def _question(
    weights: str | None,
    weights_file: TextIO | None,
    decimals: int,
    shape: tuple[int, ...] | None,
    fan_in: int | None,
    bound: float | None,
    seeds: range,
    positions: range,
) -> tuple[Question, tuple[int, ...] | None]:
    """The options, checked and completed; also the layer's shape, where it is known."""
    if weights is not None and weights_file is not None:
        raise BadInput("Give --weights or --weights-file, not both.")
    if fan_in is not None and bound is not None:
        raise BadInput("Give --fan-in or --bound, not both.")
    try:
        text = weights if weights is not None else weights_file.read() if weights_file is not None else None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The file of weights cannot be read as UTF-8 text: {error}.") from error
    if text is None:
        text = NOTE_WEIGHTS
        shape = shape or (NOTE_SHAPE if fan_in is None and bound is None else None)
    if shape is None and fan_in is None and bound is None:
        raise BadInput(
            "Say how wide the weights spread: --shape (of the layer's weight), --fan-in or --bound."
        )
    if fan_in is None and shape is not None:
        fan_in = math.prod(shape[1:])
    if bound is None and fan_in is not None:
        bound = 1 / math.sqrt(fan_in)
    assert bound is not None
    try:
        numbers = read_weights(text)
        if shape is not None and len(numbers) > math.prod(shape):
            raise ValueError(f"{len(numbers)} weights are more than shape {shape} has")
        check_ranges(seeds, positions)
        asked = windows(numbers, bound, decimals)
    except ValueError as error:
        raise BadInput(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
    if shape is not None and not math.isclose(bound, 1 / math.sqrt(math.prod(shape[1:]))):
        shape = None  # another bound than PyTorch's layers take: then only uniform_ can be shown
    if (chance := chance_hits(asked, len(seeds), len(positions))) > 1000:
        raise BadInput(f"About {chance:,.0f} places would fit by chance: give more weights, or fewer seeds.")
    question = Question(
        tuple(numbers), decimals, bound, (seeds.start, seeds.stop), (positions.start, positions.stop)
    )
    return question, shape


def _search(question: Question, engine_name: str, jobs: int, state: Path | None) -> Progress:
    """The whole search with its bar, its state file and its signals; exits with 130 when it is stopped."""
    seeds, positions = range(*question.seeds), range(*question.positions)
    try:
        engine = find_engine(engine_name)
    except ValueError as error:
        raise BadInput(f"{error}.") from error
    progress = load_state(state, question) if state and state.exists() else Progress(seeds.start)
    if state:
        _save(state, question, progress)  # finds out now whether it can be written
    click.echo(
        f"{len(question.weights)} weights within ±{question.bound:.6g}, "
        f"seeds {seeds.start:,} to {seeds.stop - 1:,}, "
        f"positions {positions.start:,} to {positions.stop - 1:,}; "
        f"{engine.name}, threads: {jobs}",
        err=True,
    )
    if progress.next_seed > seeds.start:
        click.echo(f"Taken up again at seed {progress.next_seed:,}.", err=True)

    under_way = Search(question, progress, engine)
    meter = Meter(seeds, progress.next_seed)
    stopped = False
    saved = time.monotonic()
    told = len(progress.hits)

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Only takes note. An exception here could come between any two steps, and a hit be lost.
        nonlocal stopped
        stopped = True

    def tick() -> bool:
        nonlocal saved, told
        for hit in under_way.progress.hits[told:]:
            meter.leave()
            click.echo(f"hit: seed {hit.seed}, position {hit.position}", err=True)
        told = len(under_way.progress.hits)
        meter.show(under_way.progress)
        if state and time.monotonic() - saved > 5:
            _save(state, question, under_way.progress)
            saved = time.monotonic()
        return not stopped

    # SIGINT has to be set, too: a shell starts a program in the background with SIGINT ignored.
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        under_way.run(jobs, tick)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        meter.leave()
        if state:
            _save(state, question, under_way.progress)
    progress = under_way.progress
    if progress.next_seed == seeds.stop:
        return progress
    advice = (
        "State saved: the same command goes on."
        if state
        else f"To go on from here: --seeds {progress.next_seed}:{seeds.stop}."
    )
    click.echo(
        f"Stopped before seed {progress.next_seed:,}; hits so far: {len(progress.hits)}. {advice}", err=True
    )
    for hit in progress.hits:
        click.echo(f"hit: seed {hit.seed}, position {hit.position} (not yet verified)")
    sys.exit(130)


def _save(path: Path, question: Question, progress: Progress) -> None:
    try:
        save_state(path, question, progress)
    except OSError as error:
        raise BadInput(f"The state file {path} cannot be written: {error.strerror}.") from error


if __name__ == "__main__":
    main()
