"""Debian packages of any release, unpacked into a folder of ours: no root, no change to the host's apt set-up.

The mirror is asked of apt itself, so no address is written here, and apt works on lists, cache and
sources of its own, named with `-o Dir::...`. The packages' signatures are checked as ever, against the
host's debian-archive-keyring.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path

_TOOLS = ("apt-get", "dpkg-deb")


class NotDebian(RuntimeError):
    """This host has no apt to fetch Debian packages with."""


def require_apt() -> None:
    """Raise NotDebian, naming what is missing, unless apt-get and dpkg-deb are here."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        raise NotDebian(
            f"{' and '.join(missing)} not found: this step fetches Debian packages and needs a Debian-like host"
        )


def mirror() -> str:
    """The URL of the Debian mirror that this host's apt uses, the first of them."""
    require_apt()
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    if not listing:
        raise NotDebian("apt knows no package source: add one to /etc/apt/sources.list")
    return next((uri for uri in listing if "security" not in uri), listing[0])


class Release:
    """One Debian release (`suite`, such as "trixie"), with apt's files for it under `folder`."""

    def __init__(self, suite: str, folder: Path) -> None:
        self.suite = suite
        self._root = (folder / f"apt-{suite}").resolve()
        self._updated = False

    def _options(self) -> list[str]:
        settings = {
            "Dir::Etc::SourceList": self._root / "sources.list",
            "Dir::Etc::SourceParts": "-",
            "Dir::Etc::PreferencesParts": "-",
            "Dir::State": self._root / "state",
            "Dir::State::Status": self._root / "status",
            "Dir::Cache": self._root / "cache",
            "APT::Get::List-Cleanup": "0",
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            # A mirror may be weeks behind; what comes from it is signed nevertheless, and only runs tests.
            "Acquire::Check-Valid-Until": "false",
        }
        return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]

    def _apt(self, *words: str, cwd: Path | None = None) -> None:
        done = subprocess.run(
            ["apt-get", "-q", *self._options(), *words],
            cwd=cwd,
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
        )
        if done.returncode:
            raise RuntimeError(f"apt-get {' '.join(words)} ({self.suite}) failed:\n{done.stdout}{done.stderr}")

    def _update(self) -> None:
        if self._updated:
            return
        uri = mirror()
        for sub in ("state/lists/partial", "cache/archives/partial"):
            (self._root / sub).mkdir(parents=True, exist_ok=True)
        (self._root / "status").touch()
        keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
        signed = f" [signed-by={keyring}]" if keyring.exists() else ""
        lines = (f"{kind}{signed} {uri} {self.suite} main\n" for kind in ("deb", "deb-src"))
        (self._root / "sources.list").write_text("".join(lines))
        self._apt("update")
        self._updated = True

    def unpack(self, packages: Iterable[str], target: Path) -> None:
        """Download the binary `packages` and unpack their files under `target`."""
        self._update()
        downloads = self._root / "cache" / "archives"
        for package in packages:
            self._apt("download", package, cwd=downloads)
            newest = max(downloads.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)
            subprocess.run(["dpkg-deb", "-x", str(newest), str(target)], check=True)

    def source(self, package: str, target: Path) -> list[Path]:
        """Download the files of a source package into `target`; returns them (.dsc missing or not)."""
        self._update()
        target.mkdir(parents=True, exist_ok=True)
        self._apt("source", "--download-only", "-o", "APT::Get::AllowUnauthenticated=false", package, cwd=target)
        return sorted(path for path in target.iterdir() if path.is_file())

    def upstream_source(self, package: str, downloads: Path, target: Path) -> None:
        """Unpack upstream's source of `package`, without Debian's patches, into `target`; fetched to `downloads`."""
        files = self.source(package, downloads)
        _unpack_tarball(next(path for path in files if ".orig.tar." in path.name), target)


def _unpack_tarball(tarball: Path, folder: Path) -> None:
    """Unpack `tarball` into `folder`, without the single directory that everything in it is in."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(tarball) as archive:
        # Debian 12's Python 3.11.2 has no filters; what is unpacked is signed by Debian.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        for member in archive:
            _, _, inside = member.name.partition("/")
            if inside:
                member.name = inside
                archive.extract(member, folder)
