"""The readings that a simulated node keeps while it cannot reach the broker."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from hostcore.quick_dataclass import dataclass

ROOM, ROOM_OF_ALL = 20_000, 2_000_000
"""Readings that a node keeps, and all nodes of a fleet, which take 120 bytes each."""
SMALL_ROOM = 100
"""Readings that a node keeps which is to lose some."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading that waits. Its values are measured again when it is sent: they depend on the time only."""

    number: int
    """Of the reading, in the run of the host."""
    plugin: int
    """The number of the plugin."""
    elapsed: float
    """When it was read, in seconds of the fleet."""


class Backlog:
    """Keeps the newest readings.

    Args:
        room: how many.
        per_second: how many are sent in a second when the broker is back.
    """

    def __init__(self, room: int, per_second: float) -> None:
        self._waiting: deque[Kept] = deque()
        self._room, self._per_second = room, per_second
        self.dropped = 0
        """Readings for which there was no room."""

    def __len__(self) -> int:
        return len(self._waiting)

    def keep(self, reading: Kept) -> None:
        """Keep a reading, and drop the oldest one if there is no room for it."""
        if len(self._waiting) == self._room:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(reading)

    def clear(self) -> None:
        """Forget everything, as at the start of a host."""
        self._waiting.clear()
        self.dropped = 0

    def take(self, seconds: float) -> Iterator[Kept]:
        """Take the oldest readings out, as many as are sent in some seconds."""
        for _ in range(min(len(self._waiting), max(1, round(seconds * self._per_second)))):
            yield self._waiting.popleft()
