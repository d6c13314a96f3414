"""The environment's script, with stand-ins for Python: what it installs, and what it says when it cannot."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")

# A Python that makes no real environment: it answers what venv.sh asks, and logs what pip is told. An install
# lasts until STAND_IN_LET_GO is there.
STAND_IN = f"""#!/bin/sh
version=3.12.1
case "$*" in
    -V) echo "Python $version" ;;
    *"sys.exit(not"*) [ "$version" != 3.9.2 ] ;;
    *"print(*sys.version_info"*) echo "$version" ;;
    *alone.py*) exec '{sys.executable}' "$@" ;;
    *ensurepip*) exit "${{STAND_IN_NO_VENV:-0}}" ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && touch "$3/pyvenv.cfg" ;;
    *" install "*)
        echo "$*" >> "$STAND_IN_LOG"
        until [ -e "${{STAND_IN_LET_GO:-/}}" ]; do sleep 0.1; done
        exit "${{STAND_IN_PIP:-0}}" ;;
esac
"""

WAITS = "Another make is at work here; waiting for it.\n"


class Clone:
    """A folder with requirements and a stand-in for Python, where `scripts/tools/venv.sh` can be run."""

    def __init__(self, folder: Path, tools: Path) -> None:
        self.folder, self.tools = folder, tools
        folder.mkdir(parents=True)
        (tools / "bin").mkdir(parents=True)
        for name in ("constraints.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, folder)
        self.require("torch==2.13.0  # the subject\nclick==8.5.1\n-e .\n")
        self.python("python3")

    def require(self, lines: str) -> None:
        (self.folder / "requirements.txt").write_text(lines, encoding="utf-8")

    def python(self, name: str, says: str = STAND_IN) -> None:
        path = self.tools / "bin" / name
        path.write_text(says, encoding="utf-8")
        path.chmod(0o755)

    def start(self, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["sh", ROOT / "scripts/tools/venv.sh", "requirements.txt"],
            cwd=self.folder,
            env={"PATH": f"{self.tools / 'bin'}:{os.defpath}", "STAND_IN_LOG": str(self.log), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        started = self.start(**environment)
        stdout, stderr = started.communicate()
        return subprocess.CompletedProcess(started.args, started.returncode, stdout, stderr)

    @property
    def log(self) -> Path:
        return self.tools / "log"

    def installs(self) -> list[str]:
        """What pip was told to install since the last question."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line.partition("pip.log ")[2].strip() for line in lines]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "逐数看懂 a clone", tmp_path / "tools")


def test_the_second_run_installs_nothing_and_says_nothing(clone: Clone) -> None:
    assert clone.run().returncode == 0
    assert clone.installs() == ["-r requirements.txt"]
    again = clone.run()
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert clone.installs() == []


def test_it_needs_no_home(clone: Clone) -> None:
    assert clone.run().returncode == 0  # with the few variables that a clone gives it
    assert clone.installs() == ["-r requirements.txt"]


