"""A page may name at once every script that another imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conv1d_site.steps.prepare.modules import imported

if TYPE_CHECKING:
    from pathlib import Path


def test_each_script_is_named_once_however_it_is_reached(tmp_path: Path) -> None:
    texts = {
        "figure.js": """import { a } from "./kit.js"
import {
  b,
  c,
} from "./figure/parts.js"
import("./later.js")
""",
        "kit.js": "// import nothing from './gone.js'\nexport const a = 1\n",
        "figure/parts.js": """import { a } from '../kit.js'
export { c } from './deep.js'
export const b = "./no.js"
""",
        "figure/deep.js": 'import "../figure.js"\nexport const c = 2\n',
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = [
        path.relative_to(tmp_path.resolve()).as_posix()
        for path in imported((tmp_path / "figure.js").resolve())
    ]
    assert found == ["figure.js", "kit.js", "figure/parts.js", "figure/deep.js"]


def test_a_script_that_is_missing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "figure.js").write_text('import "./gone.js"\n', encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        imported(tmp_path / "figure.js")
