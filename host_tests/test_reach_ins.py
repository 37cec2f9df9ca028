"""Nobody touches another object's private names, and no import goes in a circle."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

import pytest
from cognito_mp_tools.project import LIBRARY, ROOT

PACKAGE = LIBRARY / "cognito_mp"
FILES = [file for folder in (PACKAGE, ROOT / "firmware", ROOT / "tools") for file in sorted(folder.rglob("*.py"))]


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


def test_no_import_goes_in_a_circle() -> None:
    modules = {path.relative_to(PACKAGE).with_suffix("").as_posix(): path for path in PACKAGE.rglob("*.py")}
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        imported: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level and module != "__init__":
                parts = module.split("/")[: -node.level] + (node.module.split(".") if node.module else [])
                imported |= {"/".join(parts), *("/".join([*parts, alias.name]) for alias in node.names)} & set(modules)
        # What only a type checker reads stands under `if 0:`, and is not imported.
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.If) and isinstance(node.test, ast.Constant) and not node.test.value:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.ImportFrom) and inner.level:
                        parts = module.split("/")[: -inner.level] + (inner.module or "").split(".")
                        imported.discard("/".join(parts))
        graph[module] = imported
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle
