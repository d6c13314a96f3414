"""The environment of the builders that this project is compared with, beside its own."""

import hashlib
import os
import site
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import click

from tools.bench import ROOT

PEERS = ROOT / ".venv-bench"


def peers_python() -> Path:
    """The Python of .venv-bench, made or renewed if need be.

    It sees the packages of the running environment through a .pth file, so torch and the site generator are
    the same files in every column and nothing is downloaded twice; requirements-bench.txt goes there alone.
    """
    python = PEERS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    requirements = ROOT / "requirements-bench.txt"
    packages = site.getsitepackages()[0]
    wanted = requirements.read_text(encoding="utf-8") + (ROOT / "constraints.txt").read_text(encoding="utf-8")
    stamp = hashlib.sha256(f"{wanted}{packages}{sys.version}{PEERS}".encode()).hexdigest()
    stamp_file = PEERS / ".has"
    if stamp_file.is_file() and stamp_file.read_text() == stamp:
        return python
    click.echo("Making .venv-bench.", err=True)
    venv.create(PEERS, clear=True, symlinks=os.name != "nt")
    own = sysconfig.get_path("purelib", "venv", {"base": str(PEERS), "platbase": str(PEERS)})
    # addsitedir, not a bare path: it reads the .pth files there too, among them the one of this project.
    line = f"import site; site.addsitedir({packages!r})\n"
    Path(own, "packages-of-the-project.pth").write_text(line, encoding="utf-8")
    subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "-r", requirements],
        cwd=ROOT,
        check=True,
    )
    stamp_file.write_text(stamp)
    return python
