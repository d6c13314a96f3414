"""Finding a browser, and installing one: with stand-ins for browsers, apt-get and Playwright."""

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import BrowserType, sync_playwright

from tools import browser

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")

A_BROWSER = "#!/bin/sh\n# it runs\n"
NOT_A_BROWSER = '#!/bin/sh\necho "Command needs the snap to be installed"\nexit 1\n'


class Machine:
    """A machine with no browser yet: the folder that is its PATH, and where the channels' browsers are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.channels: dict[str, Path] = {}

    def program(self, name: str, text: str) -> Path:
        return script(self.folder / name, text)

    def runs(self, _: object, *, channel: str | None = None, executable: str | None = None) -> Path | None:
        path = self.channels.get(channel) if channel else executable and Path(executable)
        return path if path and path.is_file() and path.read_text(encoding="utf-8") == A_BROWSER else None


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    folder = tmp_path / "bin"
    folder.mkdir()
    made = Machine(folder)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("BROWSER_EXECUTABLE", raising=False)
    monkeypatch.setattr(browser, "sync_playwright", nullcontext)
    monkeypatch.setattr(browser, "runs", made.runs)
    monkeypatch.setattr(browser, "is_root", lambda: False)
    return made


def script(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def test_no_browser_is_none(machine: Machine) -> None:
    assert browser.find_browser() is None


def test_an_installed_browser_is_found(machine: Machine) -> None:
    chromium = machine.program("chromium", A_BROWSER)
    assert browser.find_browser() == chromium


@pytest.mark.parametrize("channel", ["chrome", "msedge", "chromium"])
def test_what_playwright_finds_is_found(machine: Machine, tmp_path: Path, channel: str) -> None:
    machine.channels[channel] = script(tmp_path / "found", A_BROWSER)
    assert browser.find_browser() == tmp_path / "found"


def test_an_installed_browser_comes_before_a_downloaded_one(machine: Machine, tmp_path: Path) -> None:
    machine.channels["chromium"] = script(tmp_path / "downloaded", A_BROWSER)
    chromium = machine.program("chromium", A_BROWSER)
    assert browser.find_browser() == chromium


def test_one_that_does_not_run_is_passed_over(machine: Machine, tmp_path: Path) -> None:
    machine.program("chromium", NOT_A_BROWSER)
    machine.channels = {
        "chrome": script(tmp_path / "chrome", NOT_A_BROWSER),
        "chromium": script(tmp_path / "downloaded", A_BROWSER),
    }
    assert browser.find_browser() == tmp_path / "downloaded"


def test_the_one_asked_for_comes_first(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.program("chromium", A_BROWSER)
    mine = script(tmp_path / "my browser", A_BROWSER)
    monkeypatch.setenv("BROWSER_EXECUTABLE", str(mine))
    assert browser.find_browser() == mine


@pytest.mark.parametrize("asked", ["mine", "no such browser"])
def test_the_one_asked_for_must_run(machine: Machine, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    machine.program("chromium", A_BROWSER)
    machine.program("mine", NOT_A_BROWSER)
    monkeypatch.setenv("BROWSER_EXECUTABLE", asked)
    with pytest.raises(RuntimeError, match="BROWSER_EXECUTABLE"):
        browser.find_browser()


def really_runs(**how: str) -> Path | None:
    """`runs` with the real Playwright; in a thread, for the browser tests keep theirs open in this one."""

    def ask() -> Path | None:
        with sync_playwright() as playwright:
            return browser.runs(playwright, **how)

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(ask).result()


@pytest.mark.parametrize("text", [NOT_A_BROWSER, "#!/bin/sh\nexit 0\n"])
def test_what_is_no_browser_does_not_run(tmp_path: Path, text: str) -> None:
    assert really_runs(executable=str(script(tmp_path / "chromium", text))) is None


def test_a_channel_that_is_not_installed_does_not_run() -> None:
    assert really_runs(channel="msedge-canary") is None


@pytest.mark.browser
def test_a_real_browser_tells_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    executable = os.environ.get("BROWSER_EXECUTABLE") or shutil.which("chromium")
    if executable is None or really_runs(executable=executable) is None:
        pytest.skip(f"There is no browser. {browser.ADVICE}")
    launch = BrowserType.launch
    monkeypatch.setattr(
        BrowserType,
        "launch",  # a channel that finds this browser
        lambda self, **how: launch(self, **{**how, "channel": None, "executable_path": executable}),
    )
    told = really_runs(channel="chrome")
    monkeypatch.undo()
    assert told is not None
    assert really_runs(executable=str(told)) == told


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
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: int
) -> None:
    monkeypatch.setattr(browser, "is_root", lambda: True)
    log = tmp_path / "log"
    apt_get(machine.folder, log, fails=fails)
    assert browser.install() == machine.folder / "chromium"
    update = "noninteractive update -qq"
    install = "noninteractive install -y -qq --no-install-recommends chromium"
    assert log.read_text().splitlines() == [update] * (fails + 1) + [install]


def downloads(machine: Machine, log: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Playwright whose download gives a browser; where it will be."""
    own = machine.channels["chromium"] = machine.folder / "own-browser"
    script(machine.folder / "parts", A_BROWSER)
    download = f"#!/bin/sh\necho \"$*\" >> '{log}'\n/bin/cp '{machine.folder}/parts' '{own}'\n"
    monkeypatch.setattr(browser, "PLAYWRIGHT", (str(machine.program("playwright", download)),))
    return own


def test_others_get_playwrights_download(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    apt_get(machine.folder, log, fails=0)  # there, but not for people who are not root
    own = downloads(machine, log, monkeypatch)
    assert browser.install() == own
    assert log.read_text().splitlines() == ["install chromium --no-shell"]


def test_where_apt_gives_none_playwright_brings_its_libraries_too(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "is_root", lambda: True)
    log = tmp_path / "log"
    apt_get(machine.folder, log, fails=2)
    own = downloads(machine, log, monkeypatch)
    assert browser.install() == own
    assert log.read_text().splitlines()[-1] == "install chromium --no-shell --with-deps"
    assert "apt-get update -qq failed" in capfd.readouterr().err


def test_none_to_be_had_says_what_to_do(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "PLAYWRIGHT", (str(machine.program("p", NOT_A_BROWSER)),))
    done = CliRunner().invoke(browser.main, ["--install"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "BROWSER_EXECUTABLE" in done.stderr.splitlines()[-1]


def test_the_command_prints_the_path_and_installs_only_when_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "install", lambda: pytest.fail("nobody asked for an installation"))
    run = CliRunner().invoke
    assert run(browser.main).exit_code == 1
    chromium = machine.program("chromium", A_BROWSER)
    for arguments in ([], ["--install"]):
        done = run(browser.main, arguments)
        assert (done.exit_code, done.stdout) == (0, f"{chromium}\n")


def test_an_unknown_argument_is_refused() -> None:
    done = CliRunner().invoke(browser.main, ["--instal"])
    assert done.exit_code == 2
    assert "--install" in done.stderr
