"""Modules that lie beside a snippet, or on a path of its own: found as Python does, and told of."""

import os
import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
    SourcelessFileLoader,
)
from typing import Any


@dataclass(frozen=True)
class Searched:
    """Whom to tell: of each path (without its ending) that is looked for, each file, and each source."""

    place: Callable[[str], None]
    file: Callable[[str], None]
    source: Callable[[str], None]


class Finder(FileFinder):
    """Finds modules in a local folder; however they are imported, Python comes by here."""

    def __init__(self, folder: str, tell: Searched) -> None:
        loader: Any = partial(_FromSource, tell.source)
        super().__init__(
            folder,
            (ExtensionFileLoader, EXTENSION_SUFFIXES),
            (loader, SOURCE_SUFFIXES),
            (SourcelessFileLoader, BYTECODE_SUFFIXES),
        )
        self._tell = tell

    def find_spec(self, fullname: str, target: types.ModuleType | None = None) -> ModuleSpec | None:
        """Where the module is; of a package's module, its last name is looked for in the package's folder."""
        self._tell.place(os.path.join(self.path, fullname.rpartition(".")[2]))
        spec = super().find_spec(fullname, target)
        if spec and spec.has_location and spec.origin:
            self._tell.file(spec.origin)  # C code is loaded unseen
        return spec


class _FromSource(SourceFileLoader):
    """Reads a module's source at every import: compiled code could be older, and the file would go unseen."""

    def __init__(self, tell: Callable[[str], None], fullname: str, path: str) -> None:
        super().__init__(fullname, path)
        self._tell = tell

    def get_code(self, fullname: str) -> types.CodeType | None:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        self._tell(source.decode("utf-8", "replace"))
        return self.source_to_code(source, path)
