"""All ways in which a snippet can look at something, and what the cache makes of each."""

from __future__ import annotations

import gzip
import os
import sqlite3
import sys
import zipfile
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import torch
from conftest import CountingRunner

from insync.publishing.explain import explain
from insync.running.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

# torch announces another format; TorchScript files are read for a long time to come.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux")


# --- What is beside the snippet, and how it changes ---------------------------------------------------------


def lay_out(folder: Path, step: int = 1) -> None:
    """Files of every kind; all of them say `step`."""
    (folder / "folder/deep").mkdir(parents=True, exist_ok=True)
    (folder / "data.txt").write_text(str(step), encoding="utf-8")
    (folder / "folder/part1.raw").write_bytes(bytes([step] * 3))
    (folder / "data.raw").write_bytes(bytes([step] * 3))
    (folder / "helper.py").write_text(f"value = {step}\n", encoding="utf-8")
    (folder / "data.gz").write_bytes(gzip.compress(b"%d" % step))
    with zipfile.ZipFile(folder / "data.zip", "w") as archive:
        archive.writestr("module_in_zip.py", f"value = {step}\n")
    for name in ("data.db", "other.db"):
        (folder / name).unlink(missing_ok=True)
        with closing(sqlite3.connect(folder / name)) as base:
            base.execute("create table t(x)")
            base.execute("insert into t values (?)", (step,))
            base.commit()
    torch.save({"step": torch.tensor(step)}, folder / "data.pt")
    torch.jit.save(torch.jit.script(Steps(step)), folder / "script.pt")


