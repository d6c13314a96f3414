"""As many runs at once as there are processors for this process, and the wait for one is no run's fault."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from insync.running import processors
from insync.running.processors import waited

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

    from insync.running.runner import Runner

ON_LINUX = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="Linux tells and sets it")


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of eight processors, and the folder of its control group."""
    monkeypatch.setattr(processors, "_CONTROL_GROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    (tmp_path / "cpu").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("told", "count"),
    [("max 100000", 8), ("200000 100000", 2), ("150000 100000", 2), ("10000 100000", 1), ("odd", 8), ("", 8)],
)
def test_a_containers_quota_counts(group: Path, told: str, count: int) -> None:
    (group / "cpu.max").write_text(f"{told}\n", encoding="ascii")
    assert processors.processors() == count


@pytest.mark.parametrize(("quota", "count"), [("-1", 8), ("300000", 3)])
def test_a_quota_of_the_older_kind_counts(group: Path, quota: str, count: int) -> None:
    (group / "cpu/cpu.cfs_quota_us").write_text(f"{quota}\n", encoding="ascii")
    (group / "cpu/cpu.cfs_period_us").write_text("100000\n", encoding="ascii")
    assert processors.processors() == count


def test_where_nothing_is_granted_all_processors_are_counted(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert processors.processors() == 5


@ON_LINUX
def test_those_that_may_not_be_used_are_not_counted() -> None:
    code = "import os; os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1])\n"
    code += "from insync.running.processors import processors; print(processors())"
    told = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert told == "1\n"


def test_of_a_process_that_is_gone_nothing_is_told() -> None:
    assert waited(2**30) == 0


@ON_LINUX
def test_a_run_on_a_busy_machine_has_its_whole_time(run: Run, strict_runner: Runner) -> None:
    if not waited(os.getpid()):
        pytest.skip("this system does not tell how long a process waits")
    # Four processes on one processor: two seconds of work take some eight, and the limit is four.
    processor = min(os.sched_getaffinity(0))
    busy = f"import os; os.sched_setaffinity(0, [{processor}])\nwhile True: pass"
    others = [subprocess.Popen([sys.executable, "-c", busy]) for _ in range(3)]
    try:
        outcome = run(
            f"# %% one\nimport os, time\nos.sched_setaffinity(0, [{processor}])\n"
            "before = time.process_time()\nwhile time.process_time() < before + 2: pass\n",
            by=strict_runner,
        )
    finally:
        for other in others:
            other.kill()
            other.wait()
    assert outcome.problem is None, str(outcome.problem)
