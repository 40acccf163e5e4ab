"""Values of WIT types as JSON can hold them."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wasmtime import wat2wasm

from hostcore.hostcall import Err
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.native.interfaces import ComponentType
from hostcore.runtime.native.objects import Component
from hostcore.runtime.plain_values import plain_of, shortest

NAMED = {
    "place": '(record (field "floor" s8) (field "room-name" string))',
    "trend": '(enum "falling" "rising")',
    "faults": '(flags "checksum" "timeout")',
    "mood": '(variant (case "good") (case "bad" string))',
}


def result_type(engine: GuestEngine, text: str) -> Any:
    """The type `text`, as a component has it."""
    names = " ".join(
        f'(type $a-{name} {each}) (export "{name}" (type ${name} (eq $a-{name})))' for name, each in NAMED.items()
    )
    function = f'{names} (export "handle" (type $handle (sub resource))) (export "f" (func (result {text})))'
    component = Component(engine.engine, wat2wasm(f'(component (import "a:b/c" (instance {function})))'))
    interface: Any = ComponentType(component).imports(engine.engine)["a:b/c"]
    return interface.exports(engine.engine)["f"].result


@pytest.mark.parametrize(
    ("text", "value", "plain"),
    [
        ("f32", struct.unpack("<f", struct.pack("<f", 22.7))[0], 22.7),
        ("f64", 22.700000762939453, 22.7),
        ("f64", 22.700000000000003, 22.700000000000003),
        ("u64", (1 << 64) - 1, (1 << 64) - 1),
        ("char", "°", "°"),
        ("$trend", "rising", "rising"),
        ("$place", (-1, "cellar"), {"floor": -1, "room_name": "cellar"}),
        ("(list $place)", [(0, "hall")], [{"floor": 0, "room_name": "hall"}]),
        ("(list u8)", b"\x01\x02", [1, 2]),
        ("(tuple u8 $place)", (3, (1, "attic")), [3, {"floor": 1, "room_name": "attic"}]),
        ("(option $place)", None, None),
        ("(option $place)", (1, "attic"), {"floor": 1, "room_name": "attic"}),
        ("$faults", frozenset({"timeout", "checksum"}), ["checksum", "timeout"]),
        ("$mood", ("good", None), "good"),
        ("$mood", ("bad", "wet"), {"bad": "wet"}),
        ("(result u8 (error string))", 7, {"ok": 7}),
        ("(result u8 (error string))", Err("wet"), {"err": "wet"}),
        ("(result)", Err(), "err"),
    ],
)
def test_every_value_has_its_form_in_json(engine: GuestEngine, text: str, value: object, plain: object) -> None:
    found = plain_of(result_type(engine, text))(value)
    assert found == plain
    assert json.loads(json.dumps(found)) == plain


@pytest.mark.parametrize("text", ["(own $handle)", "(option (own $handle))", "(list (tuple u8 (own $handle)))"])
def test_what_json_has_nothing_for_is_told(engine: GuestEngine, text: str) -> None:
    with pytest.raises(TypeError, match="JSON cannot hold OwnType"):
        plain_of(result_type(engine, text))


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_an_f32_keeps_its_value_with_the_fewest_digits(value: float) -> None:
    shown = shortest(value)
    assert struct.pack("<f", shown) == struct.pack("<f", value)
    assert len(f"{shown!r}".strip("-0.").partition("e")[0].replace(".", "")) <= 9


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_an_f64_stays_as_it_is_unless_it_is_an_f32(value: float) -> None:
    shown = shortest(value)
    assert shown == value or struct.pack("<f", shown) == struct.pack("<f", value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_stays_so_for_json_to_refuse(value: float) -> None:
    assert repr(shortest(value)) == repr(value)
