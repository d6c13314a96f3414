"""What a benchmark's figures depend on: processor, system, load, versions."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path


def machine_facts(peers: Path) -> dict[str, str]:
    """What the figures depend on: processor, system, load before the start, versions."""
    facts = {
        "cores": str(os.cpu_count()),
        "CPU": cpu_name(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": load(),
        "Python": platform.python_version(),
    }
    for package in ("mkdocs", "mkdocs-material", "mkdocs-jupyter", "jieba", "torch"):
        facts[package] = version(package)
    command = "from importlib.metadata import version; print(version('markdown-exec'))"
    facts["markdown-exec"] = subprocess.run(
        [peers, "-c", command], capture_output=True, text=True, check=True
    ).stdout.strip()
    return facts


def cpu_name() -> str:
    """The processor's name, where the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def load() -> str:
    """The system's load in the last minute, where it tells it."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
