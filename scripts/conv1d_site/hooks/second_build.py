"""The build of another language's pages in a process of its own, beside that of the main one's.

Rendering is most of a build's time, and Python renders on one core. The process is a build like any other,
of the language's own configuration; what it differs in is that the first process runs the snippets for both,
and tells what the second has to say.
"""

from __future__ import annotations

import logging
import logging.handlers
import multiprocessing
import os
import queue
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, BuildError

from conv1d_site.hooks import share
from insync.rendering.shared import share_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from mkdocs.config.defaults import MkDocsConfig

    from insync.project.project import Project
    from insync.settings import Settings

log = logging.getLogger("mkdocs.plugins.site_hooks")

_PATIENCE = 5.0  # seconds
_spawning = multiprocessing.get_context("spawn")  # a fork of a process with threads can hang


@dataclass(frozen=True)
class Order:
    """What is to be built: a configuration, into `site_dir`; the rest as the first process was told."""

    config_file: str
    site_dir: str
    site_url: str | None
    use_directory_urls: bool
    level: int  # of the messages that are wanted
    afresh: bool  # whether it is to use nothing that earlier builds have made
    day: str  # that its pages say


@dataclass(frozen=True)
class Result:
    """What the build has to say, and whether it came to its end."""

    messages: tuple[logging.LogRecord, ...]
    done: bool


class Building:
    """A build that is under way. Ends with this process, however that ends."""

    def __init__(
        self,
        config_file: str,
        site_dir: str,
        config: MkDocsConfig,
        project: Project,
        *,
        afresh: bool,
        day: str,
    ) -> None:
        self._name = config_file
        level = logging.getLogger("mkdocs").getEffectiveLevel()
        order = Order(config_file, site_dir, config.site_url, config.use_directory_urls, level, afresh, day)
        self._result, theirs = _spawning.Pipe(duplex=False)
        ours, asks = _spawning.Pipe()
        self._process = _spawning.Process(
            target=_build, args=(order, project.settings, asks, theirs), daemon=True
        )
        with _interrupts_ignored():  # Ctrl-C in the terminal is for this process, which then ends that one
            self._process.start()
        theirs.close()  # the other end is then the only one, and its loss is noticed
        asks.close()
        threading.Thread(target=share.answer, args=(ours, project), daemon=True).start()

    def finish(self) -> bool:
        """Wait for the end of the build, tell what it has to tell, and whether it has written its pages."""
        try:
            result: Result = self._result.recv()
        except EOFError:
            self._process.join()
            status = self._process.exitcode
            raise BuildError(
                f"{self._name}: the process that built it ended before its time (exit status {status})"
            ) from None
        self._kill()
        for message in result.messages:
            logging.getLogger(message.name).handle(message)
        return result.done

    def end(self) -> None:
        """End the process, whatever it is at, once it has removed what it made for a while."""
        self._process.terminate()
        self._process.join(_PATIENCE)
        self._kill()

    def _kill(self) -> None:
        self._process.kill()
        self._process.join()


def _build(order: Order, settings: Settings, asks: Connection, result: Connection) -> None:
    """What the process does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    messages: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    logger = logging.getLogger("mkdocs")
    logger.setLevel(order.level)
    logger.propagate = False
    logger.addHandler(logging.handlers.QueueHandler(messages))
    done = False
    try:
        share_project(share.asking(asks, settings))
        config = load_config(
            order.config_file,
            site_dir=order.site_dir,
            site_url=order.site_url,
            use_directory_urls=order.use_directory_urls,
            strict=False,
        )
        config.extra |= {"afresh": order.afresh, "day": order.day}
        config.plugins.on_startup(command="build", dirty=False)
        try:
            build(config)
        finally:
            config.plugins.on_shutdown()
        done = True
    except Abort:
        pass  # why, is among the messages
    except Exception as error:
        log.error("%s", error, exc_info=not isinstance(error, BuildError))
    result.send(Result(tuple(messages.get() for _ in range(messages.qsize())), done))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE)
    os._exit(1)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """A process that is started here ignores Ctrl-C; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
