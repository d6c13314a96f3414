"""What a run looked at, as a later build compares it: the kinds of inputs, and the fingerprint of each.

An input's key is "kind:name", where the name is a path relative to the snippets' folder, a variable of the
environment, or, of the kind "never", the reason why the record is of no use to a later build.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from insync.running.job import AS_IS, handed_on, worker_environment

NEVER = "never"  # what cannot be compared: the record is of this run, and the next build runs again
VARIABLE = "env"
ALL_VARIABLES = "*"
OWN_VARIABLES = ("TMPDIR", "TEMP", "TMP")  # set for each run, to a folder of its own
ABSENT = "absent"


def changes(inputs: dict[str, str], base: Path) -> Iterator[tuple[str, str]]:
    """The inputs that are no longer as a run found them, and what has become of each, in words."""
    for key, seen in inputs.items():
        kind, _, name = key.partition(":")
        if kind == NEVER:
            yield f"it {name}", "and no later build can compare that"
        elif (now := fingerprint(kind, name if kind == VARIABLE else base / name)) != seen:
            how = "is gone" if now == ABSENT else "is there now" if seen == ABSENT else "has changed"
            yield shown(key), how


def shown(key: str) -> str:
    """An input in words."""
    kind, _, name = key.partition(":")
    if kind == VARIABLE:
        return "the environment" if name == ALL_VARIABLES else f"the variable {name}"
    return f"it {name}" if kind == NEVER else f"the file {name}"


def fingerprint(kind: str, path: str | os.PathLike[str]) -> str:
    """What a later build compares; never raises.

    Of a file its contents ("read"); of a folder the names and kinds of what is in it ("list"), also sizes
    and times ("scan"), or that of all below it ("tree"); of either whether and as what it exists ("exists"),
    all that stat tells ("stat"), or where it points to ("link"). Of a variable its value ("env").
    """
    if kind == VARIABLE:
        return _of_variable(os.fspath(path))
    try:
        return _LOOKING[kind](os.fspath(path))
    except (OSError, ValueError):  # ValueError: no path can be so
        return ABSENT
    except KeyError:  # a record that is not ours
        return ""


def of_value(value: str | None) -> str:
    """The fingerprint of a variable's value; not the value itself, which may be a secret."""
    return ABSENT if value is None else hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()


def of_variables(variables: dict[str, str]) -> str:
    """The fingerprint of the whole environment, as a worker gets it."""
    return _digest(f"{name}={value}" for name, value in variables.items() if name not in OWN_VARIABLES)


def _of_variable(name: str) -> str:
    if name == ALL_VARIABLES:
        return of_variables(worker_environment(AS_IS))
    return of_value(handed_on(name))


def _contents(path: str) -> str:
    if not stat.S_ISREG(os.stat(path).st_mode):
        return _kind(path)
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kind(path: str) -> str:
    """A file, a directory or something else, and whether by way of a link."""
    if not os.path.islink(path):
        return _kind_of(os.stat(path).st_mode)
    return f"link to {_kind_of(os.stat(path).st_mode) if os.path.exists(path) else 'nothing'}"


def _kind_of(mode: int) -> str:
    return "directory" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "other"


def _state(path: str) -> str:
    seen = [os.lstat(path)]
    with contextlib.suppress(OSError):  # a link to nothing
        seen.append(os.stat(path))
    return ", ".join(f"{each.st_mode:o} {each.st_uid} {each.st_size} {each.st_mtime_ns}" for each in seen)


def _names(path: str) -> str:
    return _listed(path, lambda entry: f"{entry.is_dir()} {entry.is_symlink()} {entry.name}")


def _entries(path: str) -> str:
    return _listed(path, lambda entry: f"{_state_or_nothing(entry.path)} {entry.name}")


def _listed(path: str, tell: Callable[[os.DirEntry[str]], str]) -> str:
    if not os.path.isdir(path):
        return _kind(path)
    with os.scandir(path) as entries:
        return _digest(map(tell, entries))


def _tree(path: str) -> str:
    found = []
    for where, folders, names in os.walk(path):
        below = where[len(path) :]
        found += [f"{below} {name}" for name in folders]
        found += [f"{below} {name} {_state_or_nothing(os.path.join(where, name))}" for name in names]
    return _digest(found) if os.path.isdir(path) else _contents(path)


def _state_or_nothing(path: str) -> str:
    try:
        return _state(path)
    except OSError:  # removed meanwhile
        return ABSENT


def _digest(parts: Iterator[str] | list[str]) -> str:
    return hashlib.sha256("\0".join(sorted(parts)).encode("utf-8", "surrogateescape")).hexdigest()


_LOOKING: dict[str, Callable[[str], str]] = {
    "read": _contents,
    "list": _names,
    "scan": _entries,
    "tree": _tree,
    "exists": _kind,
    "stat": _state,
    "link": os.readlink,
}
