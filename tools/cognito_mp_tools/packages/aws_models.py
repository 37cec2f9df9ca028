"""AWS's newest models of its services, out of botocore's wheel: what a request may hold, and where it goes.

    python -m cognito_mp_tools.packages.aws_models     prints the folder that they are in

The botocore that is installed is the one that ministack asks for, and its models are older. These are data alone, and
are read by that one: `botocore.loaders.Loader(extra_search_paths=[str(data_folder())])` finds them before its own. They
are fetched once, 17 MB, and 0.3 MB of it kept.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from cognito_mp_tools.project import BUILD, build_lock

# What `pip download --no-deps botocore` brings, and its `pip hash`. After a change: make figures; read what is new.
VERSION = "1.44.8"
_SHA256 = "76342a76c338701db80dcb8afe1c9bd079283d6fffbb9d881442abb02a215043"
_SERVICES = ("cognito-idp", "cognito-identity")
_INSIDE = "botocore/data/"


class NotFetched(RuntimeError):
    """PyPI could not be asked, or gave something else; the message has what pip said."""


def data_folder() -> Path:
    """botocore's folder `data` of VERSION: cognito-idp, cognito-identity, partitions.json. Raises NotFetched."""
    folder = BUILD / f"botocore-{VERSION}"
    with build_lock():
        if not folder.exists():
            partial = folder.with_name(f"{folder.name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            _unpack(_fetched(partial), partial)
            partial.rename(folder)
    return folder


def _fetched(folder: Path) -> Path:
    """The wheel, downloaded to `folder`."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"botocore=={VERSION} --hash=sha256:{_SHA256}\n")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    options = ["--only-binary", ":all:", "--require-hashes", "--requirement", str(wanted), "--dest", str(folder)]
    done = subprocess.run([*pip, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise NotFetched(f"pip could not download botocore {VERSION}:\n{done.stdout}")
    wanted.unlink()
    (wheel,) = folder.glob("*.whl")
    return wheel


def _unpack(wheel: Path, folder: Path) -> None:
    """The files of `wheel` that are wanted, put into `folder`; the wheel is removed."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            inside = name.removeprefix(_INSIDE)
            if inside == "partitions.json" or inside.split("/")[0] in _SERVICES:
                place = folder / inside
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(name))
    wheel.unlink()


if __name__ == "__main__":
    try:
        print(data_folder())
    except NotFetched as problem:
        sys.exit(f"aws_models: {problem}")
