"""Tells when a package has been imported, whoever imports it: a cell, a module beside it, a library."""

import sys
import types
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from importlib.machinery import ModuleSpec
from typing import Any

_Told = Callable[[Any], None]


class Arrivals:
    """A finder before all others, which finds nothing itself."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[_Told]] = {}
        self._aside: Callable[[], AbstractContextManager[None]] = nullcontext

    def install(self, aside: Callable[[], AbstractContextManager[None]]) -> None:
        """Come before what finds modules; what such a package does as it is imported is done `aside`."""
        sys.meta_path.insert(0, self)
        self._aside = aside

    def call(self, name: str, told: _Told) -> None:
        """Call with the module: now if it is there, else as soon as all of it is."""
        if (module := sys.modules.get(name)) is not None:
            told(module)
        else:
            self._waiting.setdefault(name, []).append(told)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the other finders find; of what is waited for, a loader that tells."""
        if name not in self._waiting:
            return None
        others = (each for each in sys.meta_path if each is not self)
        spec = next(filter(None, (each.find_spec(name, path, target) for each in others)), None)
        if spec and spec.loader:
            loader: Any = spec.loader
            loader.exec_module = partial(self._execute, loader, loader.exec_module)
        return spec

    def _execute(self, loader: Any, execute: _Told, module: types.ModuleType) -> None:
        del loader.exec_module  # the loader's own is behind it
        filters = warnings.filters[:]
        with self._aside():
            execute(module)
        # A fork server imports before these are fixed: what the package adds to them is nowhere to be found.
        warnings.filters[:] = filters  # type: ignore[index]
        for told in self._waiting.pop(module.__name__, ()):
            told(module)
