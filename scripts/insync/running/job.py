"""A run of a snippet as a worker process receives it, and where it writes its answer."""

import os
from dataclasses import dataclass
from pathlib import Path

from insync.running.expression import Expression
from insync.running.record import to_text
from insync.running.snippet import Cell

# Fixed for every worker before Python starts; a fork server and a fresh process get the same.
FIXED_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONUTF8": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "COLUMNS": "80",
    "LINES": "24",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "NO_COLOR": "1",
    "TZ": "UTC",
    "CUDA_VISIBLE_DEVICES": "",
}
# Not handed on: what a developer's shell may set, and what would change a number, a message or a path.
# C libraries read theirs unseen, so that dropping them is all that can be done.
DROPPED_PREFIXES = (
    "PYTHON",
    "TORCH",
    "PYTORCH_",
    "COMPILE_STROBELIGHT_",
    "KINETO_",
    "ONEDNN_",
    "DNNL_",
    "MKL_",
    "OMP_",
    "KMP_",
    "GOMP_",
    "NPY_",
    "NUMPY_",
    "OPENBLAS_",
    "GOTO_",
    "BLIS_",
    "GLIBC_TUNABLES",
    "MALLOC_",
    "LC_",
    "LANG",
    "FORCE_COLOR",
    "CLICOLOR",
)
KEPT_ALL_THE_SAME = ("PYTHONPATH", "PYTHONHOME")  # where this very package may be found
Questions = dict[str, tuple[Expression, ...]]  # what is asked after each cell, by the cell's name


@dataclass(frozen=True)
class Conditions:
    """What a run is done under: one of torch's CPU capabilities ("" for its own choice), with oneDNN or not.

    The capability is fixed when a process first uses torch, so each one needs workers of its own.
    """

    capability: str = ""
    onednn: bool = True

    def __str__(self) -> str:
        capability = self.capability or "torch's own choice"
        return f"{capability}, {'with' if self.onednn else 'without'} oneDNN"


AS_IS = Conditions()


@dataclass(frozen=True)
class Job:
    """One run of one snippet.

    `questions` are the expressions to evaluate after each cell. `scratch` is a directory of the run's own,
    which holds the job, the answer, and the only place where the snippet may write. `mark` is a text
    that cannot stand in an output by chance; it marks the order of the outputs (see `order`).
    """

    snippet: str
    path: str
    cells: tuple[Cell, ...]
    questions: Questions
    scratch: str
    mark: str
    preload: tuple[str, ...]
    onednn: bool = True

    @property
    def answer(self) -> Path:
        """Where the worker leaves what came of it."""
        return Path(self.scratch, "answer.json")

    @property
    def temporary(self) -> Path:
        """The directory in which the snippet may write."""
        return Path(self.scratch, "tmp")

    def marker(self, number: int, first: int) -> bytes:
        """What is written to both output streams (1 and 2) before the one called `first` is written to."""
        return f"\x1e{self.mark}:{number}:{first}\x1e".encode()

    def save(self) -> Path:
        """Write the job into its scratch directory; the worker reads it with `from_text`."""
        path = Path(self.scratch, "job.json")
        path.write_text(to_text(self), encoding="utf-8")
        self.temporary.mkdir()
        return path


def worker_environment(conditions: Conditions) -> dict[str, str]:
    """The environment of every worker: this process's own, with what could change a number fixed."""
    kept = {key: value for key, value in os.environ.items() if _is_handed_on(key)}
    chosen = {"ATEN_CPU_CAPABILITY": conditions.capability} if conditions.capability else {}
    return {**kept, **FIXED_ENVIRONMENT, **chosen}


def handed_on(name: str) -> str | None:
    """What a worker gets as the value of one variable, under the usual conditions; None for nothing."""
    return FIXED_ENVIRONMENT.get(name, os.environ.get(name) if _is_handed_on(name) else None)


def _is_handed_on(name: str) -> bool:
    return name in KEPT_ALL_THE_SAME or not name.startswith(DROPPED_PREFIXES)
