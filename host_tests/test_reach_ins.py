"""Nobody touches another object's private names, and no import goes in a circle."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

import pytest
from cognito_mp_tools.project import LIBRARY, ROOT

PACKAGES = (LIBRARY / "cognito_mp", ROOT / "firmware" / "cognito_app", ROOT / "tools" / "cognito_mp_tools")
FILES = [file for folder in (PACKAGES[0], ROOT / "firmware", ROOT / "tools") for file in sorted(folder.rglob("*.py"))]


def reach_ins(source: str) -> list[str]:
    """Each `thing._name` whose thing is neither self, cls, super() nor a module, and whose name is no class's here."""
    tree = ast.parse(source)
    mine = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
    }
    mine |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    modules = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not node.attr.startswith("_") or node.attr.startswith("__"):
            continue
        owner = node.value
        if isinstance(owner, ast.Name) and (owner.id in ("self", "cls") or owner.id in modules):
            continue
        if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super":
            continue
        if node.attr not in mine:
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def test_the_check_sees_one() -> None:
    assert reach_ins("def f(client):\n    client._session = 1") == ["line 2: client._session"]
    assert reach_ins("class A:\n    def f(self):\n        self._a = super()._b") == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_nobody_reaches_into_another_object(file: Path) -> None:
    assert reach_ins(file.read_text()) == []


def _names(node: ast.ImportFrom, module: str) -> set[str]:
    """What `node`, a line of `module`, may import: the module that it names, and each name as one of its modules."""
    base = module.split(".")[: -node.level] if node.level else []
    whole = ".".join([*base, *([node.module] if node.module else [])])
    return {whole, *(f"{whole}.{alias.name}" for alias in node.names)}


def imports(package: Path) -> dict[str, set[str]]:
    """The modules of `package`, and those of it that each imports, wherever that stands in it."""
    paths = {
        ".".join(path.relative_to(package.parent).with_suffix("").parts): path
        for path in package.rglob("*.py")
        if path.name != "__init__.py"
    }
    graph = {}
    for module, path in paths.items():
        tree = ast.parse(path.read_text())
        found = {name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in _names(node, module)}
        # What only a type checker reads stands under `if 0:`, and is not imported.
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and isinstance(node.test, ast.Constant) and not node.test.value:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.ImportFrom):
                        found -= _names(inner, module)
        graph[module] = found & set(paths)
    return graph


def test_a_circle_is_seen(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text("from . import b")
    (package / "b.py").write_text("def f():\n    from package.a import g")
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(imports(package)).prepare()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_no_import_goes_in_a_circle(package: Path) -> None:
    graphlib.TopologicalSorter(imports(package)).prepare()  # raises CycleError, which names the circle
