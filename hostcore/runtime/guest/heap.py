"""Prepares the heap for being shared: every instance starts as a copy-on-write image of it.

What an instance allocates goes into holes first, and they lie all over the image: there one small object costs a whole
page. So the holes are filled for good when the component is built, and what a plugin allocates later lies together.
"""

import gc
from collections.abc import Callable

CHUNK = 16
"""The step of malloc's sizes, in bytes (wasi-libc's dlmalloc, MALLOC_ALIGNMENT). CPython on WASI has no allocator above
it (configure's --with-pymalloc is off there)."""
OVERHEAD = 4
"""Bytes of a chunk that malloc keeps to itself (dlmalloc, CHUNK_OVERHEAD)."""
LARGEST = 1 << 16
"""Bytes; a larger hole does no harm."""

_fillers: list[object] = []


def settle() -> None:
    """Fill the holes, and hide all there is from the garbage collector, which would write to it."""
    gc.collect()
    for size in range(LARGEST, CHUNK, -CHUNK):
        _fill(lambda length=size - OVERHEAD - bytes.__basicsize__: bytes(length))
    _fill(object)
    gc.freeze()


def _fill(make: Callable[[], object]) -> None:
    """Take every hole that fits such an object: the first one that fits none lies above all there is."""
    top = id(bytes(4 * LARGEST))
    while id(filler := make()) < top:
        _fillers.append(filler)
