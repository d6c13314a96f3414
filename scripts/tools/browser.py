"""Finds a browser that runs, for the tests that open the site; as a command, installs one if need be.

    python scripts/tools/browser.py             prints the browser's path
    python scripts/tools/browser.py --install   the same, and installs one first if need be

Both exit with 1, and say on stderr what to do, when there is none in the end.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ADVICE = "Install Chrome, Chromium or Edge, or set BROWSER_EXECUTABLE to one."

COMMANDS = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chrome",
    "msedge",
)
MAC_APPLICATIONS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS_PROGRAMS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)


def find_browser() -> Path | None:
    """The first browser that runs: BROWSER_EXECUTABLE's, an installed one, Playwright's own; else None.

    Raises RuntimeError when BROWSER_EXECUTABLE is set and does not run: no other was asked for.
    """
    if asked := os.environ.get("BROWSER_EXECUTABLE"):
        found = shutil.which(asked)
        if found is None or not runs(Path(found)):
            raise RuntimeError(f"BROWSER_EXECUTABLE is {asked}, which does not run as a headless browser.")
        return Path(found)
    return next((browser for browser in candidates() if runs(browser)), None)


def candidates() -> Iterator[Path]:
    """Browsers that exist, the preferred first; Playwright's own last, for asking it takes a moment."""
    for command in COMMANDS:
        if found := shutil.which(command):
            yield Path(found)
    for path in well_known_places():
        if path.is_file():
            yield path
    if downloaded := playwright_browser():
        yield downloaded


def well_known_places() -> Iterator[Path]:
    """Where browsers are on macOS and Windows, which do not put them on PATH."""
    system = platform.system()
    if system == "Darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield from (folder / application for application in MAC_APPLICATIONS)
    if system == "Windows":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            if folder_name := os.environ.get(variable):
                yield from (Path(folder_name) / program for program in WINDOWS_PROGRAMS)


def playwright_browser() -> Path | None:
    """The browser that Playwright has downloaded for itself, if Playwright is installed and has done so."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() else None


def is_root() -> bool:
    """Whether this is root, for whom Chromium wants --no-sandbox and apt-get works. Never so on Windows."""
    return sys.platform != "win32" and os.geteuid() == 0


def runs(browser: Path) -> bool:
    """Whether the browser opens a page and says what is on it.

    A file of that name is not enough: Ubuntu's chromium-browser only tells to install a snap, and one whose
    libraries are missing does not start. `--version` opens a window on Windows, so a page it is.
    """
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        command = [
            str(browser),
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            *(["--no-sandbox"] if is_root() else []),
            f"--user-data-dir={profile}",
            "--dump-dom",
            "data:text/html,<p>it runs</p>",
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0 and b"<p>it runs</p>" in done.stdout


def install() -> Path | None:
    """Installs a browser and returns it, or None: as root with apt-get Debian's, else Playwright's own."""
    with_apt = is_root() and shutil.which("apt-get") is not None
    if with_apt:
        say("No browser is installed. Installing Debian's chromium (about 100 MB) with apt-get.")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for _ in range(2):  # a mirror that is busy now mostly answers the second time
            if step(["apt-get", "update", "-qq"], environment) and step(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], environment
            ):
                break
        if browser := find_browser():
            return browser
    say("Downloading Playwright's own browser (about 170 MB).")
    step([*playwright_command(), "install", "chromium", "--no-shell", *(["--with-deps"] if with_apt else [])])
    return find_browser()


def playwright_command() -> Sequence[str]:
    """The command line of Playwright in this environment."""
    return (sys.executable, "-m", "playwright")


def step(command: Sequence[str], environment: dict[str, str] | None = None) -> bool:
    """Runs one command of an installation; where it fails, shows the end of its output, returns False."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=600,
        )
    except subprocess.TimeoutExpired:
        say(f"{' '.join(command)}: no end after ten minutes.")
        return False
    if done.returncode != 0:
        last_lines = "\n  ".join(done.stdout.strip().splitlines()[-5:])
        say(f"{' '.join(command)} failed:\n  {last_lines}")
    return done.returncode == 0


def say(message: str) -> None:
    """Says something to the person at the terminal; stdout is kept for the path."""
    print(message, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """The command line: prints a browser's path, 0; or advice on stderr, 1."""
    unknown = [argument for argument in arguments if argument != "--install"]
    if unknown:
        say(f"Unknown: {' '.join(unknown)}\n{__doc__}")
        return 2
    try:
        browser = find_browser() or (install() if "--install" in arguments else None)
    except RuntimeError as error:
        say(str(error))
        return 1
    if browser is None:
        say(f"No browser could be found{' or installed' if '--install' in arguments else ''}. {ADVICE}")
        return 1
    print(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
