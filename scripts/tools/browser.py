"""Finds a browser that runs, for the tests that open the site; as a command, installs one if need be.

    python scripts/tools/browser.py             prints the browser's path
    python scripts/tools/browser.py --install   the same, and installs one first if need be

Both exit with 1, and say on stderr what to do, when there is none in the end.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
from playwright.sync_api import Error, Playwright, sync_playwright

ADVICE = "Install Chrome, Chromium or Edge, or set BROWSER_EXECUTABLE to one."
PLAYWRIGHT = (sys.executable, "-m", "playwright")


def find_browser() -> Path | None:
    """The first browser that runs: BROWSER_EXECUTABLE's, an installed one, Playwright's own; else None.

    Raises RuntimeError when BROWSER_EXECUTABLE is set and does not run: no other was asked for.
    """
    with sync_playwright() as playwright:
        if asked := os.environ.get("BROWSER_EXECUTABLE"):
            if found := runs(playwright, executable=shutil.which(asked)):
                return found
            raise RuntimeError(f"BROWSER_EXECUTABLE is {asked}, which does not run as a headless browser.")
        return (
            runs(playwright, channel="chrome")
            or runs(playwright, channel="msedge")
            or runs(playwright, executable=shutil.which("chromium"))  # Linux packages, which are no channel
            or runs(playwright, channel="chromium")  # the one that Playwright has downloaded for itself
        )


def runs(playwright: Playwright, *, channel: str | None = None, executable: str | None = None) -> Path | None:
    """The path of a browser, if it opens a page: one that Playwright finds by its channel, or an executable.

    A file of that name is not enough: Ubuntu's chromium-browser only tells to install a snap, and one whose
    libraries are missing does not start. Only a running browser tells the path of a channel.
    """
    if not (channel or executable):
        return None
    try:
        with playwright.chromium.launch(
            channel=channel, executable_path=executable, args=["--enable-automation"], timeout=60_000
        ) as browser:
            browser.new_page().set_content("<p>it runs</p>")
            # Answered under --enable-automation only.
            command = browser.new_browser_cdp_session().send("Browser.getBrowserCommandLine")
    except Error:
        return None
    return Path(executable or command["arguments"][0])


def install() -> Path | None:
    """Installs a browser and returns it, or None: as root with apt-get Debian's, else Playwright's own."""
    with_apt = is_root() and shutil.which("apt-get") is not None
    if with_apt:
        say("No browser is installed. Installing Debian's chromium (about 100 MB) with apt-get.")
        for _ in range(2):  # a mirror that is busy now mostly answers the second time
            if step("apt-get", "update", "-qq") and step(
                "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"
            ):
                break
        if browser := find_browser():
            return browser
    say("Downloading Playwright's own browser (about 170 MB).")
    step(*PLAYWRIGHT, "install", "chromium", "--no-shell", *(["--with-deps"] if with_apt else []))
    return find_browser()


def is_root() -> bool:
    """Whether this is root, for whom apt-get works. Never so on Windows."""
    return sys.platform != "win32" and os.geteuid() == 0


def step(*command: str) -> bool:
    """Runs one command of an installation, its output on stderr; when it fails, says so and gives False."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=2)
    if done.returncode != 0:
        say(f"{' '.join(command)} failed.")
    return done.returncode == 0


def say(message: str) -> None:
    """Says something to the person at the terminal; stdout is kept for the path."""
    click.echo(message, err=True)


@click.command()
@click.option("--install", "may_install", is_flag=True, help="Install one first if need be.")
def main(may_install: bool) -> None:
    """Print the path of a browser that runs."""
    try:
        browser = find_browser() or (install() if may_install else None)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from error
    if browser is None:
        raise click.ClickException(
            f"No browser could be found{' or installed' if may_install else ''}. {ADVICE}"
        )
    print(browser)


if __name__ == "__main__":
    main()
