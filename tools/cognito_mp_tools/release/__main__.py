"""All of a release, in dist/: `make dist`; with digests and a bill of materials: `make release`. Uploads nothing.

python -m cognito_mp_tools.release [--final]
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.project import ROOT

from . import bill_of_materials, circuitpython_bundle, mip_index
from .same_bytes import source_date, write_zip

DIST = ROOT / "dist"
DIGESTS = "SHA256SUMS"
MATERIALS = "bill_of_materials.cdx.json"


def write(folder: Path) -> None:
    """Write both distributions, the index for mip and the bundle for circup into `folder`, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for project in (ROOT, ROOT / "tools"):
        _build_distributions(project, folder)
    mip_index.write(folder / "mip")
    circuitpython_bundle.write(folder)


def finish(folder: Path) -> None:
    """Add what a release has besides: the index in one file, the bill of materials, the digests of all files."""
    index = folder / "mip"
    inside = [path for path in index.rglob("*") if path.is_file()]
    write_zip(folder / "mip.zip", {path.relative_to(folder).as_posix(): path.read_bytes() for path in inside})
    (folder / MATERIALS).write_text(bill_of_materials.content(_files(folder)))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in _files(folder)]
    (folder / DIGESTS).write_text("".join(lines))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _build_distributions(project: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(project)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(source_date())}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise ToolFailed(f"{project} can't be built: {done.stderr.strip().splitlines()[-1:]}")


def refuse_changes(checkout: Path) -> None:
    """Raise ToolFailed unless all that is in `checkout` has been committed."""
    command = ["git", "-C", str(checkout), "status", "--porcelain"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode or done.stdout:
        raise ToolFailed("there are changes that are not committed: a release is made of a commit alone.")


@click.command(help=__doc__)
@click.option("--final", is_flag=True, help="With digests and a bill of materials, from a checkout with no changes.")
def main(final: bool) -> None:
    if final:
        refuse_changes(ROOT)
    write(DIST)
    if final:
        finish(DIST)
    for path in _files(DIST):
        click.echo(f"{path.stat().st_size:9d}  dist/{path.name}")
    click.echo('           dist/mip/  for any web server: mip.install("cognito_mp", index="https://.../mip")')


if __name__ == "__main__":
    main()
