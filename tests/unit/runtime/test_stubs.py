"""The typed stubs say of the guest package `host` what is true of it, and shipped plugins fit them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from mypy import api as mypy

from tests.plain_python import GUEST, PLUGINS

HOST, STUBS = GUEST / "host", GUEST / "stubs"

HIDDEN = {
    "data": frozenset({"to_wire"}),
    "errors": frozenset({"bus_error"}),
    "log": frozenset({"LogHandler"}),
}
"""What a module of the guest offers the rest of the guest but not a plugin."""

Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def definitions(tree: ast.Module | ast.ClassDef, hidden: frozenset[str] = frozenset()) -> dict[str, str]:
    """What is public in a module or a class, by name: all of it that a caller can see, as text."""
    found = {}
    for node in tree.body:
        if isinstance(node, Definition):
            name = name_of(node)
            if not name.startswith("_") and name not in hidden:
                found[name] = describe(node)
    return found


def name_of(node: Definition) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
    raise AssertionError(f"unexpected: {ast.unparse(node)}")


def describe(node: Definition) -> str:
    match node:
        case ast.FunctionDef():
            returned = ast.unparse(node.returns) if node.returns else ""
            return f"({ast.unparse(node.args)}) -> {plain(returned)}: {documentation(node)}"
        case ast.ClassDef():
            heading = [*map(ast.unparse, node.decorator_list), *map(ast.unparse, node.bases)]
            return f"{heading} {definitions(node)}: {documentation(node)}"
    return ast.unparse(node)


def documentation(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    return " ".join((ast.get_docstring(node) or "").split())


def plain(annotation: str) -> str:
    """A setting is an `object` to the guest, but `Any` to a plugin, which would have to cast each one otherwise."""
    return annotation.replace("Any", "object")


def exported(tree: ast.Module) -> list[str]:
    """The module's ``__all__``."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and name_of(node) == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return names
    return []


MODULES = sorted(path.stem for path in HOST.glob("*.py") if path.stem == "__init__" or path.stem[0] != "_")


def test_every_module_has_its_stub() -> None:
    assert sorted(path.stem for path in STUBS.glob("*.pyi")) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_stub_has_the_same_public_names_signatures_fields_and_docstrings(module: str) -> None:
    code, stub = parse(HOST / f"{module}.py"), parse(STUBS / f"{module}.pyi")
    assert definitions(stub) == definitions(code, HIDDEN.get(module, frozenset()))
    assert documentation(stub) == documentation(code)
    assert exported(stub) == exported(code)


@pytest.mark.parametrize("module", MODULES)
def test_a_stub_documents_every_public_function_and_class(module: str) -> None:
    tree = parse(STUBS / f"{module}.pyi")
    documented = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert [node.name for node in documented if not ast.get_docstring(node)] == []


@pytest.fixture
def search_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where mypy finds the stubs as the package `host`, as if `host-stubs` were installed."""
    (tmp_path / "host").symlink_to(STUBS, target_is_directory=True)
    monkeypatch.setenv("MYPYPATH", str(tmp_path))
    return tmp_path


def check(*files: Path) -> str:
    options = ["--strict", "--config-file=", "--python-version=3.14", "--no-error-summary"]
    report, trouble, _ = mypy.run([*options, *map(str, files)])
    assert not trouble
    return report


@pytest.mark.usefixtures("search_path")
def test_mypy_accepts_every_shipped_plugin() -> None:
    assert check(*sorted(PLUGINS.glob("*.py"))) == ""


def test_mypy_finds_mistakes_in_a_plugin(search_path: Path) -> None:
    plugin = search_path / "mistaken.py"
    plugin.write_text("from host import i2c\nfirst: str = i2c.read('FA')\n", encoding="utf-8")
    report = check(plugin)
    assert 'Missing positional argument "length"' in report
    assert 'incompatible type "str"; expected "int"' in report
    assert 'expression has type "bytes", variable has type "str"' in report
