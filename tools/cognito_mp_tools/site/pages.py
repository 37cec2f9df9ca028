"""The site of the documentation, in build/site: `make site`. Warnings are errors.

python -m cognito_mp_tools.site.pages
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cognito_mp_tools.project import BUILD


def main() -> None:
    config = Path(__file__).with_name("mkdocs.yml")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(config)],
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},  # an advertisement of mkdocs-material's
    )
    if done.returncode:
        sys.exit(done.returncode)
    print(f"the site is in {BUILD / 'site'}: open index.html")


if __name__ == "__main__":
    main()
