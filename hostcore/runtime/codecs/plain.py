"""Codecs for values that contain no others: numbers, text, bytes, names, resources."""

from __future__ import annotations

import struct
from collections.abc import Set
from ctypes import addressof, c_size_t
from typing import Any

from hostcore.hostcall import CrashKind, Resource, Trap
from hostcore.runtime import capi
from hostcore.runtime.capi import VALUE_SIZE, bytes_at, write
from hostcore.runtime.codecs.memory import (
    FREE_TEXT,
    KIND_AND_POINTER,
    MAX_BYTES,
    MAX_TEXT,
    PAIR,
    Codec,
    address_at,
    elements,
    lift_name,
    lower_name,
    set_kind,
    unpack_pair,
    unpack_pointer,
)
from hostcore.runtime.host_share import TEXT_COST, charge
from hostcore.runtime.native.library import Address, error_text


class _Scalar:
    def __init__(self, kind: int, code: str) -> None:
        self.code = code
        self._value = struct.Struct(f"<{code}")
        self._whole = struct.Struct(f"<B7x{code}")
        self._kind = kind

    def lift(self, memory: bytes, offset: int, _context: Address) -> Any:
        return self._value.unpack_from(memory, offset + 8)[0]

    def lower(self, value: Any, address: Address, _context: Address) -> None:
        packed = self._whole.pack(self._kind, value)
        write(address, packed, len(packed))


class _Char(_Scalar):
    def lift(self, memory: bytes, offset: int, context: Address) -> Any:
        return chr(super().lift(memory, offset, context))

    def lower(self, value: Any, address: Address, context: Address) -> None:
        value.encode()  # a lone surrogate is not a char, and wasmtime would abort the process
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
"""Codecs for numbers, booleans and characters, by their names in WIT."""


def code_of(codec: Codec) -> str | None:
    """The format of `struct` with which a number or a boolean is read; None for values that need more than that."""
    scalar = getattr(codec[0], "__self__", None)
    return scalar.code if type(scalar) is _Scalar else None


def _lift_string(memory: bytes, offset: int, context: Address) -> str:
    size, data = unpack_pair(memory, offset + 8)
    if size > MAX_TEXT:
        raise Trap(CrashKind.DATA, f"passed a text of {size} bytes; at most {MAX_TEXT} are accepted")
    if size > FREE_TEXT:
        charge(context, size * TEXT_COST)
    return bytes_at(data, size).decode()


def _lower_string(value: str, address: Address, _context: Address) -> None:
    encoded = value.encode("utf-8", "replace")
    capi.new_bytes(address + 8, len(encoded), encoded)
    set_kind(address, capi.KIND_STRING)


def _lift_bytes(memory: bytes, offset: int, context: Address) -> bytes:
    return elements(memory, offset, context, MAX_BYTES)[1][8::VALUE_SIZE]


def _lower_bytes(value: bytes, address: Address, _context: Address) -> None:
    size = len(value)
    if not size:
        write(address, _NO_BYTES, len(_NO_BYTES))
        return
    block = bytearray(size * VALUE_SIZE)
    block[::VALUE_SIZE] = _U8_KIND * size
    block[8::VALUE_SIZE] = value
    capi.new_list_of(address + 8, size, bytes(block))
    set_kind(address, capi.KIND_LIST)


_U8_KIND = bytes((capi.KIND_U8,))
_NO_BYTES = struct.pack("<B7xQQ", capi.KIND_LIST, 0, 0)
"""An empty list, as wasmtime_component_vallist_new_empty makes it."""


def enum_of(cases: Set[str]) -> Codec:
    """Codec for an enum, from the names of its cases."""

    def lift(memory: bytes, offset: int, _context: Address) -> str:
        return lift_name(memory, offset + 8)

    def lower(value: str, address: Address, _context: Address) -> None:
        _require_known({value}, cases)
        lower_name(value, address + 8)
        set_kind(address, capi.KIND_ENUM)

    return lift, lower


def flags_of(flags: Set[str]) -> Codec:
    """Codec for flags, from their names."""

    def lift(memory: bytes, offset: int, _context: Address) -> frozenset[str]:
        size, data = unpack_pair(memory, offset + 8)
        names = bytes_at(data, size * PAIR.size) if size else b""
        return frozenset(lift_name(names, index * PAIR.size) for index in range(size))

    def lower(value: frozenset[str], address: Address, _context: Address) -> None:
        _require_known(value, flags)
        capi.new_flags(address + 8, len(value))
        data = address_at(address + 16)
        for index, name in enumerate(sorted(value)):
            lower_name(name, data + index * PAIR.size)
        set_kind(address, capi.KIND_FLAGS)

    return lift, lower


def _require_known(names: Set[str], known: Set[str]) -> None:
    if not names <= known:
        raise ValueError(f"{sorted(names - known)} is not among {sorted(known)}")


def _lift_resource(memory: bytes, offset: int, context: Address) -> Resource:
    pointer = c_size_t()
    error = capi.resource_from_any(context, unpack_pointer(memory, offset + 8)[0], addressof(pointer))
    if error:
        raise ValueError(f"not a resource of this host: {error_text(error)}")
    rep = capi.resource_rep(pointer.value)
    capi.resource_delete(pointer.value)
    return Resource(rep)


def _lower_own(value: Resource, address: Address, context: Address) -> None:
    host = capi.resource_new(True, value.rep, value.type_id)
    pointer = c_size_t()
    error = capi.resource_to_any(context, host, addressof(pointer))
    capi.resource_delete(host)
    if error:
        raise ValueError(error_text(error))
    write(address, KIND_AND_POINTER.pack(capi.KIND_RESOURCE, pointer.value), 16)


STRING: Codec = (_lift_string, _lower_string)
BYTES: Codec = (_lift_bytes, _lower_bytes)
RESOURCE: Codec = (_lift_resource, _lower_own)
