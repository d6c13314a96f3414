"""The site to read without a network: a folder that opens from disk, and an archive of it: `make offline`.

    python scripts/tools/offline.py          site-offline/ and site-offline.zip

Both languages, with the search, the figures and the switch of languages alive under `file://`.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from conv1d_site.steps.finish.from_disk import NotForDiskError, make_from_disk

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "site-offline"
NAME = "conv1d"  # of the folder in the archive


def build(place: Path) -> None:
    """Build the site into `place`, which is replaced when all is well. Raises ClickException."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".offline-", dir=place.parent) as unfinished:
        site = Path(unfinished, "site")
        command = ["mkdocs", "build", "--no-directory-urls", "--site-dir", str(site)]
        if status := subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode:
            raise click.ClickException(f"the site could not be built (mkdocs ended with {status})")
        try:
            make_from_disk(site)
        except NotForDiskError as error:
            raise click.ClickException(str(error)) from None
        if place.exists():
            place.rename(Path(unfinished, "replaced"))
        site.rename(place)


def pack(folder: Path, archive: Path) -> None:
    """Pack a folder; the same files give the same bytes, whenever they were written."""
    unfinished = archive.with_suffix(".part")
    try:
        with zipfile.ZipFile(unfinished, "w") as packed:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                entry = zipfile.ZipInfo(f"{NAME}/{path.relative_to(folder).as_posix()}")
                entry.external_attr = 0o644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, path.read_bytes())
        unfinished.replace(archive)
    finally:
        unfinished.unlink(missing_ok=True)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, help="Where it is put.")
@click.option("--no-archive", is_flag=True, help="The folder alone.")
def main(*, folder: Path, no_archive: bool) -> None:
    """Build the site so that it can be read from disk, without a network."""
    try:
        build(folder)
        click.echo(f"{folder}: open index.html, or zh/index.html, in a browser.")
        if not no_archive:
            archive = folder.with_name(f"{folder.name}.zip")
            pack(folder, archive)
            click.echo(f"{archive}: {archive.stat().st_size / 1e6:.1f} MB")
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or folder} cannot be written: {error.strerror}"
        ) from None


if __name__ == "__main__":
    main()
