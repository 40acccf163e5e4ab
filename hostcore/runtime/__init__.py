"""Runs components under wasmtime: engine, linker, value conversion, and one thread for each instance."""

from __future__ import annotations

import sys

from hostcore.errors import HostError


def require_64_bit(largest: int = sys.maxsize) -> None:
    """Raise HostError if this Python has 32 bits, for which there is no wasmtime.

    Args:
        largest: the largest size of an object (`sys.maxsize`), which tells the bits of a Python, not of the kernel.
    """
    if largest <= 2**32:
        raise HostError(
            "this Python has 32 bits, and WebAssembly runs only on a 64-bit system. A Raspberry Pi 3 or later, or a "
            "Zero 2 W, can run the 64-bit Raspberry Pi OS: `getconf LONG_BIT` says 64 there"
        )


require_64_bit()
