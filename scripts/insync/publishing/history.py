"""What was published at an earlier commit, as git has it."""

import subprocess
from pathlib import Path

from insync.problem import InsyncError
from insync.publishing.outputs import outputs_folder
from insync.settings import Settings


def committed(settings: Settings, base: str) -> dict[str, str]:
    """Snippet → its outputs file as it was at a commit."""
    folder = outputs_folder(settings).relative_to(settings.root).as_posix()
    _git(settings, "rev-parse", "--git-dir")
    try:
        _git(settings, "rev-parse", "--verify", "--quiet", f"{base}^{{commit}}")
    except InsyncError:
        advice = "Name one that is here: git log, or fetch it."
        raise InsyncError.of(f"git knows no commit `{base}`", advice) from None
    listed = _git(settings, "ls-tree", "-z", "--name-only", base, f"./{folder}/")
    paths = [Path(name) for name in listed.decode("utf-8").split("\0") if name.endswith(".txt")]
    return {
        path.stem: _git(settings, "show", f"{base}:./{path.as_posix()}").decode("utf-8", "replace")
        for path in paths
    }


def _git(settings: Settings, *words: str) -> bytes:
    """What git prints; raises InsyncError with its own words where it fails."""
    try:
        done = subprocess.run(["git", *words], cwd=settings.root, capture_output=True)
    except FileNotFoundError:
        advice = "Install git; the summary compares with a commit."
        raise InsyncError.of("git is not installed", advice) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise InsyncError.of(f"git fails: {said}", "The summary compares with a commit; see what git says.")
    return done.stdout
