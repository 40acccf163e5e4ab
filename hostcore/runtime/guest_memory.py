"""Measures the linear memory of each living instance.

wasmtime's C API does not expose a component's memories, but the kernel does. Each memory is at the start of a
reservation of at least 4 GiB of address space (wasmtime's Config, memory_reservation). Only the part in use is
accessible. /proc/self/maps (proc(5)) shows both.

That file has about ten lines for each instance of the process, so reading it for one of them takes the longer, the more
there are: a millisecond for a hundred. A memory never shrinks. So its size is what it was for as long as the byte after
its end cannot be read, which the kernel says in a microsecond.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ClassVar, TypeVar

MIN_RESERVATION = 4 << 30
"""Least bytes of address space that wasmtime reserves for a 32-bit memory."""
PATIENCE = 2.0
"""Most seconds to wait for the start of another instance. Most take 5 to 50 ms; a component can make it last."""
MOST_READS = 5
"""Most reads of the mappings until a memory is found that is there."""
MAPS = Path("/proc/self/maps")
T = TypeVar("T")


class ClaimedMemories:
    """The memories of one instance, which can only grow. For one thread at a time.

    Args:
        keys: their first addresses; none if they are not known.
    """

    def __init__(self, keys: frozenset[int] = frozenset()) -> None:
        self._keys = keys
        self._places: list[range] = []

    def size(self) -> int:
        """Total bytes that they use now; 0 if they are not known."""
        return sum(map(len, self.places()))

    def places(self) -> list[range]:
        """The addresses that they use now, lowest first."""
        if len(self._places) < len(self._keys) or any(_is_readable(each.stop) for each in self._places):
            memories = _memories_with(self._keys)
            self._places = sorted((memories[key] for key in self._keys & memories.keys()), key=lambda each: each.start)
        return self._places


class GuestMemories:
    """Distinguishes the memories of the process's instances by their first addresses.

    The ends of their reservations do not identify them: the kernel merges what no access is allowed to, so a
    reservation ends elsewhere as soon as its neighbour comes or goes.

    All objects share the lock, because they see the memories of the whole process.

    Args:
        patience: most seconds to wait for the start of another instance.
    """

    _lock = threading.Lock()
    _unclaimed: ClassVar[list[int]] = [0]
    """How many starts did not wait any longer. Their memories could be taken for those of the start that they met."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience

    def claim(self, instantiate: Callable[[], T]) -> tuple[T, ClaimedMemories]:
        """Run `instantiate`, and find out which memories are new.

        Blocks while another instance starts, for as long as its patience lasts, because their memories could not be
        told apart.

        Returns:
            Its result, and the new memories. These are not known if they are not certain.
        """
        if not self._lock.acquire(timeout=self._patience):
            self._unclaimed[0] += 1
            return instantiate(), ClaimedMemories()
        try:
            before, unclaimed = frozenset(_memories()) | frozenset(_memories()), self._unclaimed[0]
            made = instantiate()
            new = frozenset(_memories()) - before
            return made, ClaimedMemories(new if unclaimed == self._unclaimed[0] else frozenset())
        finally:
            self._lock.release()


def _memories_with(keys: frozenset[int]) -> dict[int, range]:
    """Do `_memories` until these are among them. The kernel tells the mappings page by page, so that a reader can miss
    some while another thread maps or unmaps memory."""
    for _ in range(MOST_READS):
        found = _memories()
        if keys <= found.keys():
            break
    return found


def _memories() -> dict[int, range]:
    """The accessible addresses of each memory, by the first of them."""
    found: dict[int, range] = {}
    accessible, last_end = 0, 0
    for start, end, mode in _mappings():
        if mode.startswith("rw"):
            accessible = end - start + (accessible if start == last_end else 0)
        else:
            if (
                mode.startswith("---")
                and start == last_end
                and accessible
                and end - start + accessible >= MIN_RESERVATION
            ):
                found[start - accessible] = range(start - accessible, start)
            accessible = 0
        last_end = end
    return found


def _mappings() -> list[tuple[int, int, str]]:
    try:
        lines = MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    mappings = []
    for line in lines:
        addresses, mode, _ = line.split(" ", 2)
        start, end = addresses.split("-")
        mappings.append((int(start, 16), int(end, 16), mode))
    return mappings


def _is_readable(address: int) -> bool:
    """Whether this process may read the byte there. The kernel copies it: "no" is an error, not a crash."""
    try:
        os.pwrite(_sink(), ctypes.c_char.from_address(address), 0)
    except OSError:
        return False
    return True


@cache
def _sink() -> int:
    """A file in memory that takes one byte again and again."""
    return os.memfd_create("guest-memory")
