"""Holds the screen still while the host goes on: events wait, and the screen's clock stands."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from hostcore.events import (
    CrashLocated,
    Event,
    EventsDropped,
    PluginCrashed,
    ReadingPublished,
    RoundCompleted,
    TransferCompleted,
)
from hostcore.ring import Ring

KEPT = 5_000
"""Events of each kind that wait. Of more, the oldest are dropped: many transfers cannot push out a change of state."""
UNIT = 200
"""Bytes of an event that come with it; one with more counts for several."""
EDGE_BYTES = 16
"""Bytes of an edge of a capture."""
CRASH_BYTES = 50 * UNIT
"""Bytes of a crash report, about."""


class Freeze:
    """Keeps the events of a freeze until it ends. For the screen's own thread.

    Args:
        clock: the wall clock, in nanoseconds since the Unix epoch.

    Attributes:
        since_ns: when the freeze began; 0 if there is none.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self.since_ns = 0
        self._clock = clock
        self._count = 0
        self._kept: dict[type, Ring[tuple[int, Event]]] = {}

    def now_ns(self) -> int:
        """The time that the screen shows."""
        return self.since_ns or self._clock()

    def begin(self) -> None:
        """Hold the screen still from now on."""
        self.since_ns = self._clock()

    def keep(self, batch: Iterable[Event]) -> None:
        """Let events wait."""
        for event in batch:
            self._kept.setdefault(type(event), Ring(KEPT, _weight_of)).append((self._count, event))
            self._count += 1

    def end(self) -> list[Event]:
        """Let the screen go on. Returns the events that waited, oldest first, after how many were dropped."""
        waiting = heapq.merge(*(ring.all() for ring in self._kept.values()), key=lambda each: each[0])
        events = [event for _, event in waiting]
        if lost := self._count - len(events):
            events.insert(0, EventsDropped(self._clock(), lost))
        self.since_ns = self._count = 0
        self._kept.clear()
        return events


def _weight_of(entry: tuple[int, Event]) -> int:
    """The number of small events that an event counts for."""
    match entry[1]:
        case TransferCompleted(messages=messages, edges=edges):
            size = sum(len(message.data) for message in messages) + EDGE_BYTES * len(edges)
        case ReadingPublished(reading=reading) | RoundCompleted(readings=reading):
            size = len(str(reading))
        case PluginCrashed() | CrashLocated():
            size = CRASH_BYTES
        case _:
            size = 0
    return 1 + size // UNIT
