"""What a snippet may not do is refused with one sentence, in its own process and in those that it forks."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from insync.running.refusals import database

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Unix sockets and no fork")
WRITING = "a snippet may write only below tempfile.gettempdir()"
NETWORK = "a snippet may not use the network"
SOCKET = "a snippet may not use a socket of this machine"
REFUSED = {
    "a new database": ("import sqlite3; sqlite3.connect('new.db')", WRITING),
    "a new database by its address": ("import sqlite3; sqlite3.connect('file:new.db', uri=True)", WRITING),
    "a tensor saved by C++": ("import torch; torch.save(torch.zeros(1), 'new.pt')", WRITING),
    "a hard link": ("os.link('data.txt', os.path.join(tempfile.gettempdir(), 'link'))", WRITING),
    "writing by a link": (
        "t = tempfile.gettempdir() + '/here'; os.symlink(os.getcwd(), t); open(t + '/new', 'w')",
        WRITING,
    ),
    "a time set": ("os.utime('data.txt')", WRITING),
    "an owner set": ("os.chown('data.txt', 0, 0)", WRITING),
    "a socket of the network": ("import socket; socket.socket()", NETWORK),
    "this machine by the network": ("import socket; socket.create_connection(('127.0.0.1', 9))", NETWORK),
    "a name looked up": ("import socket; socket.gethostbyname('localhost')", NETWORK),
    "a socket of the system": (
        "import socket; socket.socket(socket.AF_UNIX).connect('/var/run/some.sock')",
        SOCKET,
    ),
    "a socket beside the snippet": ("import socket; socket.socket(socket.AF_UNIX).bind('made')", SOCKET),
}
FORK = "import multiprocessing as m\nm = m.get_context('fork')\n"
IN_A_FORK = {
    "a socket": "def f():\n    import socket; socket.socket()\n",
    "a socket, the error swallowed": (
        "def f():\n    import socket\n    try: socket.socket()\n    except OSError: pass\n"
    ),
    "a file": "def f():\n    open('new', 'w')\n",
}
ALLOWED = {
    "a Unix socket of its own": (
        """
        import socket
        name = tempfile.gettempdir() + "/own"
        with socket.socket(socket.AF_UNIX) as a, socket.socket(socket.AF_UNIX) as b:
            a.bind(name); a.listen(); b.connect(name)
        1
        """,
        "1",
    ),
    "an event loop": ("import asyncio\nasync def f(): return 1\nasyncio.run(f())", "1"),
    "a pool": (FORK + "with m.Pool(2) as p: r = p.map(abs, [-1])\nr", "[1]"),
    "a manager": (FORK + "with m.Manager() as n: r = dict(n.dict(a=1))\nr", "{'a': 1}"),
    "a queue": (FORK + "q = m.Queue(); p = m.Process(target=q.put, args=(1,)); p.start()\nq.get()", "1"),
    "an executor": (
        """
        import multiprocessing as m
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(1, mp_context=m.get_context("fork")) as p: r = list(p.map(abs, [-1]))
        r
        """,
        "[1]",
    ),
    "shared memory": (
        """
        from multiprocessing.shared_memory import SharedMemory
        a = SharedMemory(create=True, size=1); a.buf[0] = 1
        r = a.buf[0]; a.close(); a.unlink()
        r
        """,
        "1",
    ),
    "a tensor sent to another process": (
        """
        import torch, torch.multiprocessing as m
        q = m.get_context("fork").SimpleQueue()
        q.put(torch.ones(1))
        q.get()
        """,
        "tensor([1.])",
    ),
    "workers that load data": (
        """
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        data = TensorDataset(torch.arange(4.0))
        [x.tolist() for (x,) in DataLoader(data, batch_size=2, num_workers=2)]
        """,
        "[[0.0, 1.0], [2.0, 3.0]]",
    ),
    "a database in the temporary folder": (
        """
        import sqlite3
        b = sqlite3.connect(tempfile.gettempdir() + "/new.db")
        b.execute("create table t(x)")
        1
        """,
        "1",
    ),
    "a tensor saved in the temporary folder": (
        """
        import torch
        name = tempfile.gettempdir() + "/new.pt"
        torch.save(torch.ones(1), name)
        torch.load(name)
        """,
        "tensor([1.])",
    ),
    "files moved within the temporary folder": (
        """
        t = tempfile.gettempdir()
        os.mkdir(t + "/a"); open(t + "/b", "w").close(); os.rename(t + "/b", t + "/a/b")
        os.listdir(t + "/a")
        """,
        "['b']",
    ),
}
HEAD = "# %% one\nimport os, tempfile\n"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("code", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_refused_with_its_reason(
    run: Run, tmp_path: Path, code: str, sentence: str
) -> None:
    (tmp_path / "data.txt").touch()
    outcome = run(f"{HEAD}{code}\n")
    assert outcome.problem is not None
    assert sentence in outcome.problem.message
    assert outcome.problem.snippet is not None
    assert outcome.problem.snippet.line == 3
    assert names(tmp_path) == ["data.txt", "made.py"]


@pytest.mark.parametrize("code", IN_A_FORK.values(), ids=IN_A_FORK)
def test_what_a_forked_process_may_not_ends_the_whole_run(run: Run, tmp_path: Path, code: str) -> None:
    outcome = run(f"{HEAD}{FORK}{code}p = m.Process(target=f); p.start(); m.Event().wait()\n")
    assert outcome.problem is not None
    assert outcome.problem.message.startswith(
        "a process that the snippet started was refused what it did: a snippet"
    )
    assert outcome.problem.snippet is not None
    assert outcome.problem.snippet.line in (6, 7)
    assert names(tmp_path) == ["made.py"]


@pytest.mark.parametrize(("code", "value"), ALLOWED.values(), ids=ALLOWED)
def test_what_stays_within_the_run_works_as_in_plain_python(run: Run, code: str, value: str) -> None:
    outcome = run(HEAD + dedent(code).lstrip())
    assert outcome.record is not None, str(outcome.problem)
    assert [output.text for output in outcome.record.cells[0].outputs] == [value]
    assert not any(key.startswith("never:") for key in outcome.record.inputs)


@pytest.mark.parametrize("change", ["insert into t values (1)", "drop table t"])
def test_a_database_beside_the_snippet_is_only_read(run: Run, tmp_path: Path, change: str) -> None:
    with closing(sqlite3.connect(tmp_path / "data.db")) as base:
        base.execute("create table t(x)")
        base.commit()
    outcome = run(
        f"{HEAD}import sqlite3; b = sqlite3.connect('data.db'); b.execute('{change}'); b.commit()\n"
    )
    assert outcome.record is None


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (":memory:", None),
        ("", None),
        ("file::memory:?cache=shared", None),
        ("file:a.db?mode=memory", None),
        ("a.db", ("a.db", False)),
        (b"a.db", ("a.db", False)),
        ("file:a%20b.db?mode=ro#x", ("a b.db", True)),
        ("file:///a/b.db?immutable=1", ("/a/b.db", True)),
        ("file://localhost/a/b.db", ("/a/b.db", False)),
        (3, None),
    ],
)
def test_a_databases_name_is_read_as_sqlite_reads_it(name: object, path: tuple[str, bool] | None) -> None:
    assert database(name) == path
