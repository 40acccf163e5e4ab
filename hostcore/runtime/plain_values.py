"""Converts results of a plugin's functions for JSON. Uses the WIT type, because the values carry no names."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

from hostcore.hostcall import Err
from hostcore.runtime.native import wit

Plain = Callable[[Any], Any]
"""Converts a value of `hostcore.runtime.marshal` to one that JSON can hold."""
_FLOAT = struct.Struct("<f")
_SINGLE_DIGITS = range(6, 10)
"""Significant digits: 6 survive an f32, 9 tell any two apart (IEEE 754, FLT_DIG, FLT_DECIMAL_DIG)."""


def plain_of(ty: Any) -> Plain:
    """Create the function that converts values of the WIT type `ty` for JSON.

    A record becomes an object, with ``fan-on`` renamed to ``fan_on``. Tuples, lists and flags become lists. An enum, or
    a case without payload, becomes its name. Any other case becomes an object with one field.

    Raises:
        TypeError: JSON cannot hold the type, because it has resources or streams.
    """
    known = _TYPES.get(type(ty))
    if known is None:
        raise TypeError(f"JSON cannot hold {getattr(ty, 'name', type(ty).__name__)}")
    return known(ty)


def shortest(value: float) -> float:
    """Round an f32 (or an f64 that holds one) to the digits it has: 22.7 instead of 22.700000762939453."""
    for digits in _SINGLE_DIGITS:
        candidate = float(f"{value:.{digits}g}")
        try:
            if _FLOAT.unpack(_FLOAT.pack(candidate))[0] == value:
                return candidate
        except OverflowError:  # rounded up beyond the largest f32
            continue
    return value


def _unchanged(value: Any) -> Any:
    return value


def _record(fields: Mapping[str, Plain]) -> Plain:
    return lambda values: {name: plain(each) for (name, plain), each in zip(fields.items(), values, strict=True)}


def _tuple(members: list[Plain]) -> Plain:
    return lambda values: [plain(each) for plain, each in zip(members, values, strict=True)]


def _list(element: Plain) -> Plain:
    return lambda values: [element(each) for each in values]


def _option(some: Plain) -> Plain:
    return lambda value: None if value is None else some(value)


def _variant(cases: Mapping[str, Plain | None]) -> Plain:
    def plain(value: tuple[str, Any]) -> Any:
        case, payload = value
        inner = cases[case]
        return case if inner is None else {case: inner(payload)}

    return plain


def _result(ok: Plain | None, err: Plain | None) -> Plain:
    case = _variant({"ok": ok, "err": err})
    return lambda value: case(("err", value.value) if isinstance(value, Err) else ("ok", value))


def _optional(payload: Any) -> Plain | None:
    return None if payload is None else plain_of(payload)


_TYPES: Mapping[type, Callable[[Any], Plain]] = {
    wit.Simple: lambda ty: shortest if ty.name in {"f32", "f64"} else _unchanged,
    wit.EnumType: lambda _: _unchanged,
    wit.FlagsType: lambda _: sorted,
    wit.RecordType: lambda ty: _record({name.replace("-", "_"): plain_of(each) for name, each in ty.fields}),
    wit.TupleType: lambda ty: _tuple([plain_of(each) for each in ty.elements]),
    wit.ListType: lambda ty: _list(plain_of(ty.element)),
    wit.OptionType: lambda ty: _option(plain_of(ty.payload)),
    wit.VariantType: lambda ty: _variant({name: _optional(each) for name, each in ty.cases}),
    wit.ResultType: lambda ty: _result(_optional(ty.ok), _optional(ty.err)),
}
