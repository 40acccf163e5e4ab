"""wasmtime's messages become one plain line, with the cause and without wasmtime's indentation."""

from __future__ import annotations

import pytest

from hostcore.errors import NoRoomError, PluginCrashedError
from hostcore.hostcall import CrashKind
from hostcore.runtime import capi
from hostcore.runtime.crash import WasmTrap, refused_line
from hostcore.runtime.engine import GuestEngine
from tests.guests import CALLER, linked, started

NO_ADDRESS_SPACE = """mmap failed to reserve 0x104000000 bytes

Caused by:
    0: a first cause
    1:    Cannot allocate memory (os error 12)
"""
DRIVER = '(instance $driver (export "run" (func $read))) (export "wasi-host:plugin/driver@0.1.0" (instance $driver))'
READ = f'(core instance $main (instantiate $main)) (func $read (canon lift (core func $main "read"))) {DRIVER})'
BEYOND = {
    "it has several memories, and memory_mib is the limit of one": (
        "(component (core module $one (memory 1)) (core instance (instantiate $one)) (core instance (instantiate $one))"
        f' (core module $main (func (export "read"))) {READ}'
    ),
    "one of its tables has more than the 50000 elements that are allowed": (
        f'(component (core module $main (table 50001 funcref) (func (export "read"))) {READ}'
    ),
    "it has more than the 8 tables that are allowed": (
        f'(component (core module $main {"(table 1 funcref)" * 9} (func (export "read"))) {READ}'
    ),
    "it has more than the 40 core instances that are allowed": (
        f'(component (core module $main (func (export "read"))) {"(core instance (instantiate $main))" * 40} {READ}'
    ),
}


def test_a_cause_that_is_not_known_is_told_without_stray_spaces() -> None:
    assert WasmTrap(NO_ADDRESS_SPACE).problem == "Cannot allocate memory (os error 12)"
    assert WasmTrap("error while executing\n\nCaused by:\n    wasm trap:   a  new trap \n").problem == "a  new trap"
    assert WasmTrap("").problem == "an unknown trap"


@pytest.mark.parametrize("problem", BEYOND)
def test_a_component_beyond_the_limits_of_its_store_is_told_which(engine: GuestEngine, problem: str) -> None:
    with (
        pytest.raises(PluginCrashedError) as crash,
        started(engine, linked(engine, BEYOND[problem], ()), {}),
    ):
        pass
    assert (crash.value.problem, crash.value.kind) == (problem, CrashKind.TRAP)


def test_too_little_address_space_is_not_a_crash_of_the_plugin(
    engine: GuestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def instantiate(*_: object) -> None:
        raise WasmTrap(NO_ADDRESS_SPACE)

    component = linked(engine, CALLER)
    monkeypatch.setattr(capi, "instantiate", instantiate)
    with pytest.raises(NoRoomError) as error, started(engine, component, {}):
        pass
    assert "the host has no address space left for it, which is not its fault: the host uses " in str(error.value)


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        ("light.py line 7: invalid syntax", 7),
        ("light.py: source code cannot contain null bytes", 0),
        ("light.py line 99999999999: invalid syntax", 0),
        ("other.py line 7: invalid syntax", 0),
        ("see light.py line 7: invalid syntax", 0),
    ],
)
def test_the_line_that_cannot_be_compiled_is_known(problem: str, line: int) -> None:
    assert refused_line(problem, "light.py") == line
