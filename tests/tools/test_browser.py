"""Finding a browser, and installing one: with stand-ins for browsers, apt-get and Playwright."""

import sys
from pathlib import Path

import pytest

from tools import browser

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")

A_BROWSER = '#!/bin/sh\necho "<html><body><p>it runs</p></body></html>"\n'
NOT_A_BROWSER = '#!/bin/sh\necho "Command needs the snap to be installed"\nexit 1\n'


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no browser: the folder that is its whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("BROWSER_EXECUTABLE", raising=False)
    monkeypatch.setattr(browser, "MAC_APPLICATIONS", ())
    monkeypatch.setattr(browser, "playwright_browser", lambda: None)
    monkeypatch.setattr(browser, "is_root", lambda: False)
    return folder


def script(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def test_no_browser_is_none(bin_folder: Path) -> None:
    assert browser.find_browser() is None


def test_an_installed_browser_is_found(bin_folder: Path) -> None:
    chromium = script(bin_folder / "chromium", A_BROWSER)
    assert browser.find_browser() == chromium


def test_one_that_does_not_run_is_passed_over(bin_folder: Path) -> None:
    script(bin_folder / "google-chrome", NOT_A_BROWSER)
    edge = script(bin_folder / "microsoft-edge", A_BROWSER)
    assert browser.find_browser() == edge


def test_one_that_only_exits_well_is_passed_over(bin_folder: Path) -> None:
    script(bin_folder / "chromium", "#!/bin/sh\nexit 0\n")
    assert browser.find_browser() is None


def test_the_one_asked_for_comes_first(
    bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(bin_folder / "chromium", A_BROWSER)
    mine = script(tmp_path / "my browser", A_BROWSER)
    monkeypatch.setenv("BROWSER_EXECUTABLE", str(mine))
    assert browser.find_browser() == mine


def test_the_one_asked_for_must_run(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(bin_folder / "chromium", A_BROWSER)
    monkeypatch.setenv("BROWSER_EXECUTABLE", str(script(bin_folder / "mine", NOT_A_BROWSER)))
    with pytest.raises(RuntimeError, match="BROWSER_EXECUTABLE"):
        browser.find_browser()


def apt_get(folder: Path, log: Path, *, fails: int) -> None:
    """An apt-get that fails so many times and then installs a browser; it logs how it was called."""
    script(folder / "parts", A_BROWSER)
    script(
        folder / "apt-get",
        f"""#!/bin/sh
echo "$DEBIAN_FRONTEND $*" >> '{log}'
if [ "$1" = update ]; then
    test "$(/usr/bin/grep -c update '{log}')" -gt {fails}
else
    /bin/cp '{folder}/parts' '{folder}/chromium'
fi
""",
    )


@pytest.mark.parametrize("fails", [0, 1])
def test_root_with_apt_gets_debians_chromium(
    bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: int
) -> None:
    monkeypatch.setattr(browser, "is_root", lambda: True)
    log = tmp_path / "log"
    apt_get(bin_folder, log, fails=fails)
    assert browser.install() == bin_folder / "chromium"
    update = "noninteractive update -qq"
    install = "noninteractive install -y -qq --no-install-recommends chromium"
    assert log.read_text().splitlines() == [update] * (fails + 1) + [install]


def playwright(folder: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Playwright whose download gives a browser; where it will be."""
    own = folder / "own-browser"
    script(folder / "parts", A_BROWSER)
    download = f"#!/bin/sh\necho \"$*\" >> '{log}'\n/bin/cp '{folder}/parts' '{own}'\n"
    command = script(folder / "playwright", download)
    monkeypatch.setattr(browser, "playwright_command", lambda: (str(command),))
    monkeypatch.setattr(browser, "playwright_browser", lambda: own if own.is_file() else None)
    return own


def test_others_get_playwrights_download(
    bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    apt_get(bin_folder, log, fails=0)  # there, but not for people who are not root
    own = playwright(bin_folder, log, monkeypatch)
    assert browser.install() == own
    assert log.read_text().splitlines() == ["install chromium --no-shell"]


def test_where_apt_gives_none_playwright_brings_its_libraries_too(
    bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "is_root", lambda: True)
    log = tmp_path / "log"
    apt_get(bin_folder, log, fails=2)
    own = playwright(bin_folder, log, monkeypatch)
    assert browser.install() == own
    assert log.read_text().splitlines()[-1] == "install chromium --no-shell --with-deps"
    assert "apt-get update -qq failed" in capfd.readouterr().err


def test_none_to_be_had_says_what_to_do(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        browser, "playwright_command", lambda: (str(script(bin_folder / "p", NOT_A_BROWSER)),)
    )
    assert browser.main(["--install"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "BROWSER_EXECUTABLE" in said.err.splitlines()[-1]


def test_the_command_prints_the_path_and_installs_only_when_told(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "install", lambda: pytest.fail("nobody asked for an installation"))
    assert browser.main([]) == 1
    chromium = script(bin_folder / "chromium", A_BROWSER)
    capsys.readouterr()
    assert browser.main([]) == 0
    assert browser.main(["--install"]) == 0
    assert capsys.readouterr().out == f"{chromium}\n" * 2


def test_an_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert browser.main(["--instal"]) == 2
    assert "--install" in capsys.readouterr().err
