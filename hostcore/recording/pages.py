"""The pages of an instance's linear memory: which have changed, and whether two memories are the same."""

from __future__ import annotations

import zlib
from array import array

from hostcore.hashes import blake2b
from hostcore.recording.model import PAGE

Memory = bytes | memoryview


def sums_of(memory: Memory) -> array[int]:
    """Return the CRC-32 of each page. Blocks for about a millisecond for each MB."""
    here = memoryview(memory)
    return array("I", (zlib.crc32(here[start : start + PAGE]) for start in range(0, len(memory), PAGE)))


def digest(sums: array[int]) -> str:
    """Return 32 hex digits that are the same for equal memories. It finds accidents, and no forgery."""
    return blake2b(sums.tobytes(), digest_size=16).hexdigest()


def changed_pages(memory: Memory, sums: array[int], before: array[int]) -> dict[int, bytes]:
    """Return the pages of `memory`, which has `sums`, that another memory had otherwise.

    Args:
        memory: the memory.
        sums: its sums.
        before: the sums of the other one, which may be smaller.
    """
    known = len(before)
    blank = zlib.crc32(bytes(PAGE))
    return {
        number: bytes(memory[number * PAGE : (number + 1) * PAGE])
        for number, total in enumerate(sums)
        if total != (before[number] if number < known else blank)
    }
