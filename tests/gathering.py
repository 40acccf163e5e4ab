"""Rounds that a test gathers from drivers that it plays itself."""

from __future__ import annotations

import json
import queue

from hostcore.clock import Clock, RealClock
from hostcore.events import LogWritten, RoundCompleted
from hostcore.events.stream import EventStream
from hostcore.rounds import Rounds

LONG = 3600.0
"""An interval that no test waits for."""
SHORT = 0.02


class Gathering:
    """Rounds under way.

    Attributes:
        rounds: gathers.
        stream: where it publishes.
    """

    def __init__(self, interval: float, clock: Clock | None = None) -> None:
        clock = clock or RealClock()
        self.stream = EventStream(clock)
        self.events = self.stream.subscribe()
        self._finished: queue.Queue[RoundCompleted] = queue.Queue()
        self.rounds = Rounds(interval, clock, self.stream, self._finished.put)

    def next(self, timeout: float = 10) -> RoundCompleted:
        """The next finished round; `queue.Empty` when it does not come in time."""
        return self._finished.get(timeout=timeout)

    def readings(self) -> dict[str, object]:
        """What the next round holds, but for the time."""
        readings: dict[str, object] = json.loads(self.next().text)
        assert readings.pop("timestamp")
        return readings

    def warnings(self) -> list[tuple[str, str]]:
        """The plugin and the text of each log line since the last time."""
        events = [item.event for item in self.events.take(0)]
        return [(each.plugin, each.text) for each in events if isinstance(each, LogWritten)]

    def none_finished(self) -> bool:
        return self._finished.empty()
