"""The seed search finds what torch planted, nothing else, and survives being stopped."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from click.testing import CliRunner, Result

from recover_seed import cli as recover_seed
from recover_seed.cli import (
    KS,
    NOTE_WEIGHTS,
    Hit,
    Progress,
    Question,
    Search,
    chance_hits,
    find_engine,
    load_state,
    main,
    read_weights,
    save_state,
    search,
    stream,
    uniform,
    verify,
    windows,
)

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 12**-0.5
PROGRAM = Path(recover_seed.__file__)

engines = pytest.mark.parametrize(
    "engine",
    [
        "numpy",
        pytest.param(
            "numba",
            marks=pytest.mark.skipif(
                importlib.util.find_spec("numba") is None,
                reason="Numba is not installed; pip install -e '.[recover]' and run this again",
            ),
        ),
    ],
)


def planted(seed: int, position: int, count: int = 12, bound: float = BOUND, decimals: int = 4) -> list[str]:
    """What torch would print of `count` weights drawn at that place."""
    torch.manual_seed(seed)
    torch.rand(position)
    return [f"{value:.{decimals}f}" for value in torch.empty(count).uniform_(-bound, bound).tolist()]


def pairs(text: str) -> list[Hit]:
    """The hits that the program's output names."""
    return [
        Hit(int(seed), int(position)) for seed, position in re.findall(r"seed (\d+), position (\d+)", text)
    ]


# --- The stream ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 5489, 2478606714, 2**32 - 1, 2**32 + 7, 2**63 - 1])
def test_the_stream_is_that_of_torch(seed: int) -> None:
    torch.manual_seed(seed)
    assert uniform(stream(seed, 2000)).tolist() == torch.rand(2000).tolist()


def test_the_outputs_are_those_that_the_inventors_of_the_generator_publish() -> None:
    # First and ten-thousandth output for the reference seed 5489; the latter is required by the C++ standard.
    outputs = stream(5489, 10_000)
    assert (outputs[0], outputs[-1]) == (3499211612, 4123659995)


def test_uniform_numbers_differ_from_those_of_torch_in_the_last_bit_at_most() -> None:
    torch.manual_seed(11)
    theirs = torch.empty(5000).uniform_(-BOUND, BOUND).numpy()
    ours = uniform(stream(11, 5000), -BOUND, BOUND)
    assert abs(theirs.astype(float) - ours.astype(float)).max() <= 2 * BOUND / KS


TAKEN: dict[str, tuple[Callable[[], object], int]] = {
    "rand(0)": (lambda: torch.rand(0), 0),
    "rand(15)": (lambda: torch.rand(15), 15),
    "rand(17)": (lambda: torch.rand(17), 17),
    "rand(1000)": (lambda: torch.rand(1000), 1000),
    "empty(24).uniform_(-1, 1)": (lambda: torch.empty(24).uniform_(-1, 1), 24),
    "rand(8, dtype=float64)": (lambda: torch.rand(8, dtype=torch.float64), 16),
    "randint(9, (20,))": (lambda: torch.randint(9, (20,)), 20),
    "bernoulli(full((20,), 0.5))": (lambda: torch.bernoulli(torch.full((20,), 0.5)), 20),
    "randperm(20)": (lambda: torch.randperm(20), 19),
    "randn(1)": (lambda: torch.randn(1), 4),
    "randn(2)": (lambda: torch.randn(2), 4),
    "randn(15)": (lambda: torch.randn(15), 32),
    "randn(16)": (lambda: torch.randn(16), 16),
    "randn(17)": (lambda: torch.randn(17), 33),
    "randn(32)": (lambda: torch.randn(32), 32),
    "Conv1d(3, 2, 4)": (lambda: torch.nn.Conv1d(3, 2, 4), 26),
    "Linear(20, 5)": (lambda: torch.nn.Linear(20, 5), 105),
}


@pytest.mark.parametrize(("draw", "taken"), TAKEN.values(), ids=TAKEN)
def test_what_takes_how_many_outputs_is_as_the_module_says(draw: Callable[[], object], taken: int) -> None:
    torch.manual_seed(3)
    draw()
    following = torch.rand(8).tolist()
    assert uniform(stream(3, 1100))[taken : taken + 8].tolist() == following


# --- From printed weights to intervals ----------------------------------------------------------------------


