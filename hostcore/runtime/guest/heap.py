"""Prepares the heap for sharing. Every instance starts as a copy-on-write image of it.

A new object goes into a free hole first. The holes lie all over the image, so one small object can cost a whole page.
So the build fills the holes for good, and later allocations of a plugin lie close together.
"""

import gc
from collections.abc import Callable

CHUNK = 16
"""Step between malloc's sizes, in bytes (wasi-libc's dlmalloc, MALLOC_ALIGNMENT). CPython on WASI has no allocator of
its own (configure turns --with-pymalloc off)."""
OVERHEAD = 4
"""Bytes of each chunk that malloc uses itself (dlmalloc, CHUNK_OVERHEAD)."""
LARGEST = 1 << 16
"""Bytes. Larger holes do no harm."""

_fillers: list[object] = []


def settle() -> None:
    """Fill the holes, and hide existing objects from the garbage collector, which would write to them."""
    gc.collect()
    for size in range(LARGEST, CHUNK, -CHUNK):
        _fill(lambda length=size - OVERHEAD - bytes.__basicsize__: bytes(length))
    _fill(object)
    gc.freeze()


def _fill(make: Callable[[], object]) -> None:
    """Fill every hole that fits such an object. The first object that fits in no hole lies above all others."""
    top = id(bytes(4 * LARGEST))
    while id(filler := make()) < top:
        _fillers.append(filler)