def test_changed_requirements_are_installed_whatever_their_date(clone: Clone) -> None:
    clone.run()
    before = (clone.folder / "requirements.txt").stat()
    clone.require("torch==2.13.0  # the subject\nclick==8.5.0\n-e .\n")
    os.utime(clone.folder / "requirements.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    clone.installs()
    clone.run()
    assert clone.installs() == ["-r requirements.txt"]


def test_what_changes_during_an_install_is_installed_by_the_next(clone: Clone) -> None:
    let_go = clone.tools / "let go"
    started = interrupted(clone, let_go)
    clone.require("torch==2.13.0  # the subject\nclick==8.5.0\n-e .\n")
    let_go.touch()
    started.communicate()
    assert clone.installs() == ["-r requirements.txt"]
    clone.run()
    assert clone.installs() == ["-r requirements.txt"]


def test_an_install_that_failed_is_taken_up_again(clone: Clone) -> None:
    failed = clone.run(STAND_IN_PIP="1")
    assert failed.returncode != 0
    assert ".venv/pip.log" in failed.stderr
    assert clone.installs() == ["-r requirements.txt"]
    assert clone.run().returncode == 0
    assert clone.installs() == ["-r requirements.txt"]


def test_two_at_once_install_once_and_one_after_the_other(clone: Clone) -> None:
    # Who waits for whom is settled by steps, not by seconds: an install lasts until it is let go.
    let_go = clone.tools / "let go"
    first = clone.start(STAND_IN_LET_GO=str(let_go))
    assert first.stdout
    assert first.stdout.readline().startswith("Making .venv")  # and so it holds the lock
    second = clone.start()
    assert second.stdout
    said = second.stdout.readline()
    let_go.touch()
    first.communicate()
    rest, _ = second.communicate()
    assert said == WAITS
    assert [first.returncode, second.returncode, rest] == [0, 0, ""]
    assert clone.installs() == ["-r requirements.txt"]


def interrupted(clone: Clone, let_go: Path) -> subprocess.Popen[str]:
    """A run that is at its install."""
    started = clone.start(STAND_IN_LET_GO=str(let_go))
    assert started.stdout
    while not started.stdout.readline().startswith("Installing"):
        pass
    while not clone.log.exists():
        time.sleep(0.05)
    return started


def test_a_run_that_was_killed_leaves_no_lock_and_is_taken_up_again(clone: Clone) -> None:
    killed = interrupted(clone, clone.tools / "never")
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert clone.installs() == ["-r requirements.txt"]
    again = clone.run()
    assert (again.returncode, "Another make" in again.stdout, "Making" in again.stdout) == (0, False, False)
    assert clone.installs() == ["-r requirements.txt"]


def test_a_pip_that_goes_on_alone_is_waited_for(clone: Clone) -> None:
    let_go = clone.tools / "let go"
    killed = interrupted(clone, let_go)
    killed.kill()  # this process, and none of those that it started
    killed.wait()
    second = clone.start()
    assert second.stdout
    assert second.stdout.readline() == WAITS
    let_go.touch()
    second.communicate()
    assert second.returncode == 0
    assert clone.installs() == ["-r requirements.txt"]


def test_an_environment_that_was_not_made_to_its_end_is_rebuilt(clone: Clone) -> None:
    clone.python("python3", STAND_IN.replace('"-m venv "*)', '"-m venv "*) exit 1 ;; no)'))
    assert clone.run().returncode != 0
    clone.python("python3")
    assert ".venv is rebuilt" in clone.run().stdout
    assert clone.installs() == ["-r requirements.txt"]


def test_one_that_was_made_by_hand_and_works_is_kept(clone: Clone) -> None:
    subprocess.run([clone.tools / "bin" / "python3", "-m", "venv", ".venv"], cwd=clone.folder, check=True)
    (clone.folder / ".venv" / "mine").touch()
    assert "rebuilt" not in clone.run().stdout
    assert (clone.folder / ".venv" / "mine").exists()
    assert clone.installs() == ["-r requirements.txt"]


def test_a_moved_folder_gets_a_new_environment(clone: Clone, tmp_path: Path) -> None:
    clone.run()
    clone.installs()
    clone.folder = clone.folder.rename(tmp_path / "moved")
    moved = clone.run()
    assert ".venv is rebuilt: it was moved" in moved.stdout
    assert clone.installs() == ["-r requirements.txt"]
    assert clone.run().stdout == ""


def test_an_environment_whose_python_is_gone_is_rebuilt(clone: Clone) -> None:
    clone.run()
    clone.installs()
    (clone.folder / ".venv" / "bin" / "python").unlink()
    assert "or its Python is gone" in clone.run().stdout
    assert clone.installs() == ["-r requirements.txt"]


def test_torch_alone_comes_from_its_index_and_only_once(clone: Clone) -> None:
    clone.run(TORCH_INDEX="https://index.invalid/cpu")
    torch, rest = clone.installs()
    assert torch == "--no-deps --force-reinstall --index-url https://index.invalid/cpu torch==2.13.0"
    assert rest == "-r requirements.txt"
    assert clone.run(TORCH_INDEX="https://index.invalid/cpu").stdout == ""
    assert clone.run().stdout == ""
    assert clone.installs() == []
    clone.run(TORCH_INDEX="https://index.invalid/other")
    torch, rest = clone.installs()
    assert torch == "--no-deps --force-reinstall --index-url https://index.invalid/other torch==2.13.0"
    assert rest == "-r requirements.txt"


def test_another_torch_comes_from_the_same_index(clone: Clone) -> None:
    clone.run(TORCH_INDEX="https://index.invalid/cpu")
    clone.installs()
    clone.require("torch==2.13.1  # the subject\n-e .\n")
    clone.run(TORCH_INDEX="https://index.invalid/cpu")
    assert clone.installs()[0].endswith("--index-url https://index.invalid/cpu torch==2.13.1")


def test_an_old_python_is_refused_and_a_newer_one_beside_it_found(clone: Clone) -> None:
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"):
        clone.python(name, STAND_IN.replace("3.12.1", "3.9.2"))
    old = clone.run()
    assert old.returncode != 0
    assert "python3 (Python 3.9.2)" in old.stderr
    assert not (clone.folder / ".venv").exists()
    clone.python("python3.12")
    assert "with python3.12 (Python 3.12.1)" in clone.run().stdout


def test_a_python_without_venv_says_which_package_to_install(clone: Clone) -> None:
    for name in ("python3.14", "python3.13", "python3.12", "python3.11", "python"):
        clone.python(name, "#!/bin/sh\nexit 127\n")
    bare = clone.run(STAND_IN_NO_VENV="1")
    assert bare.returncode != 0
    assert "apt install python3-venv" in bare.stderr


def test_the_python_that_is_named_is_the_one_used_or_none(clone: Clone) -> None:
    named = clone.run(PYTHON="no-such-python")
    assert named.returncode != 0
    assert "no-such-python (does not run)" in named.stderr
