"""Components that somebody else built: one that does not fit wit/ is refused with the function that does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from hostcore.clock import VirtualClock
from hostcore.errors import PluginFileError, PluginReportedError
from tests.sandbox import Sandbox


@pytest.fixture
def components(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with a cache of its own, for components that only a test needs."""
    made = Sandbox(tmp_path, tmp_path / "cache", VirtualClock())
    yield made
    made.close()


def load_component(components: Sandbox, text: str) -> None:
    path = components.folder / "foreign.wasm"
    path.write_bytes(bytes(wat2wasm(text)))
    components.load_file(path)


def exporting(interface: str, function: str, type_: str, core: str) -> str:
    """A component that exports one function of the contract, with this type."""
    return f"""
(component
  (core module $main
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "f") {core}))
  (core instance $main (instantiate $main))
  (func $f {type_} (canon lift (core func $main "f")
    (memory (core memory $main "memory")) (realloc (core func $main "realloc"))))
  (instance $i (export "{function}" (func $f)))
  (export "wasi-host:plugin/{interface}@0.1.0" (instance $i)))
"""


TEXT_OR_ERROR = "(result (result string (error string)))"
RETURNS_POINTER = "(result i32) (i32.const 16)"


@pytest.mark.parametrize(
    ("interface", "function", "type_", "core"),
    [
        ("driver", "read", "(result u32)", "(result i32) (i32.const 1)"),
        ("driver", "read", "(result string)", RETURNS_POINTER),
        ("driver", "read", "", ""),
        ("driver", "read", '(param "x" u32) ' + TEXT_OR_ERROR, "(param i32) " + RETURNS_POINTER),
        ("driver", "read", "(result (result (list u8) (error string)))", RETURNS_POINTER),
        ("driver", "read", "(result (result string))", RETURNS_POINTER),
        ("display", "update", '(param "x" string)', "(param i32 i32)"),
        ("display", "update", '(param "x" string) ' + TEXT_OR_ERROR, "(param i32 i32) " + RETURNS_POINTER),
        ("page", "render", TEXT_OR_ERROR, RETURNS_POINTER),
    ],
)
def test_an_export_of_another_type_than_the_contracts_is_refused(
    components: Sandbox, interface: str, function: str, type_: str, core: str
) -> None:
    with pytest.raises(PluginFileError, match=rf"foreign: its {interface}\.{function} is .*, not .* as wit/ says"):
        load_component(components, exporting(interface, function, type_, core))


def test_a_component_without_any_of_the_contracts_functions_is_refused(components: Sandbox) -> None:
    with pytest.raises(PluginFileError, match=r"foreign: exports none of driver\.read, display\.update, page\.render"):
        load_component(components, exporting("driver", "write", TEXT_OR_ERROR, RETURNS_POINTER))


def test_a_component_of_the_right_type_runs(components: Sandbox) -> None:
    path = components.folder / "foreign.wasm"
    path.write_bytes(bytes(wat2wasm(exporting("driver", "read", TEXT_OR_ERROR, RETURNS_POINTER))))
    plugin = components.load_file(path)
    assert plugin.provides == {"driver"}
    with pytest.raises(PluginReportedError, match="not JSON"):
        plugin.read()
