"""Which scripts a script imports: where a page names them all, a browser need not find them one by one."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r"""^(?:import|(?:import|export)\b[^"'=()]*\bfrom)\s*["'](\.[^"']+)["']""", re.MULTILINE)


def imported(script: Path) -> list[Path]:
    """The script and all that it imports, directly or not, each once. Raises OSError where one is missing."""
    found = {script: None}
    for path in (open_ := [script]):
        for name in _IMPORT.findall(path.read_text(encoding="utf-8")):
            other = Path(path.parent, name).resolve()
            if other not in found:
                found[other] = None
                open_.append(other)
    return list(found)
