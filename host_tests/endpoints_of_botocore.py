"""Writes aws_endpoints.json: where AWS's own library has user pools and identity pools, plain and FIPS, by region.

    .venv/bin/python host_tests/endpoints_of_botocore.py 1.44.8

It fetches that version of botocore into build/botocore: ministack pins an older one, so it can't be installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
ENDPOINTS = HERE / "aws_endpoints.json"
SERVICES = [(service, fips) for service in ("cognito-idp", "cognito-identity") for fips in (False, True)]


def unpacked(version: str) -> Path:
    """The folder of that version of botocore, fetched where it is not there yet."""
    cache = HERE.parent / "build" / "botocore"
    folder = cache / version
    if not folder.is_dir():
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(cache)]
        subprocess.run([*fetch, f"botocore=={version}"], check=True)
        with zipfile.ZipFile(next(cache.glob(f"botocore-{version}-*.whl"))) as wheel:
            wheel.extractall(folder)
    return folder


def endpoints(folder: Path) -> dict[str, list[str]]:
    """Region -> its endpoints, one for each of SERVICES."""
    sys.path.insert(0, str(folder))
    import botocore.session
    from botocore.config import Config

    session = botocore.session.get_session()
    partitions = json.loads((folder / "botocore" / "data" / "partitions.json").read_text())["partitions"]
    found = {}
    for region in sorted(name for partition in partitions for name in partition["regions"] if "global" not in name):
        found[region] = [
            session.create_client(
                service,
                region_name=region,
                aws_access_key_id="none",
                aws_secret_access_key="none",
                config=Config(use_fips_endpoint=fips),
            ).meta.endpoint_url
            for service, fips in SERVICES
        ]
    return found


if __name__ == "__main__":
    version = sys.argv[1]
    written = {"botocore": version, "endpoints": endpoints(unpacked(version))}
    ENDPOINTS.write_text(json.dumps(written, indent=1) + "\n")
