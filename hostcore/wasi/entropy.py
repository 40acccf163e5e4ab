"""wasi:random, answered with the operating system's randomness, or with that of a replay."""

from __future__ import annotations

import os
from collections.abc import Callable

from hostcore.hostcall import CrashKind, HostFunctions, Trap

MAX_RANDOM_BYTES = 1 << 16
"""Most random bytes that one call returns."""


def entropy_functions(random_bytes: Callable[[int], bytes] = os.urandom) -> HostFunctions:
    """Functions of random, insecure and insecure-seed.

    Args:
        random_bytes: returns as many random bytes as it is asked for.
    """

    def some(length: int) -> bytes:
        if length > MAX_RANDOM_BYTES:
            raise Trap(
                CrashKind.TRAP, f"asked for {length} random bytes; at most {MAX_RANDOM_BYTES} per call are allowed"
            )
        return random_bytes(length)

    def number() -> int:
        return int.from_bytes(random_bytes(8), "little")

    return {
        "wasi:random/random#get-random-bytes": some,
        "wasi:random/random#get-random-u64": number,
        "wasi:random/insecure#get-insecure-random-bytes": some,
        "wasi:random/insecure#get-insecure-random-u64": number,
        "wasi:random/insecure-seed#insecure-seed": lambda: (number(), number()),
    }
