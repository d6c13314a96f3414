"""What the hooks' tests share: small sites, built and served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_site import Server, SmallSite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def small(tmp_path: Path) -> SmallSite:
    """A site of its own for one test."""
    return SmallSite(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site built once, beneath a path, for the tests that only look at it."""
    site = SmallSite(tmp_path_factory.mktemp("built"))
    result = site.build(
        REPO_URL="https://github.com/OWNER/NAME",
        REPO_NAME="something",
        NOTEBOOKS_BRANCH="some/branch",
        SOURCE_DATE_EPOCH="1700000000",
    )
    assert result.returncode == 0, result.stderr
    return site.root / "site"


@pytest.fixture
def server(small: SmallSite) -> Iterator[Server]:
    """The small site, served."""
    running = Server(small)
    yield running
    running.process.terminate()
    running.process.wait(600)
