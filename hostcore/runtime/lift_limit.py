"""Bounds the data that wasmtime copies out of a guest in one call, before the host sees any of it.

wasmtime calls this bound the store's hostcall fuel. A list costs `ELEMENT_FUEL` or more for each element, and a text
costs its bytes. A call that needs more ends with a trap before wasmtime allocates anything. wasmtime allows 128 MiB,
and its C API has no function to lower that (in wasmtime 50, `Store::set_hostcall_fuel` exists in Rust only). So this
module finds the field in the allocation of a new store, by the default value that no other field has, and writes it
there. If the field is not found, nothing is written, and wasmtime's own bound holds.
"""

from __future__ import annotations

import struct
from ctypes import CDLL, c_size_t, c_uint64, c_void_p, string_at
from functools import cache

from hostcore.runtime.native.library import Address
from hostcore.runtime.native.objects import Engine, Store

DEFAULT_FUEL = 128 << 20
"""The fuel of a new store (wasmtime, component/store.rs, DEFAULT_HOSTCALL_FUEL)."""
ELEMENT_FUEL = 48
"""Fuel for an element of a list: sizeof(wasmtime::component::Val) in wasmtime 50. Records, tuples and variants cost
more, because their fields are counted too."""
MAX_LIFT = 2 << 20
"""Most fuel of one call, in bytes, if `reading_bytes` is not larger. The largest legal lists need 786,432: 16,384 bytes
of output. The largest legal text is a page of 1 MiB. One of up to twice that size is an error that a page's author can
read; only larger ones end the instance."""
LIFT_COUNTS = f"a text counts its bytes, a list at least {ELEMENT_FUEL} for each element"
"""How the bytes are counted, for a person."""
_SLACK = 1 << 16
"""Fuel for the rest of a call with a text of the full size."""
_WORD = struct.Struct("<Q")
_STORES = 4
_LARGEST_STORE = 1 << 14


def lift_limit(reading_bytes: int) -> int:
    """The bytes that one call of an instance may pass to the host, if a reading may have `reading_bytes`."""
    return max(MAX_LIFT, reading_bytes) + _SLACK


def set_lift_limit(context: Address, most: int) -> bool:
    """Bound the data of each call of a new store to `most` bytes.

    Returns:
        Whether the bound holds. False if `can_limit_lifts` is, or the store is not new.
    """
    offset = _fuel_offset()
    if offset is None:
        return False
    fuel = c_uint64.from_address(context + offset)
    is_new = fuel.value == DEFAULT_FUEL
    if is_new:
        fuel.value = most
    return is_new


def can_limit_lifts() -> bool:
    """Whether the bound can be set. False if this build of wasmtime or its C library keeps a store differently."""
    return _fuel_offset() is not None


@cache
def _fuel_offset() -> int | None:
    """Where a store keeps its fuel, relative to its context.

    It is the one place that has the default value in each of several new stores. One store alone would not tell,
    because unused parts of its allocation keep older data.
    """
    try:
        usable_size = CDLL(None).malloc_usable_size
    except (AttributeError, OSError):
        return None
    usable_size.argtypes, usable_size.restype = [c_void_p], c_size_t
    engine = Engine()
    stores = [Store(engine) for _ in range(_STORES)]  # all at once, so that each has an allocation of its own
    contexts = [each.context() for each in stores]
    places = set.intersection(*(_places(context, usable_size(context)) for context in contexts))
    return places.pop() if len(places) == 1 else None


def _places(address: Address, size: int) -> set[int]:
    if size > _LARGEST_STORE:  # not the start of an allocation
        return set()
    words = _WORD.iter_unpack(string_at(address, size - size % _WORD.size))
    return {index * _WORD.size for index, (word,) in enumerate(words) if word == DEFAULT_FUEL}
