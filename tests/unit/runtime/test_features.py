"""What no plugin needs is switched off in wasmtime, and the refusal of a component that uses it says so."""

from __future__ import annotations

import pytest
from wasmtime import wat2wasm

from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.features import OFF, refusal
from hostcore.runtime.native.library import WasmtimeError
from hostcore.runtime.native.objects import Component

USES_IT = {
    "uses the garbage-collected heap (wasm GC)": [
        "(module (type (struct (field i32))))",
        "(module (type (array i8)))",
        "(module (rec (type (func)) (type (func))))",
        "(module (type (sub (func))))",
        "(module (func (param anyref)))",
        "(module (table 1 externref))",
        "(module (func (local eqref)))",
        "(module (func (drop (ref.i31 (i32.const 1)))))",
    ],
    "uses exceptions of WebAssembly": [
        "(module (tag))",
        "(module (func (param exnref)))",
        "(module (func (try_table)))",
        "(module (func try catch_all end))",
    ],
    "uses threads or shared memory": [
        "(module (memory 1 1 shared))",
        "(module (func (atomic.fence)))",
    ],
    "uses typed function references": [
        "(module (global (ref func) (ref.func 0)) (func))",
        "(module (type $t (func)) (func (param (ref null $t))))",
        "(module (func $f (drop (ref.as_non_null (ref.null func)))))",
    ],
    "uses 64-bit memory or tables": ["(module (memory i64 1))", "(module (table i64 1 funcref))"],
    "has several memories in one module": ["(module (memory 1) (memory 1))"],
    "uses memory pages of its own size": ["(module (memory 1 (pagesize 1)))"],
    "switches between stacks": ["(module (type $f (func)) (type $c (cont $f)))"],
    "uses 128-bit arithmetic": [
        "(module (func (result i64 i64) (i64.mul_wide_u (i64.const 0) (i64.const 0))))",
    ],
    "uses relaxed vector instructions": [
        "(module (func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))))",
    ],
}
"""Core modules that use what is off."""
ASYNCHRONOUS = (
    "(component (type (stream u8)))",
    "(component (type (future u8)))",
    '(component (import "f" (func async)))',
)
NEEDED = (
    "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
    "(module (func (result i32 i32) (i32.const 0) (i32.const 0)))",
    "(module (table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1)))))",
    "(module (func (drop (i32.extend8_s (i32.trunc_sat_f64_u (f64.const 1))))))",
    "(module (func (drop (v128.const i32x4 0 0 0 0))))",
    "(module (func $f (return_call $f)))",
)
"""Core modules that use what compilers for plugins emit."""


def component(module: str) -> str:
    return f"(component (core {module[1:]})"


def message(engine: GuestEngine, text: str) -> str:
    with pytest.raises(WasmtimeError) as error:
        Component(engine.engine, bytes(wat2wasm(text)))
    return str(error.value)


@pytest.mark.parametrize("uses", USES_IT)
def test_a_component_that_uses_what_is_off_is_refused_in_plain_words(engine: GuestEngine, uses: str) -> None:
    for module in USES_IT[uses]:
        assert refusal(message(engine, component(module))).startswith(f"it {uses}, which this host switches off: ")


def test_asynchronous_types_are_refused_before_they_can_end_the_process(engine: GuestEngine) -> None:
    for text in ASYNCHRONOUS:
        assert "asynchronous functions, streams or futures (WASI 0.3)" in refusal(message(engine, text))


def test_everything_that_is_off_has_an_example() -> None:
    assert {each.uses for each in OFF} == {*USES_IT, "uses asynchronous functions, streams or futures (WASI 0.3)"}


@pytest.mark.parametrize("module", NEEDED)
def test_what_compilers_for_plugins_emit_stays_on(engine: GuestEngine, module: str) -> None:
    Component(engine.engine, bytes(wat2wasm(component(module))))


def test_any_other_message_is_no_refusal() -> None:
    assert refusal("unexpected end-of-file (at offset 0x15)") == ""
