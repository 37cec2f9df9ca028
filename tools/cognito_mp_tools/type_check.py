"""mypy over all of the Python here, each part against the Python that runs it.

    python -m cognito_mp_tools.type_check

What runs on devices is checked once for each port, against the stubs of that port's MicroPython (josverl's
micropython-stubs), which are installed under build/typings the first time; the rest against CPython's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cognito_mp_tools.project import BUILD, LIBRARY, ROOT
from cognito_mp_tools.site.code_blocks import write_files

# Port -> its stubs. The generic ones of rp2 are of a board without a network: no socket, no tls.
STUBS = {
    "esp32": "micropython-esp32-stubs==1.25.0.post5",
    "rp2": "micropython-rp2-rpi_pico_w-stubs==1.25.0.post4",
    "unix": "micropython-unix-stubs==1.25.0.post1",
}
# The code in the documentation is for any board; this port has the most.
_OF_DOCUMENTATION = "esp32"
_STANDARD_LIBRARY = "micropython-stdlib-stubs<1.26"

_TYPINGS = LIBRARY / "typings"
_PACKAGE = LIBRARY / "cognito_mp"
# Folders and files of programs that another Python runs.
_FOR_DEVICES_ONLY = {
    "device",
    "portable",
    "aws_trial_device.py",
    "demo_device.py",
    "circuitpython_stand_in",
    "programs",
    "webassembly_micropython",
}
_FOR_DEVICES = Path(__file__).with_name("type_check_devices.ini")
_FOR_CPYTHON = Path(__file__).with_name("type_check_cpython.ini")


def typings(port: str) -> Path:
    """The folder with the stubs of `port`, installed there unless these very versions are already."""
    folder = BUILD / "typings" / port
    stamp = folder / "versions.txt"
    wanted = f"{STUBS[port]} {_STANDARD_LIBRARY}\n"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--target"]
        subprocess.run([*command, str(folder), STUBS[port], _STANDARD_LIBRARY], check=True)
        stamp.write_text(wanted)
    return folder


def _passes(what: str, settings: Path, path: list[Path], files: list[Path], *options: str) -> bool:
    """True when mypy finds nothing in `files`; what it finds is printed. `path`: where imports are looked for."""
    print(f"mypy: {what} ({len(files)} files)", flush=True)
    command = [sys.executable, "-m", "mypy", "--config-file", str(settings), "--no-error-summary", *options]
    done = subprocess.run(
        [*command, *map(str, files)],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, path))},
    )
    return done.returncode == 0


def _sources(folder: Path, pattern: str = "*.py") -> list[Path]:
    return sorted(file for file in folder.glob(pattern) if file.name != "manifest.py")


def check_port(port: str) -> bool:
    """True when the library, its examples and the firmware are right for `port`."""
    stubs = typings(port)
    options = ("--custom-typeshed-dir", str(stubs), "--cache-dir", f".mypy_cache/{port}")
    modules = [file for file in _sources(_PACKAGE, "**/*.py") if file.parent.name != "ports"]
    own = _TYPINGS / "micropython"
    library = _passes(f"the library on {port}", _FOR_DEVICES, [LIBRARY, own, stubs], modules, *options)
    # Those who use the library see it by its stubs: what __init__ loads lazily has no type otherwise.
    firmware = ROOT / "firmware"
    programs = _sources(LIBRARY / "examples") + _sources(firmware, "**/*.py")
    path = [_TYPINGS, _TYPINGS / "makers", firmware, own, stubs]
    if port == _OF_DOCUMENTATION:
        programs += write_files(BUILD / "code_blocks")
    return _passes(f"the examples and the firmware on {port}", _FOR_DEVICES, path, programs, *options) and library


def check_cpython() -> bool:
    """True when what runs on CPython alone is right."""
    modules = _sources(_PACKAGE / "ports", "*_cpython.py") + [_PACKAGE / "transports" / "requests.py"]
    library = _passes("the library's own modules for CPython", _FOR_CPYTHON, [LIBRARY], modules)
    tools = ROOT / "tools"
    tests = ROOT / "host_tests"
    files = _sources(tools / "cognito_mp_tools", "**/*.py") + _sources(tests, "**/*.py")
    # Programs for devices, run by the tests: what they need may not be on CPython.
    files = [file for file in files if not _FOR_DEVICES_ONLY & set(file.parts)]
    path = [_TYPINGS, tools, tests, tests / "firmware" / "portable"]
    return _passes("the tools and the tests", _FOR_CPYTHON, path, files) and library


def check_stubs() -> bool:
    """True when lib/typings/cognito_mp says what the library is, by mypy's stubtest, which imports it."""
    print("stubtest: lib/typings", flush=True)
    command = [sys.executable, "-m", "mypy.stubtest", "cognito_mp", "--concise"]
    command += ["--mypy-config-file", str(_FOR_CPYTHON), "--allowlist", str(_TYPINGS / "internal.txt")]
    paths = {"MYPYPATH": str(_TYPINGS), "PYTHONPATH": str(LIBRARY)}
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **paths}).returncode == 0


def main() -> None:
    passed = [check_port(port) for port in STUBS]
    if not all([*passed, check_cpython(), check_stubs()]):
        sys.exit("type_check: see above")


if __name__ == "__main__":
    main()
