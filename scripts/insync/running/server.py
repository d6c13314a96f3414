"""Forks a ready process for every snippet: `python -m insync.running.server FD MODULES SCRATCH`.

Started by `client`. It imports torch once, and then forks in milliseconds. A request is a line of JSON over
a Unix socket, with the two file descriptors that become the child's stdout and stderr; it is answered with
the child's process id, and once more when the child has ended. The server ends, ends its children and
removes what they have written into their folder SCRATCH, when the socket is closed, so nothing is left
behind even when the process that started it is killed.
"""

import contextlib
import ctypes
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
from collections.abc import Collection, Container
from typing import Any

from insync.running import order, start, worker
from insync.running.guard import kill_group

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
# Seconds. While processes come and go, Linux may leave one out of its list of children.
_RESCAN = 1.0


def main() -> None:
    """Serve until the socket closes."""
    os.environ.pop("GLIBC_TUNABLES", None)  # for this process alone; no snippet is to see it
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        order.install()
        cut_network()
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        make_ready(tuple(json.loads(sys.argv[2])))
        children: dict[int, int] = {}
        try:
            _serve(requests, children)
        finally:
            _end(children)
            shutil.rmtree(sys.argv[3], ignore_errors=True)


def make_ready(modules: tuple[str, ...]) -> None:
    """Import what is not imported yet, and do for the first time what would else be done in every fork."""
    if start.preload(modules):
        start.warm_up()
        gc.collect()
        gc.freeze()  # memory that no collection touches stays shared after a fork


def cut_network() -> None:
    """Move into a network namespace without interfaces, where the kernel grants one; else do nothing."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return
    # In a user namespace of our own files could not be written unless our ids are mapped into it.
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(content)


def _serve(requests: socket.socket, children: dict[int, int]) -> None:
    """Fork on request and report deaths. `children` maps process ids to request numbers."""
    wakeup, wakeup_write = os.pipe()
    os.set_blocking(wakeup_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakeup_write)
    while True:
        ready: list[object] = select.select([requests, wakeup], [], [], _RESCAN)[0]  # type: ignore[type-var]
        if not ready:
            _kill_strays(children)
        if wakeup in ready:
            os.read(wakeup, 4096)
            ended = _ended()
            for pid, _ in ended:
                kill_group(pid)  # whatever the snippet left running
            _kill_strays(children)
            for pid, status in ended:
                if pid in children:
                    _send(requests, {"id": children.pop(pid), "status": os.waitstatus_to_exitcode(status)})
        if requests in ready:
            data, descriptors, _, _ = socket.recv_fds(requests, 65536, 2)
            if not data:
                return
            request = json.loads(data)
            make_ready(tuple(request["preload"]))
            pid = os.fork()
            if pid == 0:
                _child(request["job"], descriptors, requests)
            with contextlib.suppress(OSError):
                os.setpgid(pid, pid)  # the child does the same; either may come first
            for descriptor in descriptors:
                os.close(descriptor)
            children[pid] = request["id"]
            _send(requests, {"id": request["id"], "pid": pid})


def _end(children: Collection[int]) -> None:
    """End all children, and wait for them: what they still wrote could not be removed."""
    for child in children:
        kill_group(child)
    for child in children:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)
    _kill_strays(())


def _kill_strays(children: Container[int]) -> None:
    """End what left its snippet's process group and has lost its parent: it is a child of the server now."""
    with contextlib.suppress(OSError), open(f"/proc/self/task/{os.getpid()}/children", "rb") as file:
        for pid in map(int, file.read().split()):
            if pid not in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _ended() -> list[tuple[int, int]]:
    ended = []
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended.append(found)
    return ended


def _send(requests: socket.socket, message: dict[str, Any]) -> None:
    requests.sendall(json.dumps(message).encode() + b"\n")


def _child(job: str, descriptors: list[int], requests: socket.socket) -> None:
    """What the forked process does; it never returns into the server's code."""
    status = 70
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        requests.close()
        os.dup2(descriptors[0], 1)
        os.dup2(descriptors[1], 2)
        for descriptor in descriptors:
            os.close(descriptor)
        worker.main(job, forked=True)
        status = 0
    except BaseException:  # noqa: BLE001 - the parent's code must never run in the child
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
