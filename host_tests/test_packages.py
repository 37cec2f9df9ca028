"""What a device gets by mip, by a frozen manifest and by pip is the library on disk, whole."""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cognito_mp_tools.project import BUILD, LIBRARY, ROOT
from conftest import Interpreter

MANIFEST = LIBRARY / "manifest.py"
ROOMS = {path.stem for path in (LIBRARY / "cognito_mp").glob("*.py")}
FOR_MICROPYTHON = {room for room in ROOMS if not room.endswith(("_cpython", "_circuitpython"))}
VERSION = "0.1.0"
REPOSITORY = "github:cognito-mp/cognito_mp"


def test_one_version() -> None:
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text()
    assert json.loads((ROOT / "package.json").read_text())["version"] == VERSION
    assert f"## {VERSION}" in (ROOT / "CHANGES.md").read_text()


# mip


def test_mip_lists_every_room_that_micropython_can_run() -> None:
    urls = json.loads((ROOT / "package.json").read_text())["urls"]
    # The mip on devices (1.26 still) takes no relative addresses; it puts the wanted branch or tag into these.
    files = [f"cognito_mp/{room}.py" for room in sorted(FOR_MICROPYTHON)]
    assert urls == [[file, f"{REPOSITORY}/lib/{file}"] for file in files]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Print nothing."""


@pytest.fixture
def checkout_url() -> Iterator[str]:
    """This checkout, served over HTTP."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(ROOT))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_mip_installs_it(micropython: Interpreter, checkout_url: str, tmp_path: Path) -> None:
    program = tmp_path / "install.py"
    program.write_text(
        f"""
import mip
mip._rewrite_url = lambda url, branch=None: url.replace({REPOSITORY!r}, {checkout_url!r})
mip.install({REPOSITORY!r}, target={str(tmp_path / "lib")!r})
"""
    )
    printed = micropython.run(program)
    installed = {path.stem for path in (tmp_path / "lib" / "cognito_mp").iterdir()}
    assert installed == FOR_MICROPYTHON, printed


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
    """The rooms that lib/manifest.py freezes when it is included with `given`."""
    files: list[str] = []

    def package(name: str, files: tuple[str, ...], into: list[str] = files) -> None:
        assert name == "cognito_mp"
        into.extend(files)

    names = {"options": _Options(given), "package": package}
    exec(MANIFEST.read_text(), names)
    assert len(set(files)) == len(files)
    return {Path(file).stem for file in files}


EXTRAS = next(
    ast.literal_eval(node.value)
    for node in ast.parse(MANIFEST.read_text()).body
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "_EXTRAS"
)


def test_all_is_frozen_unless_told_otherwise() -> None:
    assert frozen() == frozen(extras=True) == FOR_MICROPYTHON


def imports(room: str, whole: bool) -> set[str]:
    """The rooms that `room` imports: all, or when it is loaded."""
    tree = ast.parse((LIBRARY / "cognito_mp" / f"{room}.py").read_text())
    found = set()
    for node in ast.walk(tree) if whole else tree.body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            found |= {node.module} if node.module else {alias.name for alias in node.names}
    return {name for name in found if name and name in FOR_MICROPYTHON}


@pytest.mark.parametrize("extra", [False, *EXTRAS])
def test_what_is_frozen_can_be_loaded(extra: str | bool) -> None:
    rooms = frozen(extras=(extra,) if extra else False)
    for room in rooms:
        assert imports(room, whole=False) <= rooms, room
    # Nothing that belongs to an extra is missing; what may be missing is another extra.
    for room in rooms - frozen(extras=False):
        assert imports(room, whole=True) <= rooms | set(EXTRAS), room


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
    rooms = {Path(file.target_path).stem for file in manifest.files()}
    assert rooms == frozen(**eval(f"dict({given[2:]})"))
    assert all(Path(file.full_path).is_file() for file in manifest.files())