@pytest.mark.parametrize(("bound", "decimals"), [(BOUND, 4), (1.0, 4), (0.05, 4), (0.5, 2), (1 / 3, 6)])
def test_an_interval_holds_the_number_behind_the_print_and_no_more_than_prints_alike(
    bound: float, decimals: int
) -> None:
    outputs = stream(21, 300)
    for k, text in zip((outputs % KS).tolist(), planted(21, 0, 300, bound, decimals), strict=True):
        ((first, last),) = windows([text], bound, decimals)
        assert first <= k <= last
        for value, inside in ((first - 1, False), (first + 2, True), (last - 2, True), (last + 1, False)):
            if not 0 <= value < KS or last - first < 6:
                continue
            exact = value / KS * 2 * bound - bound
            assert (float(f"{exact:.{decimals}f}") == float(text)) is inside


def test_weights_in_scientific_notation_are_read_with_their_own_last_place() -> None:
    fixed, scientific = windows(["0.01230", "1.230e-02"], BOUND, 5)[0], windows(["1.230e-02"], BOUND, 3)[0]
    assert fixed == scientific


def test_a_printout_of_pytorch_is_read_as_it_is() -> None:
    text = """Parameter containing:
    # tensor([[-0.1468, -0.0057], [0.0926,  0.0263]], grad_fn=<SelectBackward>
    tensor([ 1.5000e-03, .5], device='cuda:0', dtype=torch.float32, requires_grad=True)"""
    assert read_weights(text) == ["-0.1468", "-0.0057", "0.0926", "0.0263", "1.5000e-03", ".5"]


@pytest.mark.parametrize("text", ["", "  ", "tensor([])", "0.1 ... 0.2", "0.1 nan", "0.1 0,2x", "0.1 0.2.3"])
def test_a_text_that_is_no_list_of_weights_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no weight|leaves weights out|is not a number"):
        read_weights(text)


