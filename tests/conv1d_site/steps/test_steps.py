"""The steps know no generator: they are there without MkDocs and its theme."""

from __future__ import annotations

import subprocess
import sys

from conftest import ROOT

IMPORT_ALL = """
import pkgutil, sys
for name in ("mkdocs", "material", "mkdocs_jupyter"):
    sys.modules[name] = None  # importing it raises ImportError
from conv1d_site import steps
names = [each.name for each in pkgutil.walk_packages(steps.__path__, "conv1d_site.steps.")]
for name in names:
    if not name.endswith("__main__"):
        __import__(name)
print(len(names))
"""


def test_the_steps_can_be_had_without_mkdocs() -> None:
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "scripts")},
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) >= 10
