"""What a device gets by mip and by a frozen manifest is the library on disk, whole."""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import cognito_mp
import pytest
from cognito_mp_tools.library import montgomery_thumb
from cognito_mp_tools.library.bytecode import architectures
from cognito_mp_tools.library.mip_package import REPOSITORY, packages
from cognito_mp_tools.project import BUILD, LIBRARY, ROOT
from conftest import Interpreter

MANIFEST = LIBRARY / "manifest.py"
PACKAGE = LIBRARY / "cognito_mp"
MODULES = {path.relative_to(PACKAGE).with_suffix("").as_posix() for path in PACKAGE.rglob("*.*py")}
FOR_MICROPYTHON = {module for module in MODULES if not module.startswith("ports/")}
FOR_ANY_CHIP = {module for module in FOR_MICROPYTHON if not architectures(module)}
VERSION = "0.1.0"


def test_one_version() -> None:
    assert cognito_mp.__version__ == VERSION
    assert json.loads((ROOT / "package.json").read_text())["version"] == VERSION
    assert f"## {VERSION}" in (ROOT / "CHANGES.md").read_text()


# mip


MIP_PACKAGES = {"": ROOT / "package.json"} | {path.stem: path for path in (LIBRARY / "mip").glob("*.json")}


def listed(extra: str) -> set[str]:
    """The modules that the package of `extra` lists, "" for the core."""
    urls = dict(json.loads(MIP_PACKAGES[extra].read_text())["urls"])
    assert all(url == f"{REPOSITORY}/lib/{file}" for file, url in urls.items())
    return {file.removeprefix("cognito_mp/").removesuffix(".py").removesuffix(".mpy") for file in urls}


def test_the_packages_are_up_to_date() -> None:
    written = {path: path.read_text() for path in MIP_PACKAGES.values()}
    assert written == packages(), "python -m cognito_mp_tools.library.mip_package writes them"


def test_mip_and_a_frozen_manifest_bring_the_same() -> None:
    assert listed("") == frozen(extras=False)
    for extra in MIP_PACKAGES.keys() - {""}:
        assert listed("") | listed(extra) == frozen(extras=(extra,))
    assert set().union(*map(listed, MIP_PACKAGES)) == FOR_MICROPYTHON


@pytest.mark.parametrize("extra", ["", "srp"])
def test_mip_installs_from_the_repository(
    micropython: Interpreter, web_server: Callable[[Path], str], tmp_path: Path, extra: str
) -> None:
    """Its address on GitHub is replaced by that of this checkout."""
    program = tmp_path / "install.py"
    package = f"{REPOSITORY}/lib/mip/{extra}.json" if extra else REPOSITORY
    program.write_text(
        f"""
import mip
mip._rewrite_url = lambda url, branch=None: url.replace({REPOSITORY!r}, {web_server(ROOT)!r})
mip.install({package!r}, target={str(tmp_path / "lib")!r})
"""
    )
    printed = micropython.run(program)
    folder = tmp_path / "lib" / "cognito_mp"
    installed = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.*")}
    assert installed == listed(extra), printed


# A frozen manifest


class _Options:
    """MicroPython's IncludeOptions."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given
        self._defaults: dict[str, Any] = {}

    def defaults(self, **values: Any) -> None:
        self._defaults = values

    def __getattr__(self, name: str) -> Any:
        return self._given.get(name, self._defaults.get(name))


def frozen(**given: Any) -> set[str]:
    """The modules that lib/manifest.py freezes when it is included with `given`."""
    files: list[str] = []

    def package(name: str, files: tuple[str, ...], into: list[str] = files) -> None:
        assert name == "cognito_mp"
        into.extend(files)

    def freeze_mpy(folder: str, file: str, into: list[str] = files) -> None:
        assert folder == "." and file.startswith("cognito_mp/") and (LIBRARY / file).is_file()
        into.append(file.removeprefix("cognito_mp/"))

    names = {"options": _Options(given), "package": package, "freeze_mpy": freeze_mpy}
    here = os.getcwd()
    os.chdir(LIBRARY)  # as MicroPython's tool does
    try:
        exec(MANIFEST.read_text(), names)
    finally:
        os.chdir(here)
    assert len(set(files)) == len(files)
    return {Path(file).with_suffix("").as_posix() for file in files}


EXTRAS = json.loads((LIBRARY / "extras.json").read_text())


def test_all_is_frozen_unless_told_otherwise() -> None:
    assert frozen() == frozen(extras=True) == FOR_ANY_CHIP
    for native, chip in (("thumb", "armv7em"), ("rv32", "rv32imc"), ("xtensa", "xtensawin")):
        for_chip = {module for module in FOR_MICROPYTHON if chip in architectures(module)}
        assert frozen(native=native) == FOR_ANY_CHIP | for_chip and len(for_chip) in (2, 3)
        assert frozen(extras=False, native=native) == frozen(extras=False)


def test_the_assembler_is_what_its_generator_writes() -> None:
    hint = "python -m cognito_mp_tools.library.montgomery_thumb writes it"
    assert montgomery_thumb.SOURCE.read_text() == montgomery_thumb.source(), hint


def _for_chips_of(module: str) -> set[str]:
    """The modules that every chip has which `module` is for."""
    chips = set(architectures(module))
    return {other for other in FOR_MICROPYTHON if not architectures(other) or chips <= set(architectures(other))}


def imports(module: str, whole: bool) -> set[str]:
    """The modules that `module` imports: all, or when it is loaded."""
    file = PACKAGE / f"{module}.py"
    if not file.exists():  # machine code, which imports nothing
        return set()
    tree = ast.parse(file.read_text())
    found = set()
    for node in ast.walk(tree) if whole else tree.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            parts = module.split("/")[: -node.level]
            parts += node.module.split(".") if node.module else []
            names = {"/".join(parts), *("/".join([*parts, alias.name]) for alias in node.names)}
            found |= names & (_for_chips_of(module) if architectures(module) else FOR_ANY_CHIP)
    return found


@pytest.mark.parametrize("extra", [False, *EXTRAS])
def test_what_is_frozen_can_be_loaded(extra: str | bool) -> None:
    modules = frozen(extras=(extra,) if extra else False)
    of_extras = frozen() - frozen(extras=False)
    for module in modules:
        assert imports(module, whole=False) <= modules, module
    # Nothing that belongs to an extra is missing; what may be missing is another extra.
    for module in modules:
        assert imports(module, whole=True) <= modules | of_extras, module


@functools.cache
def manifestfile() -> ModuleType | None:
    """MicroPython's own manifestfile.py, where its source has been unpacked."""
    path = BUILD / "rp2040" / "sources" / "micropython" / "tools" / "manifestfile.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location("manifestfile", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("given", ["", ", extras=False", ", extras=('srp', 'aio')"])
def test_micropythons_own_tool_reads_it(given: str) -> None:
    module = manifestfile()
    if module is None:
        pytest.skip("no MicroPython source yet: make test-rp2040 fetches it")
    manifest = module.ManifestFile(module.MODE_FREEZE, {"MPY_LIB_DIR": None})
    manifest.execute(f"include({str(MANIFEST)!r}{given})")
    found = {file.target_path for file in manifest.files()}
    assert {path.removeprefix("cognito_mp/").removesuffix(".py") for path in found} == frozen(
        **eval(f"dict({given[2:]})")
    )
    assert all(Path(file.full_path).is_file() for file in manifest.files())
