"""How each kind of value lies in wasmtime's memory: a pair of functions that read and write it.

A value has 32 bytes: its kind, and eight bytes on either a number, or a size and an address, or an address alone
(wasmtime/component/val.h). What is written here is allocated by wasmtime, and freed by whoever it is handed to.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence, Set
from ctypes import addressof, c_size_t, create_string_buffer, memmove, string_at
from typing import Any

from hostcore.hostcall import CrashKind, Err, Resource, Trap
from hostcore.runtime import capi
from hostcore.runtime.capi import FIELD_SIZE, VALUE_SIZE, Address

Lifter = Callable[[bytes, int, Address], Any]
"""(memory, offset of the value in it, store context) -> value."""
Lowerer = Callable[[Any, Address, Address], None]
"""(value, address to write to, store context). A TypeError or struct.error leaves nothing allocated at the address."""

Codec = tuple[Lifter, Lowerer]

MAX_BYTES = 1 << 20
"""The longest list<u8> taken from a guest: wasmtime needs 32 bytes for each element, whatever its type."""
MAX_TEXT = 4 << 20
"""Bytes of the longest text taken from a guest: the longest reading that host.toml can allow."""
MAX_LIST = 1 << 16
"""The longest list of anything else, in elements: each takes Python a microsecond and more, in which nobody checks
whether the call is over."""


_PAIR = struct.Struct("<QQ")
_unpack_pair = _PAIR.unpack_from
_unpack_pointer = struct.Struct("<Q").unpack_from
_pack_pointer = struct.Struct("<Q").pack
_KIND_AND_POINTER = struct.Struct("<B7xQ")
_KIND_FLAG_POINTER = struct.Struct("<B7x?7xQ")


class _Scalar:
    def __init__(self, kind: int, code: str) -> None:
        self._value = struct.Struct(f"<{code}")
        self._whole = struct.Struct(f"<B7x{code}")
        self._kind = kind

    def lift(self, memory: bytes, offset: int, _context: Address) -> Any:
        return self._value.unpack_from(memory, offset + 8)[0]

    def lower(self, value: Any, address: Address, _context: Address) -> None:
        packed = self._whole.pack(self._kind, value)
        memmove(address, packed, len(packed))


class _Char(_Scalar):
    def lift(self, memory: bytes, offset: int, context: Address) -> Any:
        return chr(super().lift(memory, offset, context))

    def lower(self, value: Any, address: Address, context: Address) -> None:
        value.encode()  # a lone surrogate is no char, and wasmtime would abort the process
        super().lower(ord(value), address, context)


SCALARS: dict[str, Codec] = {
    name: (codec.lift, codec.lower)
    for name, codec in {
        "bool": _Scalar(capi.KIND_BOOL, "?"),
        "s8": _Scalar(capi.KIND_S8, "b"),
        "u8": _Scalar(capi.KIND_U8, "B"),
        "s16": _Scalar(capi.KIND_S16, "h"),
        "u16": _Scalar(capi.KIND_U16, "H"),
        "s32": _Scalar(capi.KIND_S32, "i"),
        "u32": _Scalar(capi.KIND_U32, "I"),
        "s64": _Scalar(capi.KIND_S64, "q"),
        "u64": _Scalar(capi.KIND_U64, "Q"),
        "f32": _Scalar(capi.KIND_F32, "f"),
        "f64": _Scalar(capi.KIND_F64, "d"),
        "char": _Char(capi.KIND_CHAR, "I"),
    }.items()
}
"""Numbers and the like, by their name in WIT."""


def _set_kind(address: Address, kind: int) -> None:
    memmove(address, bytes((kind,)), 1)


def _address_at(address: Address) -> Address:
    return c_size_t.from_address(address).value


def _lower_name(text: str, address: Address) -> None:
    encoded = text.encode()
    capi.new_bytes(address, len(encoded), encoded)


def _lift_name(memory: bytes, offset: int) -> str:
    size, data = _unpack_pair(memory, offset)
    return string_at(data, size).decode()


def _lift_string(memory: bytes, offset: int, _context: Address) -> str:
    size, data = _unpack_pair(memory, offset + 8)
    if size > MAX_TEXT:
        raise Trap(CrashKind.TRAP, f"handed over a text of {size} bytes; at most {MAX_TEXT} are taken")
    return string_at(data, size).decode()


def _lower_string(value: str, address: Address, _context: Address) -> None:
    encoded = value.encode("utf-8", "replace")
    capi.new_bytes(address + 8, len(encoded), encoded)
    _set_kind(address, capi.KIND_STRING)


def _elements(memory: bytes, offset: int, most: int = MAX_LIST) -> tuple[int, bytes]:
    size, data = _unpack_pair(memory, offset + 8)
    if size > most:
        raise Trap(CrashKind.TRAP, f"handed over a list of {size} elements; at most {most} are taken")
    return size, string_at(data, size * VALUE_SIZE) if size else b""


def _lift_bytes(memory: bytes, offset: int, _context: Address) -> bytes:
    return _elements(memory, offset, MAX_BYTES)[1][8::VALUE_SIZE]


def _lower_bytes(value: bytes, address: Address, _context: Address) -> None:
    size = len(value)
    capi.new_list(address + 8, size)
    if size:
        block = bytearray(size * VALUE_SIZE)
        block[::VALUE_SIZE] = _U8_KIND * size
        block[8::VALUE_SIZE] = value
        memmove(_address_at(address + 16), bytes(block), len(block))
    _set_kind(address, capi.KIND_LIST)


_U8_KIND = bytes((capi.KIND_U8,))


def list_of(element: Codec) -> Codec:
    """A list of anything but bytes."""
    lift_element, lower_element = element

    def lift(memory: bytes, offset: int, context: Address) -> list[Any]:
        size, inner = _elements(memory, offset)
        return [lift_element(inner, index * VALUE_SIZE, context) for index in range(size)]

    def lower(value: Sequence[Any], address: Address, context: Address) -> None:
        capi.new_list(address + 8, len(value))
        data = _address_at(address + 16)
        for index, item in enumerate(value):
            lower_element(item, data + index * VALUE_SIZE, context)
        _set_kind(address, capi.KIND_LIST)

    return lift, lower


def tuple_of(members: Sequence[Codec]) -> Codec:
    """A tuple."""

    def lift(memory: bytes, offset: int, context: Address) -> tuple[Any, ...]:
        _, inner = _elements(memory, offset)
        return tuple(lift(inner, index * VALUE_SIZE, context) for index, (lift, _) in enumerate(members))

    def lower(value: Sequence[Any], address: Address, context: Address) -> None:
        capi.new_tuple(address + 8, len(members))
        data = _address_at(address + 16)
        for index, ((_, lower_member), item) in enumerate(zip(members, value, strict=True)):
            lower_member(item, data + index * VALUE_SIZE, context)
        _set_kind(address, capi.KIND_TUPLE)

    return lift, lower


def record_of(fields: Sequence[tuple[str, Codec]]) -> Codec:
    """A record, from its fields by name."""
    members = [(name, *codec) for name, codec in fields]

    def lift(memory: bytes, offset: int, context: Address) -> tuple[Any, ...]:
        size, data = _unpack_pair(memory, offset + 8)
        inner = string_at(data, size * FIELD_SIZE)
        return tuple(lift(inner, index * FIELD_SIZE + 16, context) for index, (_, lift, _) in enumerate(members))

    def lower(value: Sequence[Any], address: Address, context: Address) -> None:
        capi.new_record(address + 8, len(members))
        data = _address_at(address + 16)
        for index, ((name, _, lower_member), item) in enumerate(zip(members, value, strict=True)):
            _lower_name(name, data + index * FIELD_SIZE)
            lower_member(item, data + index * FIELD_SIZE + 16, context)
        _set_kind(address, capi.KIND_RECORD)

    return lift, lower


def _box(lower: Lowerer, value: Any, context: Address) -> Address:
    scratch = create_string_buffer(VALUE_SIZE)
    lower(value, addressof(scratch), context)
    return capi.box_value(scratch)  # type: ignore[no-any-return]


def _lift_box(lift: Lifter, pointer: Address, context: Address) -> Any:
    return lift(string_at(pointer, VALUE_SIZE), 0, context)


def variant_of(cases: Sequence[tuple[str, Codec | None]]) -> Codec:
    """A variant, from its cases by name; None where a case has no payload."""
    payloads = dict(cases)

    def lift(memory: bytes, offset: int, context: Address) -> tuple[str, Any]:
        case = _lift_name(memory, offset + 8)
        payload = payloads[case]
        if payload is None:
            return case, None
        return case, _lift_box(payload[0], _unpack_pointer(memory, offset + 24)[0], context)

    def lower(value: tuple[str, Any], address: Address, context: Address) -> None:
        case, inner = value
        payload = payloads[case]
        boxed = 0 if payload is None else _box(payload[1], inner, context)
        _lower_name(case, address + 8)
        memmove(address + 24, _pack_pointer(boxed), 8)
        _set_kind(address, capi.KIND_VARIANT)

    return lift, lower


def option_of(some: Codec) -> Codec:
    """An option."""
    lift_some, lower_some = some

    def lift(memory: bytes, offset: int, context: Address) -> Any:
        pointer = _unpack_pointer(memory, offset + 8)[0]
        return _lift_box(lift_some, pointer, context) if pointer else None

    def lower(value: Any, address: Address, context: Address) -> None:
        boxed = 0 if value is None else _box(lower_some, value, context)
        memmove(address, _KIND_AND_POINTER.pack(capi.KIND_OPTION, boxed), 16)

    return lift, lower


def result_of(ok: Codec | None, err: Codec | None) -> Codec:
    """A result; None where a case has no payload."""

    def lift(memory: bytes, offset: int, context: Address) -> Any:
        is_ok, pointer = memory[offset + 8], _unpack_pointer(memory, offset + 16)[0]
        codec = ok if is_ok else err
        inner = None if codec is None else _lift_box(codec[0], pointer, context)
        return inner if is_ok else Err(inner)

    def lower(value: Any, address: Address, context: Address) -> None:
        is_ok = not isinstance(value, Err)
        codec = ok if is_ok else err
        inner = value if is_ok else value.value
        boxed = 0 if codec is None else _box(codec[1], inner, context)
        memmove(address, _KIND_FLAG_POINTER.pack(capi.KIND_RESULT, is_ok, boxed), 24)

    return lift, lower


def enum_of(cases: Set[str]) -> Codec:
    """An enum, from the names of its cases."""

    def lift(memory: bytes, offset: int, _context: Address) -> str:
        return _lift_name(memory, offset + 8)

    def lower(value: str, address: Address, _context: Address) -> None:
        _require_known({value}, cases)
        _lower_name(value, address + 8)
        _set_kind(address, capi.KIND_ENUM)

    return lift, lower


def flags_of(flags: Set[str]) -> Codec:
    """Flags, from their names."""

    def lift(memory: bytes, offset: int, _context: Address) -> frozenset[str]:
        size, data = _unpack_pair(memory, offset + 8)
        names = string_at(data, size * _PAIR.size) if size else b""
        return frozenset(_lift_name(names, index * _PAIR.size) for index in range(size))

    def lower(value: frozenset[str], address: Address, _context: Address) -> None:
        _require_known(value, flags)
        capi.new_flags(address + 8, len(value))
        data = _address_at(address + 16)
        for index, name in enumerate(sorted(value)):
            _lower_name(name, data + index * _PAIR.size)
        _set_kind(address, capi.KIND_FLAGS)

    return lift, lower


def _require_known(names: Set[str], known: Set[str]) -> None:
    if not names <= known:
        raise ValueError(f"{sorted(names - known)} is not among {sorted(known)}")


def _lift_resource(memory: bytes, offset: int, context: Address) -> Resource:
    pointer = c_size_t()
    error = capi.resource_from_any(context, _unpack_pointer(memory, offset + 8)[0], addressof(pointer))
    if error:
        raise ValueError(f"not a resource of this host: {capi.error_text(error)}")
    rep = capi.resource_rep(pointer.value)
    capi.resource_delete(pointer.value)
    return Resource(rep)


def _lower_own(value: Resource, address: Address, context: Address) -> None:
    host = capi.resource_new(True, value.rep, value.type_id)
    pointer = c_size_t()
    error = capi.resource_to_any(context, host, addressof(pointer))
    capi.resource_delete(host)
    if error:
        raise ValueError(capi.error_text(error))
    memmove(address, _KIND_AND_POINTER.pack(capi.KIND_RESOURCE, pointer.value), 16)


STRING: Codec = (_lift_string, _lower_string)
BYTES: Codec = (_lift_bytes, _lower_bytes)
RESOURCE: Codec = (_lift_resource, _lower_own)
