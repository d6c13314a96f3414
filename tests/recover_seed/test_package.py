"""`import recover_seed` gives what its docstring shows, and loads nothing heavy."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys

from conftest import ROOT

import recover_seed


def test_the_example_in_the_docstring_gives_what_it_shows() -> None:
    examples = doctest.DocTestFinder(recurse=False).find(recover_seed, "recover_seed")
    runner = doctest.DocTestRunner()
    assert [runner.run(example) for example in examples] == [(0, 2)]


def test_importing_the_package_or_its_command_loads_neither_torch_nor_numba() -> None:
    code = "import sys, recover_seed.cli; print(*sorted({'torch', 'numba'} & sys.modules.keys()))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr
