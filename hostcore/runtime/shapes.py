"""Function types of the contract as text, for comparison with a component's own types.

wasmtime passes values with the component's types, not with the types that the host expects. Without this check, a
component that declares `transfer` with a float for the address would reach the bus.
"""

from __future__ import annotations

from typing import Any

from wasmtime.component import _types as wit

from hostcore.compat.demo.contract import POLLS, fits_demo_contract
from hostcore.runtime.plain_values import plain_of

_ERROR = "variant(no-acknowledge=string bus=string arbitration-loss=string timeout=string denied=string other=string)"
_EDGES = "list<record(time-ns=u64 rising=bool)>"
_STATUS = "record(cpu-temperature=f32 load=f32 memory-used=u64 memory-total=u64 uptime=f64)"
CONTRACT = {
    "i2c#transaction": "(option<u8> u8 list<variant(read=u32 write=list<u8>)>) -> result<list<list<u8>> E>",
    "i2c#transfer": "(option<u8> u8 list<u8> u32) -> result<list<u8> E>",
    "spi#transfer": "(u8 u8 list<u8> u32 u8) -> result<list<u8> E>",
    "gpio#read": "(u8 enum(none up down)) -> result<bool E>",
    "gpio#write": "(u8 bool) -> result<_ E>",
    "gpio#capture": f"(u8 list<record(level=bool duration-ns=u32)> u32 u32) -> result<{_EDGES} E>",
    "uart#read": "(string u32 u32) -> result<list<u8> E>",
    "uart#write": "(string list<u8>) -> result<_ E>",
    "uart#set-baud": "(string u32) -> result<_ E>",
    "iio#devices": "() -> result<list<string> E>",
    "iio#channels": "(string) -> result<list<string> E>",
    "iio#read": "(string string) -> result<f64 E>",
    "leds#count": "() -> result<u32 E>",
    "leds#set-color": "(u32 u8 u8 u8) -> result<_ E>",
    "leds#fill": "(u8 u8 u8) -> result<_ E>",
    "leds#show": "() -> result<_ E>",
    "relays#write": "(string bool) -> result<_ E>",
    "relays#read": "(string) -> result<bool E>",
    "relays#pulse": "(string u32 u32 u32) -> result<_ E>",
    "pwm#write": "(u8 f64 f64) -> result<_ E>",
    "system#read-status": f"() -> result<{_STATUS} E>",
    "log#write": "(enum(debug info warning error) string) -> _",
    "settings#read": "() -> string",
    "python-wire#i2c-transaction": "(u32 option<u8> u8 string string) -> result<list<u8> E>",
    "python-wire#i2c-transfer": "(u32 option<u8> u8 string u32) -> result<list<u8> E>",
    "python-wire#spi-transfer": "(u32 u8 u8 string u32 u8) -> result<list<u8> E>",
    "python-wire#gpio-read": "(u32 u8 enum(none up down)) -> result<bool E>",
    "python-wire#gpio-write": "(u32 u8 bool) -> result<_ E>",
    "python-wire#gpio-capture": f"(u32 u8 string u32 u32) -> result<{_EDGES} E>",
    "python-wire#uart-read": "(u32 string u32 u32) -> result<list<u8> E>",
    "python-wire#uart-write": "(u32 string string) -> result<_ E>",
    "python-wire#uart-set-baud": "(u32 string u32) -> result<_ E>",
    "python-wire#iio-devices": "(u32) -> result<list<string> E>",
    "python-wire#iio-channels": "(u32 string) -> result<list<string> E>",
    "python-wire#iio-read": "(u32 string string) -> result<f64 E>",
    "python-wire#leds-count": "(u32) -> result<u32 E>",
    "python-wire#leds-set-color": "(u32 u32 u8 u8 u8) -> result<_ E>",
    "python-wire#leds-fill": "(u32 u8 u8 u8) -> result<_ E>",
    "python-wire#leds-show": "(u32) -> result<_ E>",
    "python-wire#relays-write": "(u32 string bool) -> result<_ E>",
    "python-wire#relays-read": "(u32 string) -> result<bool E>",
    "python-wire#relays-pulse": "(u32 string u32 u32 u32) -> result<_ E>",
    "python-wire#pwm-write": "(u32 u8 f64 f64) -> result<_ E>",
    "python-wire#system-read-status": f"(u32) -> result<{_STATUS} E>",
    "python-wire#raised": "(string string) -> _",
    "python-wire#stack": "(string bool) -> u32",
    "driver#read": "() -> result<string string>",
    "display#update": "(string) -> result<_ string>",
    "page#render": "(string) -> result<string string>",
}
"""Types in wit/, by ``interface#function``. E is the error of `types`."""
DEEPEST = 6
"""Most nesting levels of a type in the contract."""

_SIMPLE = {
    wit.Bool: "bool",
    wit.S8: "s8",
    wit.U8: "u8",
    wit.S16: "s16",
    wit.U16: "u16",
    wit.S32: "s32",
    wit.U32: "u32",
    wit.S64: "s64",
    wit.U64: "u64",
    wit.F32: "f32",
    wit.F64: "f64",
    wit.Char: "char",
    wit.String: "string",
}


def fits_contract(function: str, found: wit.FuncType) -> bool:
    """Whether a component's `function` has the contract's type. True for unknown functions.

    Args:
        function: ``interface#function``, with its package if that is not this host's own.
        found: its type.
    """
    if function in POLLS:
        return _is_poll(found)
    if "/" in function:
        return fits_demo_contract(function, shape_of(found))
    expected = CONTRACT.get(function)
    return expected is None or expected == shape_of(found).replace(_ERROR, "E")


def _is_poll(function: wit.FuncType) -> bool:
    """Whether the function returns one record, or a list of records, that JSON can hold."""
    result = function.result
    record = result.element if isinstance(result, wit.ListType) else result
    if function.params or not isinstance(record, wit.RecordType):
        return False
    try:
        plain_of(record)
    except TypeError:
        return False
    return True


def shape_of(function: wit.FuncType) -> str:
    """A function's type as text, without parameter names."""
    parameters = " ".join(_shape(each, DEEPEST) for _, each in function.params)
    return f"({parameters}) -> {_shape(function.result, DEEPEST)}"


def _shape(ty: Any, levels: int) -> str:
    """One type as text. Below `levels`, which no type of the contract exceeds, it is "..."."""
    if ty is None:
        return "_"
    simple = _SIMPLE.get(type(ty))
    if simple is not None:
        return simple
    if not levels:
        return "..."
    below = levels - 1
    match ty:
        case wit.ListType():
            shape = f"list<{_shape(ty.element, below)}>"
        case wit.OptionType():
            shape = f"option<{_shape(ty.payload, below)}>"
        case wit.ResultType():
            shape = f"result<{_shape(ty.ok, below)} {_shape(ty.err, below)}>"
        case wit.TupleType():
            shape = f"tuple({' '.join(_shape(each, below) for each in ty.elements)})"
        case wit.RecordType():
            shape = f"record({' '.join(f'{name}={_shape(each, below)}' for name, each in ty.fields)})"
        case wit.VariantType():
            shape = f"variant({' '.join(f'{name}={_shape(each, below)}' for name, each in ty.cases)})"
        case wit.EnumType():
            shape = f"enum({' '.join(ty.names)})"
        case _:
            shape = type(ty).__name__
    return shape
