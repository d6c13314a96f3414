"""What every snippet starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.running.runner import Runner

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

WARNINGS = {
    "a file that is not closed": ("len(open('made.py').read()) > 3", []),
    "a library's own deprecation": ("import deprecating\ndeprecating.inside()", []),
    "a deprecation of what the snippet calls": ("import deprecating\ndeprecating.caller()", ["caller"]),
    "the snippet's own deprecation": ("warn('own', DeprecationWarning)", ["own"]),
    "one to come": ("warn('to come', FutureWarning)", ["to come"]),
    "one that is pending": ("warn('pending', PendingDeprecationWarning)", []),
    "of an import": ("warn('import', ImportWarning)", []),
    "one line twice": ("for _ in range(2): warn('twice')", ["twice"]),
    "all, as the snippet asks": ("simplefilter('always')\nwarn('pending', ResourceWarning)", ["pending"]),
}


@pytest.mark.parametrize(("code", "shown"), WARNINGS.values(), ids=WARNINGS)
def test_warnings_are_shown_as_by_jupyter(run: Run, tmp_path: Path, code: str, shown: list[str]) -> None:
    (tmp_path / "deprecating.py").write_text(
        "import warnings\n"
        "def inside(): warnings.warn('inside', DeprecationWarning)\n"
        "def caller(): warnings.warn('caller', DeprecationWarning, stacklevel=2)\n",
        encoding="utf-8",
    )
    outcome = run(f"# %% one\nfrom warnings import simplefilter, warn\n{code}\n")
    assert outcome.record is not None, str(outcome.problem)
    texts = [each.text for each in outcome.record.cells[0].outputs if each.kind == "warning"]
    assert [text.partition(": ")[2] for text in texts] == shown


@pytest.mark.parametrize("by", [None, Runner(fork=False)], ids=["forked", "fresh"])
def test_a_run_ends_with_its_last_cell(run: Run, by: Runner | None) -> None:
    source = """
    # %% one
    import atexit, threading
    atexit.register(print, "at the end")
    thread = threading.Thread(target=threading.Event().wait)
    thread.start()
    """
    outcome = run(source, **({"by": by} if by else {}))
    assert outcome.record is not None, str(outcome.problem)
    assert outcome.record.cells[0].outputs == ()


def test_what_runs_as_the_main_program_runs_here(run: Run) -> None:
    source = """
    # %% one
    import os, pickle, signal
    from dataclasses import dataclass
    if __name__ == "__main__":
        print("main")
    @dataclass
    class Point:
        x: int
    os.mkdir(folder := __import__("tempfile").mkdtemp() + "/deep"); os.chdir(folder)
    signal.signal(signal.SIGALRM, lambda *_: print("alarm"));
    # %% two
    signal.raise_signal(signal.SIGALRM)
    pickle.loads(pickle.dumps(Point(1))), os.path.basename(os.getcwd())
    """
    outcome = run(source)
    assert outcome.record is not None, str(outcome.problem)
    texts = [[output.text for output in cell.outputs] for cell in outcome.record.cells]
    assert texts == [["main"], ["alarm", "(Point(x=1), 'deep')"]]
