"""How any value lies in wasmtime's memory, and the pieces that reading and writing it is made of.

A value has 32 bytes: its kind, and eight bytes on either a number, or a size and an address, or an address alone
(wasmtime/component/val.h). What is written here is allocated by wasmtime, and freed by whoever it is handed to.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from ctypes import c_size_t, memmove, string_at
from typing import Any

from hostcore.hostcall import CrashKind, Trap
from hostcore.runtime import capi
from hostcore.runtime.capi import VALUE_SIZE, Address

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

PAIR = struct.Struct("<QQ")
unpack_pair = PAIR.unpack_from
unpack_pointer = struct.Struct("<Q").unpack_from
pack_pointer = struct.Struct("<Q").pack
KIND_AND_POINTER = struct.Struct("<B7xQ")


def set_kind(address: Address, kind: int) -> None:
    """Say what kind of value lies there."""
    memmove(address, bytes((kind,)), 1)


def address_at(address: Address) -> Address:
    """The address that is kept at an address."""
    return c_size_t.from_address(address).value


def lower_name(text: str, address: Address) -> None:
    """Write the name of a case, a field or a flag."""
    encoded = text.encode()
    capi.new_bytes(address, len(encoded), encoded)


def lift_name(memory: bytes, offset: int) -> str:
    """Read one."""
    size, data = unpack_pair(memory, offset)
    return string_at(data, size).decode()


def elements(memory: bytes, offset: int, most: int = MAX_LIST) -> tuple[int, bytes]:
    """How many elements a list or tuple has, and the memory in which their values lie.

    Raises:
        Trap: they are more than `most`.
    """
    size, data = unpack_pair(memory, offset + 8)
    if size > most:
        raise Trap(CrashKind.TRAP, f"handed over a list of {size} elements; at most {most} are taken")
    return size, string_at(data, size * VALUE_SIZE) if size else b""
