"""The layout of values in wasmtime's memory, and helpers to read and write them.

A value has 32 bytes: its kind, and from byte 8 on a number, or a size and an address, or an address alone
(wasmtime/component/val.h). Functions that write a value allocate its memory with wasmtime. The receiver frees it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from ctypes import c_size_t
from typing import Any

from hostcore.hostcall import CrashKind, Trap
from hostcore.runtime import capi
from hostcore.runtime.capi import VALUE_SIZE, bytes_at, write
from hostcore.runtime.host_share import ELEMENT_COST, charge
from hostcore.runtime.native.library import Address

Lifter = Callable[[bytes, int, Address], Any]
"""(memory, offset of the value in it, store context) -> value."""
Lowerer = Callable[[Any, Address, Address], None]
"""(value, address to write to, store context). After a TypeError or struct.error, nothing is allocated there."""

Codec = tuple[Lifter, Lowerer]

MAX_BYTES = 1 << 14
"""Longest list<u8> accepted from a guest: the most output that `hostcore.wasi.stdio` takes at a time."""
MAX_TEXT = 4 << 20
"""Most bytes of text accepted from a guest: the longest reading that host.toml can allow."""
FREE_ELEMENTS, FREE_TEXT = 64, 4096
"""Longer lists, and texts of more bytes, are counted for the guest."""
MAX_LIST = 1 << 16
"""Most elements of any other list. Each takes Python at least a microsecond, and the call's time limit is not checked
meanwhile."""

PAIR = struct.Struct("<QQ")
unpack_pair = PAIR.unpack_from
unpack_pointer = struct.Struct("<Q").unpack_from
pack_pointer = struct.Struct("<Q").pack
KIND_AND_POINTER = struct.Struct("<B7xQ")


def set_kind(address: Address, kind: int) -> None:
    """Write the kind of the value at `address`."""
    write(address, bytes((kind,)), 1)


def address_at(address: Address) -> Address:
    """The address stored at an address."""
    return c_size_t.from_address(address).value


def lower_name(text: str, address: Address) -> None:
    """Write the name of a case, a field or a flag."""
    encoded = text.encode()
    capi.new_bytes(address, len(encoded), encoded)


def lift_name(memory: bytes, offset: int) -> str:
    """Read the name of a case, a field or a flag."""
    size, data = unpack_pair(memory, offset)
    return bytes_at(data, size).decode()


def elements(memory: bytes, offset: int, context: Address, most: int = MAX_LIST) -> tuple[int, bytes]:
    """Return the number of elements of a list or tuple, and the memory with their values.

    Raises:
        Trap: there are more than `most` elements, or the guest must not continue.
    """
    size, data = unpack_pair(memory, offset + 8)
    if size > most:
        raise Trap(CrashKind.DATA, f"passed a list of {size} elements; at most {most} are accepted")
    if size > FREE_ELEMENTS:
        charge(context, size * ELEMENT_COST)
    return size, bytes_at(data, size * VALUE_SIZE) if size else b""