def test_chance_is_the_share_of_the_intervals_times_the_places() -> None:
    asked = [(0, KS // 4 - 1), (0, KS // 2 - 1)]
    assert chance_hits(asked, 1000, 8) == pytest.approx(1000)
    hits = search(asked, range(1000), range(8))
    assert len(hits) == pytest.approx(1000, rel=0.15)  # five standard deviations of pure noise


# --- The search ---------------------------------------------------------------------------------------------


@engines
@pytest.mark.parametrize(
    "hit",
    [
        Hit(0, 0),
        Hit(2**32 - 1, 1),
        Hit(2478606714, 129),
        Hit(77, 612),  # the twelve weights end with the first generation of the generator's state,
        Hit(78, 613),  # reach into the second,
        Hit(79, 623),  # start with its last output,
        Hit(80, 624),  # start in the second
        Hit(81, 1244),  # and reach into the third.
    ],
)
def test_a_planted_seed_is_found_at_its_position_and_nowhere_else(hit: Hit, engine: str) -> None:
    asked = windows(planted(hit.seed, hit.position), BOUND)
    around = range(max(0, hit.seed - 140), min(2**32, hit.seed + 140))
    assert search(asked, around, range(1245), engine) == [hit]


@engines
def test_both_ends_of_the_ranges_are_kept(engine: str) -> None:
    asked = windows(planted(1000, 640), BOUND)
    found = [Hit(1000, 640)]
    assert search(asked, range(1000, 1001), range(640, 641), engine) == found
    assert search(asked, range(900, 1001), range(641), engine) == found
    assert search(asked, range(1000, 1200), range(640, 900), engine) == found
    assert search(asked, range(900, 1000), range(1245), engine) == []
    assert search(asked, range(1001, 1100), range(1245), engine) == []
    assert search(asked, range(900, 1100), range(640), engine) == []
    assert search(asked, range(900, 1100), range(641, 1245), engine) == []

    # The last position asked for is the last of a generation: its second weight needs one output of the next.
    asked = windows(planted(1000, 623), BOUND)
    assert search(asked, range(900, 1100), range(624), engine) == [Hit(1000, 623)]
    assert search(asked, range(900, 1100), range(623), engine) == []


@engines
@pytest.mark.parametrize("count", [1, 2, 3])
def test_all_places_that_fit_are_found_as_by_torch_itself(count: int, engine: str) -> None:
    asked = windows(["0.1", "-0.1", "0.2"], BOUND, 1) if count == 3 else windows(["0.12", "-0.05"], BOUND, 2)
    asked = asked[:count]
    seeds, positions = range(500, 600), range(600, 1300)
    expected = []
    for seed in seeds:
        torch.manual_seed(seed)
        ks = (torch.rand(1310, dtype=torch.float32) * KS).to(torch.int64)
        fit = torch.ones(700, dtype=torch.bool)
        for i, (first, last) in enumerate(asked):
            part = ks[positions.start + i : positions.stop + i]
            fit &= (first <= part) & (part <= last)
        expected += [Hit(seed, positions.start + int(row)) for row in fit.nonzero()]
    assert len(expected) > (
        1024 if count == 1 else 0
    )  # one weight: more than the kernel has room for at first
    assert search(asked, seeds, positions, engine) == expected


def test_ranges_that_mean_nothing_are_refused() -> None:
    asked = windows(["0.1"], BOUND)
    for seeds, positions in [
        (range(5, 5), range(10)),
        (range(2**32 + 1), range(10)),
        (range(-1, 5), range(10)),
        (range(0, 9, 2), range(10)),
        (range(5), range(0)),
    ]:
        with pytest.raises(ValueError, match=r"seeds|positions"):
            search(asked, seeds, positions)


# --- Stopping and going on ----------------------------------------------------------------------------------

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


def test_ctrl_c_saves_and_the_same_command_goes_on(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    seeds = 120_000
    options = f"--weights=-0.1468,-0.0057 --fan-in 12 --seeds 0:{seeds} --jobs 1 --engine numpy".split()
    command = [sys.executable, str(PROGRAM), *options, "--state", str(state)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not state.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 130, (output, errors)
    assert "State saved" in errors
    first = json.loads(state.read_text())["progress"]
    assert 0 < first["next_seed"] < seeds
    assert list(tmp_path.iterdir()) == [state]

    again = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert again.returncode == 0, again.stderr
    assert f"Taken up again at seed {first['next_seed']:,}" in again.stderr
    asked = windows(["-0.1468", "-0.0057"], BOUND)
    expected = search(asked, range(seeds), range(1245))
    assert len(expected) > 1
    assert pairs(again.stdout) == expected


QUESTION = Question(("0.1000", "0.2000"), 4, BOUND, (100, 200), (0, 10))
PROGRESS = Progress(150, (Hit(120, 3), Hit(149, 9)))


def test_a_state_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    save_state(tmp_path / "s", QUESTION, PROGRESS)
    assert load_state(tmp_path / "s", QUESTION) == PROGRESS


def test_a_failed_write_leaves_the_old_state_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s"
    save_state(path, QUESTION, PROGRESS)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_state(path, QUESTION, Progress(200))
    assert load_state(path, QUESTION) == PROGRESS
    assert list(tmp_path.iterdir()) == [path]


DAMAGE: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "half": lambda text: text[: len(text) // 2],
    "zeros": lambda text: "\0" * len(text),
    "a list": lambda _: "[]",
    "a number": lambda _: "7",
    "no question": lambda _: '{"program": "recover_seed 1"}',
    "another program": lambda text: text.replace("recover_seed 1", "recover_seed 0"),
    "text for a number": lambda text: text.replace("150", '"150"'),
    "null for a number": lambda text: text.replace("150", "null"),
    "beyond the end": lambda text: text.replace("150", "250"),
    "a hit among seeds that are not done": lambda text: text.replace("150", "149"),
    "a hit before the beginning": lambda text: text.replace("120", "99"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_state_file_is_refused_in_one_message(damage: Callable[[str], str], tmp_path: Path) -> None:
    path = tmp_path / "s"
    save_state(path, QUESTION, PROGRESS)
    text = path.read_text()
    path.write_text(damage(text))
    with pytest.raises(recover_seed.BadInput, match="damaged"):
        load_state(path, QUESTION)


# --- The command line ---------------------------------------------------------------------------------------


def program(*options: str) -> Result:
    return CliRunner().invoke(main, [*options, "--engine", "numpy"])


def test_the_notes_own_seed_is_found_and_shown_with_all_weights() -> None:
    result = program("--seeds", "2478606000:2478607000", "--positions", "100:200")
    assert result.exit_code == 0, result.output
    assert pairs(result.stdout) == [Hit(2478606714, 129)]
    for line in ("torch.manual_seed(2478606714)", "torch.rand(129)", "layer = torch.nn.Conv1d(3, 2, 4)"):
        assert line in result.stdout
    shown = result.stdout.replace(",", "").replace("[", "").replace("]", "")
    for row in NOTE_WEIGHTS.strip().splitlines():
        assert " ".join(row.split()) in " ".join(shown.split())
    assert "0.1520" in shown  # channel 1, which the note does not print
    assert "0.0655" in shown  # the bias, which the search did not use
    assert "differs" not in shown


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (lambda: torch.nn.Linear(20, 5), "5,20"),
        (lambda: torch.nn.Conv1d(4, 3, 5), "3,4,5"),
        (lambda: torch.nn.Conv2d(2, 2, (3, 2)), "2,2,3,2"),
    ],
)
def test_other_layers_are_found_from_what_pytorch_prints_of_them(
    layer: Callable[[], torch.nn.Module], shape: str, tmp_path: Path
) -> None:
    torch.manual_seed(4321)
    torch.rand(50)
    weight = next(layer().parameters())
    path = tmp_path / "printed.txt"
    path.write_text(str(weight))
    result = program(
        "--weights-file", str(path), "--shape", shape, "--seeds", "4000:5000", "--positions", "0:60"
    )
    assert result.exit_code == 0, result.output
    assert pairs(result.stdout) == [Hit(4321, 50)]
    assert "bias" in result.stdout


def test_a_hit_that_torch_contradicts_does_not_count(capsys: pytest.CaptureFixture[str]) -> None:
    weights = planted(7, 3)
    question = Question(tuple(weights), 4, BOUND, (0, 10), (0, 10))
    assert verify(Hit(7, 3), question, (2, 3, 4))
    assert "differs" not in capsys.readouterr().out
    moved = (f"{float(weights[0]) + 0.0001:.4f}", *weights[1:])
    assert not verify(Hit(7, 3), replace(question, weights=moved), (2, 3, 4))
    assert capsys.readouterr().out.count("differs") == 1
    assert not verify(Hit(7, 4), question, None)


def test_nothing_found_is_exit_code_1() -> None:
    result = program("--seeds", "0:500", "--positions", "0:10")
    assert result.exit_code == 1
    assert "0 found in 500 seeds × 10 positions" in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seeds", "5"], "FROM:TO"),
        (["--seeds", "9:5"], "FROM must be"),
        (["--seeds", "0:4294967297"], "4294967296 at most"),
        (["--positions", "3:3"], "FROM must be"),
        (["--weights", "0.1 0.2"], "--fan-in"),
        (["--weights", "0.1 zwei", "--fan-in", "12"], "'zwei' is not a number"),
        (["--weights", "0.12345 0.2", "--fan-in", "12"], "5 decimals"),
        (["--weights", "0.3", "--fan-in", "12"], "outside"),
        (["--weights", "0.1 -1e999", "--fan-in", "12"], "outside"),
        (["--weights", "0.1 1e99999999999999999999", "--fan-in", "12"], "not a number that a weight can"),
        (["--positions", "0:99999999999"], "at most"),
        (["--weights", "0.1", "--fan-in", "12"], "by chance"),
        (["--weights", "0.1 0.2", "--shape", "1,1"], "more than shape"),
        (["--weights", "0.1 0.2", "--shape", "2x3"], "not a shape"),
        (["--weights", "0.1 0.2", "--fan-in", "0"], "--fan-in"),
        (["--fan-in", "12", "--bound", "0.3"], "not both"),
        (["--bound", "nan"], "bound"),
        (["--weights-file", "no-such-file"], "no-such-file"),
        (["--state", "no-such-folder/state"], "cannot be written"),
        (["--jobs", "0"], "--jobs"),
    ],
)
def test_bad_input_is_exit_code_2_and_one_message(
    options: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = program(*options)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stderr.count("Error:") == 1
    assert "Traceback" not in result.output


def test_a_state_file_of_another_search_is_refused_and_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    options = ["--positions", "0:10", "--state", str(state)]
    assert program("--seeds", "0:500", *options).exit_code == 1
    before = state.read_text()
    result = program("--seeds", "0:600", *options)
    assert result.exit_code == 2
    assert "belongs to a search with other seeds" in result.stderr
    assert state.read_text() == before


def test_weights_that_are_not_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"\xff\xfe\x00\x80")
    result = program("--weights-file", str(path), "--fan-in", "12")
    assert result.exit_code == 2
    assert "UTF-8" in result.stderr


def test_the_help_names_defaults_and_exit_codes() -> None:
    result = program("--help")
    assert result.exit_code == 0
    for piece in ("0:4294967296", "0:1245", "130", "--state"):
        assert piece in result.stdout
