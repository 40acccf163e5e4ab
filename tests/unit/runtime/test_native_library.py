"""The host's own declarations of wasmtime's C API fit the package wasmtime that declares all of it."""

from __future__ import annotations

import ast
import ctypes
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wasmtime import _bindings, wat2wasm
from wasmtime import _ffi as ffi

from hostcore.errors import HostError
from hostcore.runtime import capi
from hostcore.runtime.native import interfaces, library, wit
from hostcore.runtime.native.interfaces import ComponentType, InstanceType, Other
from hostcore.runtime.native.objects import Component, Engine

PROJECT = Path(__file__).parents[3]
ROOM = PROJECT / "hostcore/runtime"
DECLARING = {"function": 2, "quick_function": 2, "reader": None, "_counter": None}
"""The functions that declare one of the C API, and how many of their arguments come before those of the C function."""


def declared(file: Path) -> Iterator[tuple[str, int]]:
    """Yield the name of each C function that a module declares, and the number of its arguments."""
    for call in ast.walk(ast.parse(file.read_text())):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in DECLARING:
            continue
        if not isinstance(call.args[0], ast.Constant):
            continue
        before = DECLARING[call.func.id]
        if before is not None:
            yield call.args[0].value, len(call.args) - before
        else:
            count = call.args[1].value if len(call.args) > 1 and isinstance(call.args[1], ast.Constant) else 1
            yield f"wasmtime_component_{call.args[0].value}", int(str(count))


FUNCTIONS = [each for file in (ROOM / "capi.py", *sorted((ROOM / "native").glob("*.py"))) for each in declared(file)]


def test_each_function_has_as_many_arguments_as_in_the_c_api() -> None:
    assert len(FUNCTIONS) > 60
    for name, arguments in FUNCTIONS:
        assert len(getattr(_bindings, f"_{name}").argtypes) == arguments, name


def test_values_have_the_layout_of_the_c_api() -> None:
    def layout(structure: Any, field: str) -> tuple[int, int]:
        return ctypes.sizeof(structure), getattr(structure, field).offset

    assert layout(ffi.wasmtime_component_val_t, "of") == (capi.VALUE_SIZE, 8)
    assert layout(ffi.wasmtime_component_valrecord_entry, "val") == (capi.FIELD_SIZE, 16)
    assert layout(ffi.wasmtime_component_valresult, "val") == (16, 8)
    assert layout(ffi.wasmtime_component_valvariant, "val") == (24, 16)
    assert layout(ffi.wasmtime_component_valtype_t, "of") == (ctypes.sizeof(wit._VALUE_TYPE), 8)
    assert layout(ffi.wasmtime_component_item_t, "of") == (ctypes.sizeof(interfaces._ITEM), 8)
    assert ctypes.sizeof(ffi.wasmtime_component_instance_t) <= ctypes.sizeof(capi._INSTANCE)
    assert ctypes.sizeof(ffi.wasmtime_component_func_t) <= ctypes.sizeof(capi._FUNCTION)


def test_kinds_have_the_numbers_of_the_c_api() -> None:
    kinds = {name.removeprefix("KIND_"): number for name, number in vars(capi).items() if name.startswith("KIND_")}
    assert len(kinds) == 22
    for name, number in kinds.items():
        assert getattr(ffi, f"WASMTIME_COMPONENT_{name}").value == number
    simple = {name.upper(): number for number, name in enumerate(wit._SIMPLE)}
    compound = {kind.__name__.removesuffix("Type").upper(): number for number, kind in wit._KINDS.items()}
    for name, number in {**simple, **compound}.items():
        assert getattr(ffi, f"WASMTIME_COMPONENT_VALTYPE_{name}").value == number


def test_the_version_is_that_of_pyproject_toml() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert any(each.startswith(f"wasmtime=={library.VERSION}") for each in project["dependencies"])


def test_another_version_is_refused_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "VERSION", "49.0.0")
    with pytest.raises(HostError, match=r"wasmtime 50\.0\.1 is installed, and this host needs 49\.0\.0"):
        library._folder()


def test_a_component_tells_what_it_imports() -> None:
    engine = Engine()
    text = """(component
        (import "a:b/c" (instance
            (export "r" (type (sub resource)))
            (export "f" (func (param "x" (list u8)) (result (option string))))))
        (import "m" (core module)))"""
    imports = ComponentType(Component(engine, wat2wasm(text))).imports(engine)
    assert isinstance(imports["m"], Other)
    interface = imports["a:b/c"]
    assert isinstance(interface, InstanceType)
    members = interface.exports(engine)
    assert [type(each) for each in members.values()] == [wit.ResourceType, wit.FuncType]
    function = members["f"]
    assert isinstance(function, wit.FuncType)
    ((name, parameter),), result = function.params, function.result
    assert (name, isinstance(parameter, wit.ListType), isinstance(result, wit.OptionType)) == ("x", True, True)
