"""Settings of the C library's heap, which wasmtime and Python share, so that freed memory goes back to the system."""

from __future__ import annotations

from ctypes import CDLL, c_int, c_size_t

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Parameters of mallopt(3)."""
MAX_ARENAS = 2
"""Most heaps. glibc makes 8 for each processor, and each keeps the pieces that its threads freed."""
MMAP_THRESHOLD = 256 * 1024
"""Blocks of this many bytes and more are mapped one by one, and unmapped when they are freed. glibc would raise its own
threshold to 32 MiB after the first large block."""
TRIM_THRESHOLD = 4 << 20
"""Free bytes at the heap's end that are kept. With glibc's 128 KiB, a heap that takes and frees the pieces of each call
would ask the kernel for memory at each call."""


def limit_heap() -> None:
    """Set the heap's parameters for this process. Call it before threads start. Without glibc, it does nothing."""
    try:
        mallopt = CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt.argtypes, mallopt.restype = [c_int, c_int], c_int
    mallopt(_M_ARENA_MAX, MAX_ARENAS)
    mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD)
    mallopt(_M_TRIM_THRESHOLD, TRIM_THRESHOLD)


def give_back() -> None:
    """Give the heap's free pages back to the system (malloc_trim(3)). Takes milliseconds. Other threads go on."""
    try:
        malloc_trim = CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return
    malloc_trim.argtypes, malloc_trim.restype = [c_size_t], c_int
    malloc_trim(0)
