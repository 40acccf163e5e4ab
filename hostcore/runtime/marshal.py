"""Converts values between guest and host.

A WIT type is compiled once into a `Codec`: functions that read a value from wasmtime's memory, and write one there.
WIT values become these Python values:

=============================  ==================================================
bool, integers, floats, char   bool, int, float, str
string, enum                   str
list<u8>                       bytes
list<T>                        list
record, tuple                  tuple, in the order of the fields
variant                        (case, payload or None)
option<T>                      None or the value
result<T, E>                   the value, or `Err` around the error
flags                          frozenset of the names
own, borrow                    `Resource`
=============================  ==================================================
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from hostcore.errors import HostError
from hostcore.runtime import codecs
from hostcore.runtime.capi import VALUE_SIZE, bytes_at
from hostcore.runtime.codecs import SCALARS, Codec
from hostcore.runtime.native import wit
from hostcore.runtime.native.library import Address

_TYPES: dict[type, Callable[[Any], Codec]] = {
    wit.Simple: lambda ty: codecs.STRING if ty.name == "string" else SCALARS[ty.name],
    wit.EnumType: lambda ty: codecs.enum_of(frozenset(ty.names)),
    wit.FlagsType: lambda ty: codecs.flags_of(frozenset(ty.names)),
    wit.OwnType: lambda _: codecs.RESOURCE,
    wit.BorrowType: lambda _: codecs.RESOURCE,
    wit.ListType: lambda ty: _list(ty.element),
    wit.TupleType: lambda ty: codecs.tuple_of([compile_type(member) for member in ty.elements]),
    wit.RecordType: lambda ty: codecs.record_of([(name, compile_type(field)) for name, field in ty.fields]),
    wit.VariantType: lambda ty: codecs.variant_of([(name, _optional(payload)) for name, payload in ty.cases]),
    wit.OptionType: lambda ty: codecs.option_of(compile_type(ty.payload)),
    wit.ResultType: lambda ty: codecs.result_of(_optional(ty.ok), _optional(ty.err)),
}


def compile_type(ty: wit.ValueType) -> Codec:
    """Create the codec for the WIT type `ty`.

    Raises:
        HostError: this host does not support the type (streams, futures, maps).
    """
    known = _TYPES.get(type(ty))
    if known is None:
        name = ty.name if isinstance(ty, wit.Unread) else type(ty).__name__
        raise HostError(f"values of the WIT type {name} cannot cross between plugin and host")
    return known(ty)


def _list(element: wit.ValueType) -> Codec:
    is_byte = isinstance(element, wit.Simple) and element.name == "u8"
    return codecs.BYTES if is_byte else codecs.list_of(compile_type(element))


def _optional(payload: wit.ValueType | None) -> Codec | None:
    return None if payload is None else compile_type(payload)


class Signature:
    """A compiled function type, for both directions.

    Args:
        parameters: one codec for each parameter.
        result: the codec of the result; None for a function without one.

    Attributes:
        parameters: as above.
        result: as above.
    """

    __slots__ = ("_others", "_size", "_unpack", "parameters", "result")

    def __init__(self, parameters: tuple[Codec, ...], result: Codec | None) -> None:
        self.parameters, self.result = parameters, result
        codes = [codecs.code_of(each) for each in parameters]
        layout = struct.Struct("<" + "".join(_layout(code or "Q") for code in codes))
        self._size, self._unpack = layout.size, layout.unpack
        self._others = [
            (index, lift, index * VALUE_SIZE)
            for index, (code, (lift, _)) in enumerate(zip(codes, parameters, strict=True))
            if code is None
        ]
        """The parameters that are no numbers, and their places."""

    def lift_arguments(self, address: Address, context: Address) -> list[Any]:
        """Read the arguments from the array of values at `address`. All numbers are read at once."""
        memory = bytes_at(address, self._size)
        values = list(self._unpack(memory))
        for index, lift, offset in self._others:
            values[index] = lift(memory, offset, context)
        return values


def _layout(code: str) -> str:
    """The format of a value with a number in it."""
    return f"8x{code}{VALUE_SIZE - 8 - struct.calcsize('<' + code)}x"


def compile_signature(function: wit.FuncType) -> Signature:
    """Compile a function type.

    Raises:
        HostError: this host does not support the type of a parameter or the result.
    """
    result = function.result
    return Signature(
        tuple(compile_type(parameter) for _, parameter in function.params),
        None if result is None else compile_type(result),
    )
