"""Measures the linear memory of each living instance.

wasmtime's C API does not expose a component's memories, but the kernel does. Each memory is at the start of a
reservation of at least 4 GiB of address space (wasmtime's Config, memory_reservation). Only the part in use is
accessible. /proc/self/maps (proc(5)) shows both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, TypeVar

MIN_RESERVATION = 4 << 30
"""Least bytes of address space that wasmtime reserves for a 32-bit memory."""
PATIENCE = 0.1
"""Most seconds to wait for the start of another instance."""
MAPS = Path("/proc/self/maps")
T = TypeVar("T")


class GuestMemories:
    """Distinguishes the memories of the process's instances by the ends of their reservations.

    All objects share what they know, because they see the memories of the whole process.
    """

    _lock = threading.Lock()
    _known: ClassVar[set[int]] = set()

    def claim(self, instantiate: Callable[[], T]) -> tuple[T, frozenset[int]]:
        """Run `instantiate`, and find out which memories are new.

        Blocks for up to `PATIENCE` seconds while another instance starts, because their memories could not be told
        apart.

        Returns:
            Its result, and the keys of the new memories for `size` and `release`. No keys if the wait timed out.
        """
        if not self._lock.acquire(timeout=PATIENCE):
            return instantiate(), frozenset()
        try:
            made = instantiate()
            new = frozenset(_memories()) - self._known
            self._known.update(new)
            return made, new
        finally:
            self._lock.release()

    def release(self, keys: frozenset[int]) -> None:
        """Forget memories. Call this before their store is closed."""
        self._known.difference_update(keys)

    @staticmethod
    def size(keys: frozenset[int]) -> int:
        """Total bytes that these memories use now."""
        memories = _memories()
        return sum(len(memories.get(key, ())) for key in keys)

    @staticmethod
    def places(keys: frozenset[int]) -> list[range]:
        """The addresses that these memories use now, lowest first."""
        memories = _memories()
        return sorted((memories[key] for key in keys if key in memories), key=lambda each: each.start)


def _memories() -> dict[int, range]:
    """The accessible addresses of each memory, by the end of its reservation."""
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
                found[end] = range(start - accessible, start)
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
