"""Packages of npm, as a package-lock.json names them, installed into a folder of build/."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from cognito_mp_tools.project import build_lock

_NPM_CI = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")


class NpmFailed(RuntimeError):
    """There is no node or npm, or npm could not install; the message says which."""


def installed(source: Path, folder: Path) -> Path:
    """The node_modules of the package in `source`, installed in `folder` unless they are there. Raises NpmFailed."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NpmFailed(f"there is no {program} on this computer: install Node.js 18 or newer with its npm")
    lock = (source / "package-lock.json").read_bytes()
    with build_lock():
        done = folder / "installed-package-lock.json"
        if not done.exists() or done.read_bytes() != lock:
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(source / name, folder / name)
            _ci(folder)
            done.write_bytes(lock)
    return folder / "node_modules"


def _ci(folder: Path) -> None:
    done = subprocess.run(_NPM_CI, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise NpmFailed(f"{' '.join(_NPM_CI)} failed in {folder}:\n{done.stdout}")
