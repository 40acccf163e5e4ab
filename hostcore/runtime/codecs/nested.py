"""Codecs for values that contain other values."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from ctypes import addressof, create_string_buffer
from functools import cache
from typing import Any

from hostcore.hostcall import Err
from hostcore.runtime import capi
from hostcore.runtime.capi import FIELD_SIZE, VALUE_SIZE, bytes_at, write
from hostcore.runtime.codecs.memory import (
    KIND_AND_POINTER,
    PAIR,
    Codec,
    Lifter,
    Lowerer,
    address_at,
    elements,
    lift_name,
    lower_name,
    pack_pointer,
    set_kind,
    unpack_pair,
    unpack_pointer,
)
from hostcore.runtime.native.library import Address

_KIND_FLAG_POINTER = struct.Struct("<B7x?7xQ")


def list_of(element: Codec) -> Codec:
    """Codec for a list of anything but bytes."""
    lift_element, lower_element = element

    def lift(memory: bytes, offset: int, context: Address) -> list[Any]:
        size, inner = elements(memory, offset, context)
        return [lift_element(inner, index * VALUE_SIZE, context) for index in range(size)]

    def lower(value: Sequence[Any], address: Address, context: Address) -> None:
        capi.new_list(address + 8, len(value))
        data = address_at(address + 16)
        for index, item in enumerate(value):
            lower_element(item, data + index * VALUE_SIZE, context)
        set_kind(address, capi.KIND_LIST)

    return lift, lower


def tuple_of(members: Sequence[Codec]) -> Codec:
    """Codec for a tuple."""

    def lift(memory: bytes, offset: int, context: Address) -> tuple[Any, ...]:
        _, inner = elements(memory, offset, context)
        return tuple(lift(inner, index * VALUE_SIZE, context) for index, (lift, _) in enumerate(members))

    def lower(value: Sequence[Any], address: Address, context: Address) -> None:
        capi.new_tuple(address + 8, len(members))
        data = address_at(address + 16)
        for index, ((_, lower_member), item) in enumerate(zip(members, value, strict=True)):
            lower_member(item, data + index * VALUE_SIZE, context)
        set_kind(address, capi.KIND_TUPLE)

    return lift, lower


def record_of(fields: Sequence[tuple[str, Codec]]) -> Codec:
    """Codec for a record, from the codecs of its fields."""
    members = [(index * FIELD_SIZE + 16, *codec) for index, (_, codec) in enumerate(fields)]
    names = [name for name, _ in fields]

    def lift(memory: bytes, offset: int, context: Address) -> tuple[Any, ...]:
        size, data = unpack_pair(memory, offset + 8)
        inner = bytes_at(data, size * FIELD_SIZE)
        return tuple([lift(inner, place, context) for place, lift, _ in members])

    def lower(value: Sequence[Any], address: Address, context: Address) -> None:
        capi.copy_record(address + 8, _named_record(*names))
        data = address_at(address + 16)
        for (place, _, lower_member), item in zip(members, value, strict=True):
            lower_member(item, data + place, context)
        set_kind(address, capi.KIND_RECORD)

    return lift, lower


@cache
def _named_record(*names: str) -> Address:
    """Where there is a record with these names, and false as each of their values. It stays for good.

    To copy it takes one call of C, and a pulse of a DHT22 is a list of 84 records. Only host functions return records,
    so these are the few of wit/.
    """
    record = create_string_buffer(PAIR.size)
    _RECORDS.append(record)
    capi.new_record(addressof(record), len(names))
    data = address_at(addressof(record) + 8)
    for index, name in enumerate(names):
        write(data + index * FIELD_SIZE, bytes(FIELD_SIZE), FIELD_SIZE)
        lower_name(name, data + index * FIELD_SIZE)
    return addressof(record)


_RECORDS: list[Any] = []


_FALSE = create_string_buffer(VALUE_SIZE)
_FALSE_ADDRESS = addressof(_FALSE)
"""The boolean false. wasmtime puts another one in its place when it boxes it."""


def _box(lower: Lowerer, value: Any, context: Address) -> Address:
    """Write a value to memory of its own. It is written where it stays: a box of anything takes one call."""
    box: Address = capi.box_value(_FALSE_ADDRESS)
    try:
        lower(value, box, context)
    except BaseException:
        capi.free_value(box)
        raise
    return box


def _lift_box(lift: Lifter, pointer: Address, context: Address) -> Any:
    return lift(bytes_at(pointer, VALUE_SIZE), 0, context)


def variant_of(cases: Sequence[tuple[str, Codec | None]]) -> Codec:
    """Codec for a variant, from the codecs of its cases; None for a case without payload."""
    payloads = dict(cases)

    def lift(memory: bytes, offset: int, context: Address) -> tuple[str, Any]:
        case = lift_name(memory, offset + 8)
        payload = payloads[case]
        if payload is None:
            return case, None
        return case, _lift_box(payload[0], unpack_pointer(memory, offset + 24)[0], context)

    def lower(value: tuple[str, Any], address: Address, context: Address) -> None:
        case, inner = value
        payload = payloads[case]
        boxed = 0 if payload is None else _box(payload[1], inner, context)
        lower_name(case, address + 8)
        write(address + 24, pack_pointer(boxed), 8)
        set_kind(address, capi.KIND_VARIANT)

    return lift, lower


def option_of(some: Codec) -> Codec:
    """Codec for an option."""
    lift_some, lower_some = some

    def lift(memory: bytes, offset: int, context: Address) -> Any:
        pointer = unpack_pointer(memory, offset + 8)[0]
        return _lift_box(lift_some, pointer, context) if pointer else None

    def lower(value: Any, address: Address, context: Address) -> None:
        boxed = 0 if value is None else _box(lower_some, value, context)
        write(address, KIND_AND_POINTER.pack(capi.KIND_OPTION, boxed), 16)

    return lift, lower


def result_of(ok: Codec | None, err: Codec | None) -> Codec:
    """Codec for a result; None for a case without payload."""

    def lift(memory: bytes, offset: int, context: Address) -> Any:
        is_ok, pointer = memory[offset + 8], unpack_pointer(memory, offset + 16)[0]
        codec = ok if is_ok else err
        inner = None if codec is None else _lift_box(codec[0], pointer, context)
        return inner if is_ok else Err(inner)

    def lower(value: Any, address: Address, context: Address) -> None:
        is_ok = not isinstance(value, Err)
        codec = ok if is_ok else err
        inner = value if is_ok else value.value
        boxed = 0 if codec is None else _box(codec[1], inner, context)
        write(address, _KIND_FLAG_POINTER.pack(capi.KIND_RESULT, is_ok, boxed), 24)

    return lift, lower
