"""How much linear memory each living instance has.

wasmtime's C API tells nothing about a component's memories, but the kernel does: each lies at the start of a
reservation of 4 GiB and more of address space, of which only the part in use is accessible (wasmtime's Config,
memory_reservation). /proc/self/maps (proc(5)) shows both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

MIN_RESERVATION = 4 << 30
"""Bytes of address space that wasmtime reserves for a 32-bit memory, at least."""
PATIENCE = 0.1
"""Seconds to wait for another instance's start."""
MAPS = Path("/proc/self/maps")
T = TypeVar("T")


class GuestMemories:
    """Tells the memories of one process's instances apart, by the end of their reservations."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[int] = set()

    def claim(self, instantiate: Callable[[], T]) -> tuple[T, frozenset[int]]:
        """Run `instantiate` and find out which memories are new.

        One at a time, or they could not be told apart; but nobody waits for one that takes long to start.

        Returns:
            What it returned, and the new memories' keys for `size` and `release`; none where that cannot be told.
        """
        if not self._lock.acquire(timeout=PATIENCE):
            return instantiate(), frozenset()
        try:
            made = instantiate()
            new = frozenset(_memories()) - self._known
            self._known |= new
            return made, new
        finally:
            self._lock.release()

    def release(self, keys: frozenset[int]) -> None:
        """Forget memories before their store is closed."""
        self._known = self._known - keys

    @staticmethod
    def size(keys: frozenset[int]) -> int:
        """The bytes in use now, of all these memories together."""
        memories = _memories()
        return sum(memories.get(key, 0) for key in keys)


def _memories() -> dict[int, int]:
    """The accessible bytes of each memory, by the end of its reservation."""
    found: dict[int, int] = {}
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
                found[end] = accessible
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
