"""The nodes for which a fleet has no room."""

from __future__ import annotations

MOST_NAMES = 10_000
"""The most that are told apart."""
FORGET_SECONDS = 9000.0
"""A node that said nothing for so long is not counted any more: the longest time for which one may be silent."""


class LeftOut:
    """Counts them, by a hash of their names. The one that was heard last is the last one."""

    def __init__(self) -> None:
        self._heard: dict[int, float] = {}

    def add(self, name: str, now: float) -> None:
        """Note that a node was heard for which there is no room."""
        key = hash(name)
        if self._heard.pop(key, None) is None and len(self._heard) >= MOST_NAMES:
            return
        self._heard[key] = now

    def discard(self, name: str) -> None:
        """Note that a node is gone, or has got room."""
        self._heard.pop(hash(name), None)

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self._heard)

    def clear(self) -> None:
        """Forget all of them."""
        self._heard.clear()

    def count(self, now: float) -> int:
        """Return how many there are at least."""
        while self._heard and now - self._heard[oldest := next(iter(self._heard))] >= FORGET_SECONDS:
            del self._heard[oldest]
        return len(self._heard)
