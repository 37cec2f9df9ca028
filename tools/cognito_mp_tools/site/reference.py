"""docs/reference.md: the public names, with their signatures from lib/typings and their docstrings from the source.

python -m cognito_mp_tools.site.reference
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from cognito_mp_tools.project import LIBRARY, ROOT

PAGE = ROOT / "docs" / "reference.md"
_PACKAGE = LIBRARY / "cognito_mp"
_STUBS = LIBRARY / "typings" / "cognito_mp"

# What Client and AsyncClient have in common, and where it is.
_BASE, _BASE_MODULE = "BaseClient", "client"

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def content() -> str:
    """The text that the page should have."""
    lines = ["# API reference", ""]
    lines += ["`from cognito_mp import NAME`, for each name below."]
    lines += ["Made by `python -m cognito_mp_tools.site.reference`.", ""]
    for place in _places():
        path, *classes = place.split()
        module = path.replace(".", "/")
        for public_class in classes:
            lines += _class(module, public_class)
        if not classes:
            lines += _module(module)
    return "\n".join(lines).rstrip() + "\n"


def _places() -> list[str]:
    """The lines of the library's own table of public names."""
    tree = ast.parse((_PACKAGE / "__init__.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "_PLACES":
            return str(ast.literal_eval(node.value)).split("\n")
    raise ValueError("cognito_mp/__init__.py has no _PLACES")


def _tree(folder: Path, module: str, suffix: str) -> ast.Module:
    path = folder / f"{module}{suffix}"
    return ast.parse(path.read_text()) if path.exists() else ast.parse("")


def _public(body: list[ast.stmt]) -> dict[str, _Definition]:
    found = {node.name: node for node in body if isinstance(node, _Definition)}
    return {name: node for name, node in found.items() if not name.startswith("_") or name == "__init__"}


def _docstring(node: ast.Module | _Definition | None) -> list[str]:
    text = ast.get_docstring(node) if node else None
    return ["```text", inspect.cleandoc(text), "```", ""] if text else []


def _signature(name: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    arguments = ast.unparse(node.args).removeprefix("self, ").removeprefix("self")
    if any(isinstance(decorator, ast.Name) and decorator.id == "property" for decorator in node.decorator_list):
        return f"{name}: {ast.unparse(node.returns) if node.returns else 'property'}"
    word = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    result = f" -> {ast.unparse(node.returns)}" if node.returns and node.name != "__init__" else ""
    return f"{word}{name}({arguments}){result}"


def _members(source: ast.ClassDef, signatures: dict[str, _Definition], prefix: str) -> list[str]:
    documented = _public(source.body)
    lines = []
    for name in documented:
        node = signatures.get(name) or documented[name]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            shown = prefix if name == "__init__" else f"{prefix}.{name}"
            lines += [f"`{_signature(shown, node)}`", "", *_docstring(documented[name])]
    return lines


def _stub_members(*stubs: _Definition | None) -> dict[str, _Definition]:
    """The members of a class and of those that it inherits from, the class itself last."""
    found: dict[str, _Definition] = {}
    for stub in stubs:
        if isinstance(stub, ast.ClassDef):
            found |= _public(stub.body)
    return found


def _class(module: str, name: str) -> list[str]:
    sources = _public(_tree(_PACKAGE, module, ".py").body)
    stubs = _public(_tree(_STUBS, module, ".pyi").body)
    source = sources[name]
    assert isinstance(source, ast.ClassDef)
    lines = [f"## {name}", "", *_docstring(source)]
    for base in source.bases:
        parent = _parent(base, sources)
        if parent:
            lines += _docstring(parent)
            lines += _members(parent, _stub_members(*_stubs_of(parent.name, stubs), stubs.get(name)), name)
    return lines + _members(source, _stub_members(stubs.get(name)), name)


def _parent(base: ast.expr, sources: dict[str, _Definition]) -> ast.ClassDef | None:
    """The class that `base` names, when it is of the same module, or BaseClient, which both clients inherit from."""
    if not isinstance(base, ast.Name):
        return None
    if base.id == _BASE and base.id not in sources:
        sources = _public(_tree(_PACKAGE, _BASE_MODULE, ".py").body)
    found = sources.get(base.id)
    return found if isinstance(found, ast.ClassDef) else None


def _stubs_of(name: str, stubs: dict[str, _Definition]) -> list[_Definition | None]:
    return [stubs.get(name) or _public(_tree(_STUBS, _BASE_MODULE, ".pyi").body).get(name)]


def _module(module: str) -> list[str]:
    tree = _tree(_PACKAGE, module, ".py")
    sources, stubs = _public(tree.body), _public(_tree(_STUBS, module, ".pyi").body)
    short = module.rpartition("/")[2]
    lines = [f"## {short}", "", *_docstring(tree)]
    for name, source in sources.items():
        stub = stubs.get(name)
        if stub is None:
            continue  # not of the public face
        if isinstance(source, ast.ClassDef):
            lines += [f"### {short}.{name}", "", *_docstring(source)]
            lines += _members(source, _stub_members(stub), f"{short}.{name}")
        elif not isinstance(stub, ast.ClassDef):
            lines += [f"### {short}.{name}", "", f"`{_signature(name, stub)}`", "", *_docstring(source)]
    return lines


def main() -> None:
    PAGE.write_text(content())


if __name__ == "__main__":
    main()
