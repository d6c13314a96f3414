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
from collections.abc import Callable, Iterable
from typing import Any

from insync.running import installed, plot
from insync.running.arrivals import Arrivals
from insync.running.job import Job
from insync.running.record import Environment, installed_versions

SEED = 0
# As in Python itself and in Jupyter; what the snippet's own lines do that is deprecated is shown.
_HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
_PRELOADABLE = ("torch", "numpy", "matplotlib")
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)|import[ \t]+([\w., \t]+))", re.MULTILINE)


def preload_of(sources: Iterable[str]) -> tuple[str, ...]:
    """The modules that are worth importing before a fork, read off the snippets' sources.

    Large packages that the snippets import, and what the first optimiser step or operation count would
    import at a cost of most of a second.
    """
    modules: set[str] = set()
    for source in sources:
        named = (
            each.split()[0]
            for found in _IMPORT.findall(source)
            for each in "".join(found).split(",")
            if each.strip()
        )
        modules |= {name for name in named if name.split(".")[0] in _PRELOADABLE}
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
        torch.get_rng_state().numpy().tobytes()
        repr(torch.nn.Conv1d(1, 1, 2)(torch.zeros(1, 1, 4)))
    for name, fix in _FIXED.items():
        if module := sys.modules.get(name):
            fix(module)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        _, axes = pyplot.subplots()
        axes.bar([0], [1], label="0.1")
        axes.legend()
        plot.capture(pyplot.gcf(), "first")  # finds and reads the fonts
        pyplot.close()
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


def prepare(job: Job, arrivals: Arrivals) -> None:
    """Fix the state that a snippet starts from: seeds, threads, print options, where temporary files go.

    Of a package, as soon as it is there: it is no matter whether a fork server, the snippet or a module
    beside it imports it.
    """
    os.environ["TMPDIR"] = os.environ["TEMP"] = os.environ["TMP"] = str(job.temporary)
    tempfile.tempdir = str(job.temporary)
    for screen in ("DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(screen, None)  # nothing may depend on whether whoever builds has one
    sys.dont_write_bytecode = True
    sys.argv = [job.path]
    warnings.resetwarnings()
    for category in _HIDDEN:
        warnings.simplefilter("ignore", category)
    warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")
    random.seed(SEED)
    for name, fix in _FIXED.items():
        arrivals.call(name, fix)
    if not job.onednn:
        arrivals.call("torch", lambda torch: torch.backends.mkldnn.set_flags(_enabled=False))


def _fix_numpy(numpy: Any) -> None:
    numpy.random.seed(SEED)


def _fix_torch(torch: Any) -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.set_printoptions(profile="default")


_FIXED: dict[str, Callable[[Any], None]] = {
    "numpy": _fix_numpy,
    "torch": _fix_torch,
    "matplotlib": plot.set_style,
    "matplotlib.backend_bases": plot.take_show,
}
