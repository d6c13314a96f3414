"""The state that every snippet starts from, and what is done once so that no run has to do it again."""

import ast
import contextlib
import functools
import importlib
import os
import platform
import random
import re
import sys
import tempfile
import warnings
from collections.abc import Iterable

from insync.running import installed, plot
from insync.running.job import Job
from insync.running.record import Environment, installed_versions

SEED = 0
_PRELOADABLE = ("torch", "numpy", "matplotlib")
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([\w.]+)", re.MULTILINE)


def preload_of(sources: Iterable[str]) -> tuple[str, ...]:
    """The modules that are worth importing before a fork, read off the snippets' sources.

    Large packages that the snippets import, and what the first optimiser step or operation count would
    import at a cost of most of a second.
    """
    modules: set[str] = set()
    for source in sources:
        modules |= {name for name in _IMPORT.findall(source) if name.split(".")[0] in _PRELOADABLE}
        if "torch" in source and ("optim" in source or "flop_counter" in source):
            modules |= {"torch._dynamo", "torch.utils.flop_counter"}
        if "torch" in source and "assert_close" in source:
            modules.add("torch.distributed.tensor")  # what it asks whether its arguments are; with sympy
        if "pyplot" in source:
            modules |= {"matplotlib.pyplot", "matplotlib.backends.backend_svg"}
    return tuple(sorted(modules))


def preload(modules: tuple[str, ...]) -> bool:
    """Import what the snippet will import; whether there was anything to import.

    What is broken fails again later, in the snippet's own line.
    """
    plot.keep_quiet()
    missing = [name for name in modules if name not in sys.modules]
    for name in missing:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    return bool(missing)


def warm_up() -> None:
    """Pay once, before any fork, for what every run does for the first time: a fifth of a second in all."""
    if numpy := sys.modules.get("numpy"):
        numpy.random.get_state()  # numpy.random itself is imported at its first use
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
        torch.manual_seed(SEED)
        torch.get_rng_state().numpy().tobytes()
        repr(torch.nn.Conv1d(1, 1, 2)(torch.zeros(1, 1, 4)))
    _fix_state()
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        _, axes = pyplot.subplots()
        axes.bar([0], [1], label="0.1")
        axes.legend()
        plot.capture(pyplot.gcf(), "first")  # finds and reads the fonts
    environment()
    installed.prefixes()
    ast.parse("x = 1")


_versions = functools.cache(installed_versions)  # found before a fork, for all forks


@functools.cache
def cpu_fact(*names: str) -> str:
    """What Linux tells of the processor under one of these names; asking torch would cost its import."""
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.lower().startswith(names):
                return line.partition(":")[2].strip()
    return platform.processor()


def cpu_name() -> str:
    """What the processor calls itself."""
    return cpu_fact("model name") or platform.machine()


def environment() -> Environment:
    """The environment of a record made here, now that the snippet has run."""
    torch = sys.modules.get("torch")
    return Environment(
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        cpu=cpu_name(),
        capability=torch.backends.cpu.get_cpu_capability() if torch else "",
        versions=_versions(),
    )


def prepare(job: Job) -> None:
    """Fix the state that a snippet starts from: seeds, threads, print options, where temporary files go."""
    os.environ["TMPDIR"] = os.environ["TEMP"] = os.environ["TMP"] = str(job.temporary)
    tempfile.tempdir = str(job.temporary)
    for screen in ("DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(screen, None)  # nothing may depend on whether whoever builds has one
    sys.dont_write_bytecode = True
    sys.argv = [job.path]
    _fix_state()
    if not job.onednn and (torch := sys.modules.get("torch")):
        torch.backends.mkldnn.set_flags(_enabled=False)


def _fix_state() -> None:
    """Seeds, threads, print options and figure style, as every snippet finds them."""
    warnings.resetwarnings()
    warnings.simplefilter("default")
    random.seed(SEED)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(SEED)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(SEED)
        torch.set_num_threads(1)
        torch.set_printoptions(profile="default")
    if matplotlib := sys.modules.get("matplotlib"):
        plot.set_style(matplotlib)