class Steps(torch.nn.Module):
    """A number as a module that TorchScript can keep."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step

    def forward(self) -> int:
        return self.step


def contents(folder: Path) -> None:
    """Other contents, with the sizes and times of before."""
    before = {path: path.stat() for path in folder.rglob("*") if path.is_file() and path.name != "made.py"}
    lay_out(folder, 2)
    for path, status in before.items():
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def size(folder: Path) -> None:
    (folder / "data.txt").write_text("longer", encoding="utf-8")
    (folder / "folder/part1.raw").write_bytes(b"longer")


def time(folder: Path) -> None:
    os.utime(folder / "data.txt", (1, 1))
    os.utime(folder / "folder/part1.raw", (1, 1))


def mode(folder: Path) -> None:
    (folder / "data.txt").chmod(0o400)


def one_more(folder: Path) -> None:
    (folder / "folder/more.txt").touch()


def there(folder: Path) -> None:
    (folder / "missing.txt").touch()
    (folder / "missing.py").touch()


def link(folder: Path) -> None:
    (folder / "link").unlink()
    (folder / "link").symlink_to("data.raw")


def variable(_: Path) -> None:
    os.environ["INSYNC_TEST_STEPS"] = "2"


def line(folder: Path) -> None:
    made = folder / "made.py"
    made.write_text("# One more line.\n" + made.read_text(encoding="utf-8"), encoding="utf-8")


# --- The table ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """A way of looking: some code, after which changes it is run again, and which it cannot see (`blind`)."""

    code: str
    changes: tuple[Callable[[Path], None], ...] = ()
    blind: tuple[Callable[[Path], None], ...] = ()


IN_THE_KEY = {
    "contents of a file": Way("open('data.txt').read()", (contents,), (time, mode)),
    "a file by a descriptor": Way("os.read(os.open('data.txt', os.O_RDONLY), 9)", (contents,)),
    "a file relative to an open folder": Way(
        "os.read(os.open('part1.raw', os.O_RDONLY, dir_fd=os.open('folder', os.O_RDONLY)), 9)", (contents,)
    ),
    "a file by a link to it": Way("Path('link').read_text()", (contents, link)),
    "a file by a link made in the temporary folder": Way(
        "os.symlink(os.path.abspath('data.txt'), tempfile.gettempdir() + '/l');"
        "open(tempfile.gettempdir() + '/l').read()",
        (contents,),
    ),
    "a compressed file": Way("import gzip; gzip.open('data.gz').read()", (contents,)),
    "an archive": Way("import zipfile; zipfile.ZipFile('data.zip').namelist()", (contents,)),
    "an import": Way("import helper", (contents,)),
    "an import by name": Way("import importlib; importlib.import_module('helper')", (contents,)),
    "an import from an archive": Way("sys.path.insert(0, 'data.zip'); import module_in_zip", (contents,)),
    "an import that fails": Way("try: import missing\n    except ImportError: pass", (there,)),
    "whether a module is there": Way("import importlib.util as u; u.find_spec('missing')", (there,)),
    "existence": Way(
        "os.path.exists('missing.txt'), Path('data' + '.txt').is_file()", (there,), (time, size, mode)
    ),
    "a size": Way("os.path.getsize('data.txt')", (size,), (there,)),
    "a time": Way("Path('data.txt').stat().st_mtime", (time,), (there,)),
    "a mode": Way("os.stat('data.txt').st_mode, os.access('data.txt', os.W_OK)", (mode,)),
    "rights alone": Way("os.access('data.txt', os.W_OK)", (mode,)),
    "an open file's state": Way("f = open('data.txt'); os.fstat(f.fileno()).st_mtime", (time,)),
    "a state relative to an open folder": Way(
        "os.stat('part1.raw', dir_fd=os.open('folder', os.O_RDONLY)).st_size", (size, time)
    ),
    "where a link points to": Way("os.readlink('link'), os.path.realpath('link')", (link,)),
    "names in a folder": Way(
        "os.listdir('folder'), list(Path('folder').glob('*'))", (one_more,), (size, time)
    ),
    "names in an open folder": Way("os.listdir(os.open('folder', os.O_RDONLY))", (one_more,)),
    "sizes in a folder": Way(
        "[each.stat().st_size for each in os.scandir('folder')]", (size, time, one_more)
    ),
    "sizes in a folder, by pathlib": Way(
        "[e.stat().st_size for e in Path('folder').iterdir()]", (size, one_more)
    ),
    "a walk": Way("[len(names) for _, _, names in os.walk('.')]", (one_more,)),
    "a database": Way(
        "import sqlite3; sqlite3.connect('data.db').execute('select x from t').fetchall()", (contents,)
    ),
    "a database by its address": Way(
        "import sqlite3; base = sqlite3.connect('file:data.db?mode=ro', uri=True);"
        "base.execute('select x from t').fetchall()",
        (contents,),
    ),
    "a database attached to another": Way(
        "import sqlite3; b = sqlite3.connect(':memory:'); b.execute(\"attach 'other.db' as o\");"
        "b.execute('select x from o.t').fetchall()",
        (contents,),
    ),
    "a file that torch maps": Way(
        "import torch; torch.from_file('data.raw', size=3, dtype=torch.uint8)", (contents,)
    ),
    "a file that torch maps, its name made up": Way(
        "import torch; n = 1; name = os.path.join('folder', f'part{n}.raw');"
        "torch.from_file(name, size=3, dtype=torch.uint8)",
        (contents,),
    ),
    "a file that torch maps, named by keyword": Way(
        "import torch; torch.from_file(filename=f'data{os.extsep}raw', size=3, dtype=torch.uint8)",
        (contents,),
    ),
    "a size, by keyword": Way("os.stat(path='data' + '.txt').st_size", (size,)),
    "a storage of torch": Way(
        "import torch; n = 1; torch.UntypedStorage.from_file('folder' + os.sep + f'part{n}.raw', False, 3)",
        (contents,),
    ),
    "a file of torch": Way("import torch; torch.load('data.pt')", (contents,)),
    "a file of torch, mapped": Way("import torch; torch.load('data.pt', mmap=True)['step']", (contents,)),
    "a script of torch": Way("import torch; torch.jit.load('script.pt')()", (contents,)),
    "a script of torch, its name made up": Way(
        "import torch; torch.jit.load('.'.join(['script', 'pt']))()", (contents,)
    ),
    "an archive of torch, its name made up": Way(
        "import torch; torch._C.PyTorchFileReader('.'.join(['data', 'pt'])).get_all_records()", (contents,)
    ),
    "an array of NumPy, mapped": Way("import numpy; numpy.memmap('data.raw', mode='r').sum()", (contents,)),
    "an array of NumPy": Way("import numpy; numpy.fromfile('data.raw', numpy.uint8)", (contents,)),
    "a file read by a forked process": Way(
        "import multiprocessing as m\n    look = lambda: open('data' + '.txt').read()\n"
        "    p = m.get_context('fork').Process(target=look); p.start(); p.join()",
        (contents,),
    ),
    "a file read by a thread": Way(
        "import threading\n    look = lambda: open('data' + '.txt').read()\n"
        "    t = threading.Thread(target=look); t.start(); t.join()",
        (contents,),
    ),
    "a variable": Way("os.environ.get('INSYNC_TEST_STEPS', '3')", (variable,)),
    "a variable, by getenv": Way("os.getenv('INSYNC_TEST_STEPS')", (variable,)),
    "a variable, as bytes": Way("os.environb.get(b'INSYNC_TEST_STEPS')", (variable,)),
    "whether there is a variable": Way("'INSYNC_TEST_STEPS' in os.environ", (variable,)),
    "a variable in a path": Way("os.path.expandvars('$INSYNC_TEST_STEPS')", (variable,)),
    "all variables": Way("dict(os.environ), len(os.environ)", (variable,)),
    "all variables, as text": Way("repr(os.environ)", (variable,)),
    "the line of the code": Way("sys._getframe().f_lineno", (line,)),
    "the source of the snippet": Way("open(__file__).read()", (line,)),
}
NEVER_FROM_THE_CACHE = {
    "a program, by subprocess": ("import subprocess; subprocess.run(['true'])", "starts another program"),
    "a program, by the shell": ("os.system('true')", "starts another program"),
    "a program, by spawning": ("os.spawnvp(os.P_WAIT, 'true', ['true'])", "starts another program"),
    "a Python, by multiprocessing": (
        "import multiprocessing as m; p = m.get_context('spawn').Process(target=print); p.start(); p.join()",
        "starts another program",
    ),
    "C code": ("import ctypes; ctypes.CDLL(None).getpid()", "calls C code by ctypes"),
    "the date": ("import datetime; datetime.datetime.now()", "asks for the time of now"),
    "the date, by another name": ("import datetime as d; f = d.date.today; f()", "asks for the time of now"),
    "NumPy's date": ("import numpy; numpy.datetime64('today')", "asks for the time of now"),
    "the clock": ("import time; time.time()", "asks for the time of now"),
    "the clock in a message": (
        "import logging; logging.basicConfig(format='%(asctime)s'); logging.warning('')",
        "asks for the time of now",
    ),
    "the clock as text": ("import time; time.strftime('%Y')", "asks for the time of now"),
    "the date in a module": ("import dated", "asks for the time of now"),
    "the processes": ("open('/proc/meminfo').read()", "looks at /proc/meminfo"),
    "the list of processes": ("os.listdir('/proc')", "looks at /proc"),
    "the devices": ("open('/sys/kernel/mm/transparent_hugepage/enabled').read()", "looks at /sys"),
    "the room on a disk": ("import shutil; shutil.disk_usage('.')", "asks how full a disk is"),
    "the load": ("os.getloadavg()", "asks how busy the machine is"),
}
NOT_SEEN = {
    "a clock that measures": "import time; time.perf_counter(), time.monotonic(), time.process_time()",
    "a time that is given": "import time; time.strftime('%Y', time.gmtime(0)), time.ctime(0)",
    "a message": "import logging; logging.warning('soon')",
    "the machine's name, which is in the key": "import platform; platform.platform(), platform.node()",
    "a constant date": "import datetime; datetime.date(2020, 1, 1)",
    "temporary files": "f = tempfile.NamedTemporaryFile(); f.write(b'1'); os.path.getsize(f.name)",
    "a database in memory": "import sqlite3; sqlite3.connect(':memory:').execute('select 1').fetchall()",
    "chance": "import random; random.SystemRandom().random(); os.urandom(3);",
    "processes of its own": "import multiprocessing as m; m.get_context('fork').Pool(1).map(abs, [1])",
}
HEAD = "# %% one\nimport os, sys, tempfile\nfrom pathlib import Path\nif True:\n    "


@pytest.fixture
def beside(site: Site, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The snippets' folder with files of every kind; its one snippet is yet to be written."""
    monkeypatch.delenv("INSYNC_TEST_STEPS", raising=False)
    monkeypatch.setenv("INSYNC_TEST_STEPS", "1")
    site.page("```snippet\nmade\n```\n")
    folder = site.settings.snippets
    lay_out(folder)
    (folder / "link").symlink_to("data.txt")
    (folder / "dated.py").write_text("import datetime\nnow = datetime.datetime.now()\n", encoding="utf-8")
    return folder


