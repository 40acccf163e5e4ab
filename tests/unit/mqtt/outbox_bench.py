"""An outbox with a broker, a clock and a copy, for tests."""

from __future__ import annotations

import itertools

from hostcore.broker.topics import NodeTopics
from hostcore.broker.unsent import Identity, UnsentReading
from hostcore.clock import VirtualClock
from hostcore.events import ReadingPublished
from hostcore.mqtt.readings.outbox import Outbox, OutboxSettings
from tests.accepting_broker import AcceptingBroker

TOPICS = NodeTopics("wasi-host", "pi")


class Bench:
    """The outbox of a host that can start again."""

    def __init__(self, settings: OutboxSettings = OutboxSettings()) -> None:  # noqa: B008 - it is frozen
        self.settings, self.clock = settings, VirtualClock()
        self.broker = AcceptingBroker(self.clock.monotonic_ns)
        self.told: list[str] = []
        self.copy: dict[Identity, UnsentReading] = {}
        self._runs = itertools.count(1)
        self.start()

    def start(self) -> None:
        """Start a run of the host."""
        self._knows_broker = False
        self.run = f"{next(self._runs):08x}"
        self.outbox = Outbox(self.run, TOPICS, self.clock, self.settings, self.told.append)

    def read(self, plugin: str = "bh1750", **values: object) -> None:
        """Let a driver publish a reading."""
        self.outbox.put(ReadingPublished(self.clock.wall_ns(), plugin, values or {"lux": 300.5}))

    def send(self) -> float | None:
        if self.broker.is_there and not self._knows_broker:
            self._knows_broker = True
            self.outbox.note_connection(is_there=True)
        return self.outbox.send(self.broker.publish)

    def lose(self) -> None:
        """Lose the connection."""
        self.broker.lose()
        self._knows_broker = False
        self.outbox.note_connection(is_there=False)

    def confirm(self, most: int | None = None) -> None:
        self.broker.confirm(self.outbox.delivered, most)

    def refuse(self, reason: str) -> None:
        self.broker.refuse(self.outbox.refused, reason)

    def send_all(self) -> None:
        """Send and confirm until nothing waits."""
        self.broker.is_there = True
        while self.outbox.waiting:
            wait = self.send()
            self.confirm()
            self.clock.advance(wait or 0)

    def write_copy(self, *, is_last: bool = False) -> bool:
        """Bring the copy up to date. Returns whether that needed a write."""
        changes = self.outbox.changes(is_last=is_last)
        if changes.is_whole:
            self.copy.clear()
        for each in changes.gone:
            del self.copy[each]
        self.copy |= {each.identity: each for each in changes.added}
        self.outbox.copied(changes)
        return bool(changes)

    def restart(self) -> None:
        """End this run of the host and start another, which finds the copy."""
        self.lose()
        self.start()
        self.outbox.found([*self.copy.values()])
