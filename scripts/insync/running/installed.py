"""What is installed beside this Python: its names and versions, and where its files lie."""

import functools
import os
import sys
import sysconfig
from collections.abc import Iterable

_METADATA = (".dist-info", ".egg-info", ".egg-link", ".pth")


def packages(folders: Iterable[str] | None = None) -> tuple[str, ...]:
    """Every distribution as "name-version", sorted, and every .pth file, of the folders on Python's path.

    Read off the names in these folders, afresh whenever one of them changed: a long-lived process sees what
    was installed meanwhile.
    """
    found: set[str] = set()
    for folder in sys.path if folders is None else folders:
        try:
            found.update(_in_folder(folder or ".", os.stat(folder or ".").st_mtime_ns))
        except OSError:
            continue
    return tuple(sorted(found))


@functools.lru_cache(maxsize=64)
def _in_folder(folder: str, _: int) -> tuple[str, ...]:
    if not os.path.isdir(folder):
        return ()
    return tuple(
        name.removesuffix(".dist-info").removesuffix(".egg-info")
        for name in os.listdir(folder)
        if name.endswith(_METADATA)
    )


@functools.cache  # a fork server finds them once, for all forks
def _paths() -> dict[str, str]:
    return sysconfig.get_paths()


def site_folders() -> tuple[str, ...]:
    """Where packages are installed, by a user or a .pth file too, each path with a separator at its end."""
    more = [each for each in sys.path if os.path.basename(each) in ("site-packages", "dist-packages")]
    return tuple({os.path.join(each, "") for each in (_paths()["purelib"], _paths()["platlib"], *more)})


def prefixes() -> set[str]:
    """The folders whose files a record's key covers by versions; the engine's own code among them."""
    paths = {*_paths().values(), *site_folders(), sys.prefix, sys.base_prefix, os.path.dirname(__file__)}
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None:
        paths |= {matplotlib.get_cachedir(), matplotlib.get_configdir()}
    return {path for path in paths if path}
