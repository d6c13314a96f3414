"""The processors that this process may use, and how long another has waited for one."""

import contextlib
import math
import os
from collections.abc import Iterator
from pathlib import Path

_CONTROL_GROUP = Path("/sys/fs/cgroup")  # in a container, its own
_PROCESSES = Path("/proc")


def processors() -> int:
    """How many processes can compute at once: what the system grants, and what a container's quota leaves."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    granted = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, math.ceil(min((granted, *_quotas()))))


def waited(pid: int) -> float:
    """Seconds that a process could have computed and had no processor; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((_PROCESSES / str(pid) / "schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    return 0.0


def _quotas() -> Iterator[float]:
    """Of both kinds of Linux' control groups, if there is a quota."""
    for files in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        with contextlib.suppress(OSError, ValueError):
            quota, period = " ".join(
                (_CONTROL_GROUP / file).read_text(encoding="ascii") for file in files
            ).split()
            if int(quota) > 0:  # a ValueError for "max"
                yield int(quota) / int(period)
