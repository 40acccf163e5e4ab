"""wasi:random, answered with the operating system's randomness."""

from __future__ import annotations

import os

from hostcore.hostcall import CrashKind, HostFunctions, Trap

MAX_RANDOM_BYTES = 1 << 16
"""Most random bytes that one call returns."""


def entropy_functions() -> HostFunctions:
    """Functions of random, insecure and insecure-seed."""
    return {
        "wasi:random/random#get-random-bytes": _random_bytes,
        "wasi:random/random#get-random-u64": _random_u64,
        "wasi:random/insecure#get-insecure-random-bytes": _random_bytes,
        "wasi:random/insecure#get-insecure-random-u64": _random_u64,
        "wasi:random/insecure-seed#insecure-seed": lambda: (_random_u64(), _random_u64()),
    }


def _random_bytes(length: int) -> bytes:
    if length > MAX_RANDOM_BYTES:
        raise Trap(CrashKind.TRAP, f"asked for {length} random bytes; at most {MAX_RANDOM_BYTES} per call are allowed")
    return os.urandom(length)


def _random_u64() -> int:
    return int.from_bytes(os.urandom(8), "little")
