"""Which events of a long stream are not kept any more."""

from __future__ import annotations

from collections import deque

BLOCK = 4_096
"""Numbers in one block."""
MOST_BLOCKS = 256
"""Blocks that are kept: a million events, in 160 KiB."""


class Losses:
    """Counts numbers. It knows the last million exactly; of those before, it knows how many there were."""

    def __init__(self) -> None:
        self._blocks: deque[list[int]] = deque()
        """The number of each block, and a bit for each of its numbers."""
        self._before = 0

    def add(self, number: int) -> None:
        """Count `number`, from 0. Each is counted once. They come nearly in order."""
        block, bit = divmod(number, BLOCK)
        for each in reversed(self._blocks):
            if each[0] == block:
                each[1] |= 1 << bit
                return
            if each[0] < block:
                break
        else:
            if self._before:  # its block is forgotten
                self._before += 1
                return
        self._insert(block, 1 << bit)

    def since(self, number: int) -> int:
        """Return how many greater than `number` were counted. If `number` is too long ago, all of that time count."""
        block, bit = divmod(number, BLOCK)
        found = 0
        for each, bits in reversed(self._blocks):
            if each < block:
                return found
            found += (bits >> (bit + 1) if each == block else bits).bit_count()
        return found + (self._before if not self._blocks or block < self._blocks[0][0] else 0)

    def _insert(self, block: int, bits: int) -> None:
        place = len(self._blocks)
        while place and self._blocks[place - 1][0] > block:
            place -= 1
        self._blocks.insert(place, [block, bits])
        if len(self._blocks) > MOST_BLOCKS:
            self._before += self._blocks.popleft()[1].bit_count()
