"""Archives that are the same byte for byte whenever they are made: no time of today's and no order of the disk's."""

from __future__ import annotations

import subprocess
import zipfile
from datetime import datetime, timezone
from pathlib import Path

from cognito_mp_tools.project import ROOT

# Where there is no git history, such as in an unpacked sdist: the first moment that a ZIP can tell.
_BEFORE_HISTORY = 315532800


def source_date() -> int:
    """The moment of the last commit, in seconds since 1970: https://reproducible-builds.org/specs/source-date-epoch/"""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(command, capture_output=True, text=True)
    return int(done.stdout) if done.returncode == 0 else _BEFORE_HISTORY


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    """A ZIP of `files`, by their name in it."""
    moment = datetime.fromtimestamp(source_date(), timezone.utc).timetuple()[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
