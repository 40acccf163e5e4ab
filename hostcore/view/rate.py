"""The number of readings per second."""

from __future__ import annotations

from collections import deque

from hostcore.clock import NS_PER_S
from hostcore.events import ReadingPublished
from hostcore.view.part import Part, Takers

RATE_WINDOW = 10
"""Seconds over which readings are averaged to a rate."""


class Rate(Part):
    """Counts the readings of the last `RATE_WINDOW` whole seconds."""

    def __init__(self) -> None:
        self._buckets: deque[list[int]] = deque(maxlen=RATE_WINDOW + 1)

    def takes(self) -> Takers:
        return {ReadingPublished: self.add}

    def add(self, event: ReadingPublished) -> None:
        """Count a reading."""
        second = event.time_ns // NS_PER_S
        if not self._buckets or self._buckets[-1][0] < second:
            self._buckets.append([second, 0])
        self._buckets[-1][1] += 1

    def per_second(self, now_ns: int) -> float:
        """The rate at this time of the wall clock. The current second does not count yet."""
        now = now_ns // NS_PER_S
        return sum(count for second, count in self._buckets if now - RATE_WINDOW <= second < now) / RATE_WINDOW
