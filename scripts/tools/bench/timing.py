"""Times builds, each as a process of its own."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

# An address is nobody's environment's to add. And without compiled modules every start would compile this
# project's own again, and only those: the others' came compiled with their packages.
LEFT_OUT = {"SITE_URL", "REPO_URL", "REPO_NAME", "PYTHONDONTWRITEBYTECODE"}


def timed(command: Sequence[str | Path], folder: Path, **variables: str) -> float:
    """Seconds of a process in `folder`, with these environment variables besides.

    Raises ClickException with what the process printed when it fails.
    """
    environment = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
    environment |= {"NO_MKDOCS_2_WARNING": "1", "PYTHONHASHSEED": "0", **variables}
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise click.ClickException(f"The build in {folder} failed:\n{done.stdout.strip()}")
    return seconds


def build(python: Path, folder: Path) -> float:
    """Seconds of one strict build of the site in `folder`; raises ClickException when it fails."""
    # A .pth file brings nbconvert's modules into .venv-bench, but not its templates.
    templates = str(Path(sys.prefix, "share", "jupyter"))
    return timed([python, "-m", "mkdocs", "build", "--quiet", "--strict"], folder, JUPYTER_PATH=templates)


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and most; of at least one value."""
    return statistics.median(values), min(values), max(values)
