"""Collects what a run looked at, what its forked processes looked at too, and finds what changed under it."""

import contextlib
import json
import os
from pathlib import Path

from insync.running import inputs
from insync.running.job import Job, handed_on
from insync.running.record import Failure

# As this process was given them, before libraries set some of their own.
_INHERITED = {name: value for name, value in os.environ.items() if handed_on(name) is not None}


class Notes:
    """The inputs of a run, each with its fingerprint when it was first seen."""

    def __init__(self, job: Job) -> None:
        self.inputs: dict[str, str] = {}
        self.owner = os.getpid()
        self._job = job
        self._base = os.path.dirname(job.path)
        self._told = Path(job.scratch, "seen")

    def path(self, kind: str, path: str) -> None:
        """Note that a path was looked at."""
        key = f"{kind}:{self.shown(path)}"
        if key not in self.inputs:
            self._keep(key, inputs.fingerprint(kind, path))

    def never(self, reason: str) -> None:
        """Note that the run did what no later build can compare."""
        self._keep(f"{inputs.NEVER}:{reason}", "")

    def variable(self, name: str) -> None:
        """Note that the value of a variable was looked at, unless it is the run's own."""
        name = name.upper() if os.name == "nt" else name  # as Windows has them
        if name not in inputs.OWN_VARIABLES:
            self._keep(f"{inputs.VARIABLE}:{name}", inputs.of_value(_INHERITED.get(name)))

    def variables(self) -> None:
        """Note that all variables were looked at."""
        self._keep(f"{inputs.VARIABLE}:{inputs.ALL_VARIABLES}", inputs.of_variables(_INHERITED))

    def shown(self, path: str) -> str:
        """The path relative to the snippets' folder."""
        try:
            return os.path.relpath(path, self._base).replace(os.sep, "/")
        except ValueError:  # another drive
            return path

    def gather(self) -> Failure | None:
        """Take in what forked processes noted; a failure if anything is no longer as it was first seen."""
        with contextlib.suppress(OSError):
            for line in self._told.read_text("utf-8").splitlines():
                self.inputs.setdefault(*json.loads(line))
        files = {
            key: seen
            for key, seen in self.inputs.items()
            if not key.startswith((f"{inputs.NEVER}:", f"{inputs.VARIABLE}:"))
        }
        for what, how in inputs.changes(files, Path(self._base)):
            message = f"{what} {how} while the snippet ran"
            advice = (
                "A snippet may write only below tempfile.gettempdir(); if you saved the file, build again."
            )
            return Failure("", self._job.cells[0].line, message, advice)
        return None

    def _keep(self, key: str, seen: str) -> None:
        if key in self.inputs:
            return
        self.inputs[key] = seen
        if os.getpid() != self.owner:  # forked: what is only in its memory would be lost
            with open(self._told, "a", encoding="utf-8") as file:
                file.write(json.dumps([key, seen]) + "\n")
