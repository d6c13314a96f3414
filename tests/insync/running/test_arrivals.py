"""Packages with a state of their own: fixed when they are imported, whoever does it, whatever was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.running.arrivals import Arrivals
from insync.running.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Run

HELPERS = {
    "numbers_helper": "import numpy as np\ndef draw(): return float(np.random.rand())\n",
    "torch_helper": "import torch\ndef draw(): return torch.rand(1).item(), torch.get_num_threads()\n",
    "plot_helper": "import matplotlib.pyplot as plt\ndef draw(): plt.plot([1, 2]); plt.show()\n",
}
IMPORTS = {
    "in a list": "import os, numpy as np, torch\na = float(np.random.rand()), torch.rand(1).item()\na",
    "in a helper": "import numbers_helper, torch_helper\nnumbers_helper.draw(), torch_helper.draw()",
    "by a name": "import importlib\nimportlib.import_module('numpy').random.rand()",
    "later": "import random\nr = random.random()\n# %% two\nexec('import torch')\nr, random.random(), "
    "torch.rand(1)",
    "a figure": "import plot_helper\nplot_helper.draw()",
    "what it adds to the warnings": "import warnings\nexec('import numpy, torch')\nwarnings.filters",
}


@pytest.fixture(scope="module")
def bare() -> Iterator[Runner]:
    """A fork server that has imported nothing."""
    runner = Runner(fork=True)
    runner.start(())
    yield runner
    runner.close()


@pytest.mark.parametrize("source", IMPORTS.values(), ids=IMPORTS)
def test_a_package_is_as_new_whoever_imported_it(run: Run, bare: Runner, tmp_path: Path, source: str) -> None:
    for name, text in HELPERS.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    # The first has torch and matplotlib from other snippets, the second nothing, the third no fork server.
    outcomes = [run(f"# %% one\n{source}\n", **by) for by in ({}, {"by": bare}, {"by": Runner(fork=False)})]
    first, *others = [outcome.record and outcome.record.cells for outcome in outcomes]
    assert first is not None, str(outcomes[0].problem)
    assert first[-1].outputs
    assert others == [first, first]


def test_a_helpers_numbers_are_those_of_the_usual_seed(run: Run, bare: Runner, tmp_path: Path) -> None:
    (tmp_path / "numbers_helper.py").write_text(HELPERS["numbers_helper"], encoding="utf-8")
    outcome = run("# %% one\nimport numbers_helper\nnumbers_helper.draw()\n", by=bare)
    assert outcome.record is not None
    assert outcome.record.cells[0].outputs[0].text.startswith("0.548813503")


def test_a_run_whose_helper_imports_torch_can_be_kept(run: Run, bare: Runner, tmp_path: Path) -> None:
    (tmp_path / "torch_helper.py").write_text(HELPERS["torch_helper"], encoding="utf-8")
    outcome = run("# %% one\nimport torch_helper\n", by=bare)
    assert outcome.record is not None
    assert [key for key in outcome.inputs if key.startswith("never")] == []


def test_what_fails_to_be_imported_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrivals, seen = Arrivals(), []
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("sys.meta_path", [arrivals, *__import__("sys").meta_path])
    arrivals.call("brittle_module", lambda module: seen.append(module.value))
    (tmp_path / "brittle_module.py").write_text("value = 1\nraise OSError\n", encoding="utf-8")
    with pytest.raises(OSError, match=r"^$"):
        __import__("brittle_module")
    assert seen == []
    (tmp_path / "brittle_module.py").write_text("value = 234\n", encoding="utf-8")
    __import__("brittle_module")
    assert seen == [234]