def is_run(site: Site) -> bool:
    """Whether a new build runs the snippet; it must succeed."""
    site.runner.runs.clear()
    project = site.new_project()
    project.start()
    (task,) = project.tasks()
    assert task.outcome.problem is None, str(task.outcome.problem)
    return site.runner.names == ["made"]


@pytest.mark.parametrize("way", IN_THE_KEY.values(), ids=IN_THE_KEY)
def test_what_a_snippet_looked_at_runs_it_again_when_it_changed(site: Site, beside: Path, way: Way) -> None:
    if variable in way.changes:
        site.runner = CountingRunner(Runner(fork=False))  # the session's fork server has its own variables
    site.snippet(HEAD + way.code + "\n")
    assert is_run(site)
    assert not is_run(site)
    for change in way.blind:
        change(beside)
        assert not is_run(site), f"{change.__name__} cannot be seen"
    for change in way.changes:
        change(beside)
        assert is_run(site), change.__name__
        assert not is_run(site)


@pytest.mark.parametrize(("code", "reason"), NEVER_FROM_THE_CACHE.values(), ids=NEVER_FROM_THE_CACHE)
@linux
def test_what_no_later_build_can_compare_is_run_every_time(
    site: Site, beside: Path, code: str, reason: str
) -> None:
    site.snippet(HEAD + code + ";\n")
    assert is_run(site)
    assert is_run(site)
    (said,) = explain(site.new_project(), "made").reasons
    assert said.startswith(f"it {reason}")
    assert said.endswith("and no later build can compare that")


def test_the_time_that_a_compiler_takes_of_its_own_steps_is_not_the_snippets(
    site: Site, beside: Path
) -> None:
    site.snippet(HEAD + "import torch; torch.compile(torch.nn.Identity(), backend='eager')(torch.ones(1))\n")
    project = site.new_project()
    project.start()
    inputs = project.outcome("made").inputs
    assert inputs
    assert not [each for each in inputs if each.startswith("never:")]


@pytest.mark.parametrize("code", NOT_SEEN.values(), ids=NOT_SEEN)
def test_what_tells_nothing_of_this_machine_leaves_the_record_in_the_cache(
    site: Site, beside: Path, code: str
) -> None:
    site.snippet(HEAD + code + "\n")
    assert is_run(site)
    contents(beside)
    size(beside)
    assert not is_run(site)


def test_a_date_that_a_page_asks_for_is_asked_every_time(site: Site) -> None:
    site.snippet("# %% one\nimport datetime\n")
    site.page("```snippet\nmade\n```\n\n`{python} datetime.date.today():%Y`\n")
    assert is_run(site)
    assert is_run(site)
