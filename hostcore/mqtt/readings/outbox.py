"""Readings on their way to the broker: numbered, held until the broker confirms them, and bounded.

The newest reading of a plugin goes to the plugin's own topic at once, where the broker keeps it. One that the broker
did not get in time, because the connection was lost or too much waited, goes to the topic of the late ones: oldest
first, at a limited rate, with its own time and ID. So each reading arrives at least once, and one that arrives twice
is known by its ID. What is too much is dropped, the oldest first, counted and told.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from itertools import chain

from hostcore.broker.message import Message
from hostcore.broker.topics import NodeTopics
from hostcore.broker.unsent import UnsentChanges, UnsentReading
from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import BrokerAwayError, BrokerBusyError, MessageTooLargeError
from hostcore.events import ReadingPublished
from hostcore.mqtt.readings.held import LARGE_BYTES, MOST_LOSSES, REST_SECONDS, Held, Waiting
from hostcore.mqtt.readings.pace import Pace
from hostcore.mqtt.readings.stamping import stamped
from hostcore.quick_dataclass import dataclass

Publish = Callable[[Message], int]
"""`hostcore.broker.connection.BrokerConnection.publish`."""
MOST_LATE_IN_FLIGHT = 20
"""The most late readings that a broker has to confirm at a time. A slow one has all other room for the newest ones."""
BUSY_SECONDS = 0.1
"""Seconds after which a message is tried again for which there was no room."""
GRACE_NS = 5 * NS_PER_S
"""For how long a broker that is there may confirm a reading before it counts as late, and the history keeps a copy."""


@dataclass(frozen=True, slots=True)
class OutboxSettings:
    """What `[mqtt]` of host.toml says about readings."""

    qos: int = 1
    most_bytes: int = 16 << 20
    """The most memory for readings that wait."""
    per_second: int = 50
    """How many late readings may be sent in a second."""
    settling_seconds: float = 0.0
    """How long late readings wait when a connection has begun."""


class Outbox:
    """The readings of one run of a host. It implements `hostcore.broker.unsent.Unsent`.

    `put` and `send` are for one thread; the other methods may be called on any.

    Args:
        run: 8 hex digits, new at each start of the host.
        topics: the topics of this host.
        clock: times the late readings.
        settings: what host.toml says.
        tell: takes one line for a person. It must not call the outbox.
    """

    def __init__(
        self, run: str, topics: NodeTopics, clock: Clock, settings: OutboxSettings, tell: Callable[[str], None]
    ) -> None:
        self._run, self._topics, self._clock, self._settings, self._tell = run, topics, clock, settings, tell
        self.not_kept = ""
        """Why there is no copy of what waits, in one line for a person; "" if there is."""
        self._lock = threading.Lock()
        self._waiting = Waiting()
        self._late: list[Held] = []
        """A heap: the oldest comes first."""
        self._live: dict[str, Held] = {}
        """The newest reading of each plugin, as long as it has to be sent."""
        self._newest: dict[str, int] = {}
        """The order of the newest reading of each plugin."""
        self._in_flight: dict[int, Held] = {}
        """What the broker has to confirm, by the numbers of the connection."""
        self._late_in_flight = 0
        self._resting: list[tuple[int, Held]] = []
        """A heap of what the broker has refused, by the moment from which it is late as all others."""
        self._happened: deque[tuple[int, str] | bool] = deque()
        """Numbers that were confirmed or refused, and the reason of that; whether there is a connection, when that has
        changed. The connection calls us while it has locks of its own, so we only take note there."""
        self._is_away = False
        """Whether there was no connection when we last wanted to send something."""
        self._pace = Pace(settings.per_second, settings.settling_seconds)
        self._number = 0
        self.dropped, self.dropped_because = 0, ""
        """How many readings of this run were dropped, and why the last one was, in words."""
        self._unwanted: set[str] = set()
        """Plugins of which a reading was dropped because the broker does not take it, and none was confirmed since."""
        self._dropped_before: int | None = None
        """How many were dropped before the present loss began; None while nothing is lost."""

    @property
    def waiting(self) -> int:
        """How many readings the broker has not confirmed yet."""
        with self._lock:
            self._settle()
            return self._waiting.count

    @property
    def overdue(self) -> int:
        """How many of them wait in the eyes of a person: not those that are on their way for the first few seconds."""
        with self._lock:
            self._settle()
            after_ns = self._clock.monotonic_ns() - GRACE_NS
            going = chain(self._in_flight.values(), () if self._is_away else self._live.values())
            prompt = (not held.is_late and held.since_ns > after_ns for held in going)
            return self._waiting.count - sum(prompt)

    def put(self, event: ReadingPublished) -> None:
        """Take a plugin's newest reading. Does not block."""
        with self._lock:
            self._settle()
            self._number += 1
            reading = stamped(event, self._run, self._number)
            held = Held(self._number, reading, self._clock.monotonic_ns())
            self._waiting.add(held)
            if (before := self._live.pop(event.plugin, None)) is not None:
                heappush(self._late, before)
            self._live[event.plugin], self._newest[event.plugin] = held, held.order
            self._make_room()

    def miss(self, most: int) -> None:
        """Count readings that were lost on a busy computer before they came here: `most` at most, with other events."""
        with self._lock:
            self.dropped, self.dropped_because = self.dropped + most, "this computer was too busy"
        self._tell(f"this computer was too busy: up to {most:,} readings were lost before they could be sent")

    def retire(self, plugin: str) -> None:
        """Take note that a plugin is gone: the broker must not keep its newest reading. What waits, is sent late."""
        with self._lock:
            self._newest.pop(plugin, None)
            if (held := self._live.pop(plugin, None)) is not None:
                heappush(self._late, held)

    def send(self, publish: Publish) -> float | None:
        """Send what may be sent now. Does not block.

        Args:
            publish: sends a message, and returns the number that `delivered` gets.

        Returns:
            The seconds after which to call it again; None if there is nothing to do before a reading comes, or before
            there is a connection.
        """
        with self._lock:
            self._settle()
            try:
                self._send_live(publish)
                return self._send_late(publish)
            except BrokerAwayError:
                self._is_away = True
                return None
            except BrokerBusyError:
                return BUSY_SECONDS

    def delivered(self, number: int) -> None:
        """Note that the broker has confirmed a message, which may be of another part. Does not block, takes no lock."""
        self._happened.append((number, ""))

    def refused(self, number: int, reason: str) -> None:
        """Note that the broker refuses a message, which may be of another part. Does not block, and takes no lock."""
        self._happened.append((number, reason))

    def note_connection(self, *, is_there: bool) -> None:
        """Note that a connection has begun, or is lost, with all confirmations. Does not block, and takes no lock."""
        self._happened.append(is_there)

    def found(self, readings: Sequence[UnsentReading]) -> None:
        """Take what an earlier run of the host has left, the oldest first. It is older than all else."""
        with self._lock:
            now_ns = self._clock.monotonic_ns()
            for order, reading in enumerate(readings, start=-len(readings)):
                held = Held(order, reading, now_ns)
                self._waiting.add(held, is_copied=True)
                heappush(self._late, held)
            self._make_room()

    def forget_copy(self) -> None:
        """Take note that the copy may be lost. See `Unsent`."""
        with self._lock:
            self._waiting.forget_copy()

    def changes(self, *, is_last: bool) -> UnsentChanges:
        """Return what the copy lacks, and what it has too much. See `Unsent`."""
        with self._lock:
            self._settle()
            grace_ns = 0 if is_last or self._is_away else GRACE_NS
            return self._waiting.changes(self._clock.monotonic_ns() - grace_ns)

    def copied(self, changes: UnsentChanges) -> None:
        """Take note that the copy has changed so. See `Unsent`."""
        with self._lock:
            self._waiting.copied(changes)

    def not_copied(self, reason: str) -> None:
        """See `Unsent`."""
        self.not_kept = reason

    def _send_live(self, publish: Publish) -> None:
        for plugin, held in list(self._live.items()):
            self._send_one(publish, held, self._topics.reading(plugin))
            del self._live[plugin]

    def _send_late(self, publish: Publish) -> float | None:
        now_ns = self._clock.monotonic_ns()
        while self._resting and self._resting[0][0] <= now_ns:
            heappush(self._late, heappop(self._resting)[1])
        while self._late and self._late_in_flight < MOST_LATE_IN_FLIGHT and self._pace.may(now_ns):
            held = self._late[0]
            held.is_late = True
            self._send_one(publish, held, self._topics.late(held.reading.plugin))
            heappop(self._late)
        if self._late:
            return BUSY_SECONDS if self._late_in_flight >= MOST_LATE_IN_FLIGHT else self._pace.wait_seconds(now_ns)
        return (self._resting[0][0] - now_ns) / NS_PER_S if self._resting else None

    def _send_one(self, publish: Publish, held: Held, topic: str) -> None:
        try:
            number = publish(Message(topic, held.reading.payload, self._settings.qos, retain=not held.is_late))
        except MessageTooLargeError as error:
            self._give_up(held, str(error))
            return
        self._is_away = False
        self._in_flight[number] = held
        self._late_in_flight += held.is_late

    def _settle(self) -> None:
        """Do what follows from what happened on the connection."""
        while self._happened:
            told = self._happened.popleft()
            if isinstance(told, bool):
                self._pace.note_connection(is_there=told, now_ns=self._clock.monotonic_ns())
                if not told:
                    self._void()
            elif (held := self._in_flight.pop(told[0], None)) is not None:
                self._late_in_flight -= held.is_late
                self._conclude(held, refusal=told[1])
        if self._dropped_before is not None and not self._late and not self._late_in_flight:
            self._tell(f"the broker has all that waited; {self.dropped - self._dropped_before} readings were dropped")
            self._dropped_before = None

    def _conclude(self, held: Held, refusal: str) -> None:
        """Let a reading go that the broker has. One that it has refused is sent again later, but not for ever."""
        if not refusal:
            self._waiting.remove(held)
            self._unwanted.discard(held.reading.plugin)
        elif held.refusals >= len(REST_SECONDS):
            self._give_up(held, refusal)
        else:
            rest_ns = REST_SECONDS[held.refusals] * NS_PER_S
            held.refusals += 1
            heappush(self._resting, (self._clock.monotonic_ns() + rest_ns, held))

    def _void(self) -> None:
        """Hold again what was under way: the newest of a plugin is sent as such, all others are late."""
        voided, self._in_flight, self._late_in_flight = self._in_flight, {}, 0
        for held in voided.values():
            held.losses += 1
            plugin, size = held.reading.plugin, len(held.reading.payload)
            if size > LARGE_BYTES and held.losses >= MOST_LOSSES:
                self._give_up(held, f"the broker ended the connection {MOST_LOSSES} times when it came")
            elif not held.is_late and self._newest.get(plugin) == held.order:
                self._live[plugin] = held
            else:
                heappush(self._late, held)

    def _give_up(self, held: Held, reason: str) -> None:
        """Drop a reading that the broker does not take. It is told once, until the broker takes one of the plugin."""
        self._drop(held, reason)
        plugin, size = held.reading.plugin, f"{len(held.reading.payload):,} bytes"
        if plugin not in self._unwanted:
            self._unwanted.add(plugin)
            self._tell(f"a reading of {plugin} with {size} is dropped, and others may be: {reason}")

    def _make_room(self) -> None:
        while self._waiting.bytes > self._settings.most_bytes and (self._resting or self._late or self._live):
            if self._dropped_before is None:
                self._dropped_before = self.dropped
                self._tell(
                    f"{self._waiting.count:,} readings wait for the broker, and there is no room for more: the oldest "
                    "are dropped. Set a larger backlog_mib in [mqtt] of host.toml if this computer has the memory"
                )
            self._drop(self._oldest(), "there was no room for more (backlog_mib)")

    def _oldest(self) -> Held:
        """Take away what is dropped first."""
        if self._resting:
            return heappop(self._resting)[1]
        if self._late:
            return heappop(self._late)
        return self._live.pop(min(self._live, key=lambda plugin: self._live[plugin].order))

    def _drop(self, held: Held, reason: str) -> None:
        self._waiting.remove(held)
        self.dropped, self.dropped_because = self.dropped + 1, reason
