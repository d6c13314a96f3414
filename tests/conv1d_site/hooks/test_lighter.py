"""What readers load of a built site, and what authors see under `serve`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from conftest import ROOT

from conv1d_site.hooks import command, lighter

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

THEME = ROOT / "docs/theme/assets"


def test_each_language_has_light_files_of_its_own(built: Path) -> None:
    for assets in (built / "assets", built / "zh/assets"):
        for name in ("stylesheets/content.css", "javascripts/search.js", "fonts/stix-two-math.woff2"):
            assert 0 < (assets / name).stat().st_size < (THEME / name).stat().st_size
        (main,) = assets.glob("stylesheets/main.*.min.css")
        sheet = main.read_text(encoding="utf-8")
        assert ".md-header" in sheet
        assert ".md-typeset .mermaid" not in sheet


def test_under_serve_files_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "run", command.Run("serve"))
    config: Any = SimpleNamespace()  # nothing of it is asked
    lighter.on_post_build(config)
