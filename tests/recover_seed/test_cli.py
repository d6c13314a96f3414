"""The program finds the seed, tells it, stops when asked to, and says in one message what is wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import torch
from click.testing import CliRunner, Result
from conftest import ROOT

from recover_seed.cli import main
from recover_seed.options import NOTE_WEIGHTS
from recover_seed.question import windows
from recover_seed.search import search
from recover_seed.stream import Hit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOUND = 12**-0.5  # of Conv1d(3, 2, 4), the note's layer


def pairs(text: str) -> list[Hit]:
    """The hits that the program's output names."""
    return [
        Hit(int(seed), int(position)) for seed, position in re.findall(r"seed (\d+), position (\d+)", text)
    ]


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


def test_ctrl_c_saves_and_the_same_command_goes_on(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    seeds = 120_000
    options = f"--weights=-0.1468,-0.0057 --fan-in 12 --seeds 0:{seeds} --jobs 1 --engine numpy".split()
    command = [sys.executable, "-m", "recover_seed", *options, "--state", str(state)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not state.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 130, (output, errors)
    assert "State saved" in errors
    first = json.loads(state.read_text())["progress"]
    assert 0 < first["next_seed"] < seeds
    assert list(tmp_path.iterdir()) == [state]

    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert again.returncode == 0, again.stderr
    assert f"Taken up again at seed {first['next_seed']:,}" in again.stderr
    asked = windows(["-0.1468", "-0.0057"], BOUND)
    expected = search(asked, range(seeds), range(1245))
    assert len(expected) > 1
    assert pairs(again.stdout) == expected


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
