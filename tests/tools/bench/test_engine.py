"""The second benchmark times what it says: its snippets run, and its two sites have the same pages."""

from pathlib import Path

import pytest

from insync.running.runner import Runner
from insync.running.snippet import parse_snippet
from tools.bench import engine as bench_engine
from tools.bench.columns import PLAIN, PROJECT


@pytest.mark.parametrize("kind", bench_engine.KINDS)
def test_every_kind_of_snippet_runs(runner: Runner, tmp_path: Path, kind: str) -> None:
    snippet = parse_snippet(tmp_path / "kind.py", f"# %% cell\n{bench_engine.KINDS[kind]}")
    assert runner.run(snippet, {}).problem is None


def test_both_sites_have_the_same_pages_and_as_many_blocks(tmp_path: Path) -> None:
    for column, name in ((PROJECT, "ours"), (PLAIN, "plain")):
        bench_engine.write(column, tmp_path / name, pages=2, snippets=2)
    ours, pasted = (
        sorted((tmp_path / "ours" / "docs").iterdir()),
        sorted((tmp_path / "plain" / "docs").iterdir()),
    )
    assert [path.name for path in ours] == [path.name for path in pasted]
    assert ours[-1].read_text("utf-8").count("```snippet") == 4
    assert pasted[-1].read_text("utf-8").count("```python") == 4
    assert len(list((tmp_path / "ours" / "snippets").glob("*.py"))) == 4
