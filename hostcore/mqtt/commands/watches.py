"""Log lines and transfers as they happen, for as long as a command has asked for them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hostcore.broker.allowance import Allowance
from hostcore.broker.message import Message
from hostcore.broker.topics import EVENTS
from hostcore.clock import NS_PER_S, timestamp
from hostcore.errors import BrokerError
from hostcore.events import Event, EventsDropped, Level, LogWritten, TransferCompleted
from hostcore.events.stream import Subscription
from hostcore.mqtt.commands.arguments import Arguments
from hostcore.mqtt.commands.handlers import Work
from hostcore.mqtt.commands.node import CommandedNode
from hostcore.mqtt.commands.transfer_bodies import TransferBodies
from hostcore.quick_dataclass import dataclass
from hostcore.threads import HostThread

LOG, TRAFFIC = "log", "traffic"
"""The commands, and the topics below `EVENTS`."""
LONGEST_SECONDS, USUAL_SECONDS = 600, 60
"""For how long a command can ask, and for how long it does if it does not say."""
MOST_PER_SECOND, MOST_AT_ONCE = 50, 100
"""Messages of each kind. What comes faster is counted, and the next message says how much is missing."""
QUEUED, QUEUED_BYTES = 2_000, 4 << 20
"""Events that wait for the thread, and the bytes of large ones among them."""
LOOK_SECONDS = 0.5
"""Seconds without an event after which the thread looks at the clock."""
LEVELS = tuple(Level)
"""From the least to the most severe."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a command asked for."""

    until_ns: int
    """Its end, by the monotonic clock."""
    plugin: str = ""
    """Only what this plugin does; "" for all."""
    level: Level = Level.DEBUG
    """The least severe lines."""
    bus: str = ""
    """Only transfers on this bus; "" for all."""

    def wants(self, event: Event) -> bool:
        """Return whether an event is wanted."""
        if isinstance(event, LogWritten):
            return self.plugin in ("", event.plugin) and LEVELS.index(event.level) >= LEVELS.index(self.level)
        if isinstance(event, TransferCompleted):
            return self.plugin in ("", event.plugin) and self.bus in ("", event.bus)
        return False


Body = Callable[[], Mapping[str, Any]]
"""Makes what a message says of an event, if it is sent at all."""
Describe = Callable[[Event], Body]
"""Takes in an event, and returns what makes its message."""


class Watch:
    """Publishes one kind of events, while a wish lasts. Thread-safe.

    Args:
        kind: the type of the events.
        make_describe: makes what describes them, for each begin.
        topic: where they go. What the broker has no room for is dropped and counted.
        node: the node.
    """

    def __init__(self, kind: type, make_describe: Callable[[], Describe], topic: str, node: CommandedNode) -> None:
        self._kind, self._make_describe, self._topic, self._node = kind, make_describe, topic, node
        self._lock = threading.Lock()
        self._wish: Wish | None = None
        self._subscription: Subscription | None = None
        self._thread: HostThread | None = None
        self._dropped = 0

    def begin(self, wish: Wish) -> None:
        """Publish from now on what `wish` wants, and no longer what the wish before wanted."""
        with self._lock:
            self._wish = wish
            if self._subscription is None:
                self._subscription = self._node.session.subscribe(self._kind, capacity=QUEUED)
                self._subscription.bound_large(QUEUED_BYTES)
                self._thread = HostThread(self._run, "mqtt events", self._subscription, self._make_describe())
                self._thread.start()

    def end(self) -> None:
        """Publish nothing any more. Returns at once."""
        with self._lock:
            self._leave()

    def join(self, seconds: float) -> bool:
        """Wait for the end of the thread, after `end`. Returns whether it has ended."""
        with self._lock:
            thread = self._thread
        if thread:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def _run(self, subscription: Subscription, describe: Describe) -> None:
        self._dropped = 0
        allowance = Allowance(self._node.clock, MOST_PER_SECOND, MOST_AT_ONCE)
        while True:
            batch = subscription.take(LOOK_SECONDS)
            wish = self._present(subscription)
            if wish is None:
                self._tell_rest()
                return
            for item in batch:
                if isinstance(item.event, EventsDropped):
                    self._dropped += item.event.count
                    continue
                body = describe(item.event)
                if wish.wants(item.event):
                    self._publish(body, allowance)

    def _present(self, subscription: Subscription) -> Wish | None:
        """Return the present wish; None if this thread has to end. A wish that comes later has a thread of its own."""
        with self._lock:
            if self._subscription is not subscription or self._wish is None:
                return None
            if self._node.clock.monotonic_ns() < self._wish.until_ns:
                return self._wish
            self._leave()
            return None

    def _leave(self) -> None:
        if self._subscription:
            self._subscription.close()
        self._subscription = self._wish = None

    def _publish(self, body: Body, allowance: Allowance) -> None:
        if allowance.take():
            self._send(body())
        else:
            self._dropped += 1

    def _tell_rest(self) -> None:
        """Say at the end how many are missing since the last message."""
        if self._dropped:
            self._send({"time": timestamp(self._node.clock.wall_ns())})

    def _send(self, body: Mapping[str, Any]) -> None:
        missing = {"dropped": self._dropped} if self._dropped else {}
        payload = json.dumps({**body, **missing}, separators=(",", ":")).encode()
        try:
            self._node.broker.publish(Message(self._topic, payload, qos=0))
        except BrokerError:
            self._dropped += 1
        else:
            self._dropped = 0


class Watches:
    """The commands ``log`` and ``traffic``.

    Args:
        node: the node.
    """

    def __init__(self, node: CommandedNode) -> None:
        self._node = node
        self._watches = {
            LOG: Watch(LogWritten, lambda: describe_line, node.topics.of(EVENTS, LOG), node),
            TRAFFIC: Watch(
                TransferCompleted,
                lambda: TransferBodies(node.session.plugins()),
                node.topics.of(EVENTS, TRAFFIC),
                node,
            ),
        }

    def log(self, arguments: Arguments) -> Work:
        """Read the command ``log``."""
        seconds = arguments.whole("seconds", 0, LONGEST_SECONDS, USUAL_SECONDS)
        level = Level(arguments.choice("level", LEVELS, Level.DEBUG))
        plugin = arguments.text("plugin", "")
        return lambda: self._begin(LOG, seconds, Wish(self._end_of(seconds), plugin, level))

    def traffic(self, arguments: Arguments) -> Work:
        """Read the command ``traffic``."""
        seconds = arguments.whole("seconds", 0, LONGEST_SECONDS, USUAL_SECONDS)
        plugin, bus = arguments.text("plugin", ""), arguments.text("bus", "")
        return lambda: self._begin(TRAFFIC, seconds, Wish(self._end_of(seconds), plugin, bus=bus))

    def end(self) -> None:
        """End both. Returns at once."""
        for watch in self._watches.values():
            watch.end()

    def join(self, deadline: float) -> bool:
        """Wait for the end of the threads, after `end`, until then (`time.monotonic`). Returns whether they have."""
        return all(watch.join(max(0.0, deadline - time.monotonic())) for watch in self._watches.values())

    def _end_of(self, seconds: int) -> int:
        return self._node.clock.monotonic_ns() + seconds * NS_PER_S

    def _begin(self, name: str, seconds: int, wish: Wish) -> dict[str, Any]:
        if seconds:
            self._watches[name].begin(wish)
        else:
            self._watches[name].end()
        return {"topic": self._node.topics.of(EVENTS, name), "seconds": seconds}


def describe_line(event: Event) -> Body:
    """Return what makes the message of a log line."""
    assert isinstance(event, LogWritten)
    return partial(log_body, event)


def log_body(event: LogWritten) -> dict[str, Any]:
    """Return what a message says of a log line. Its text is escaped already."""
    body = {"time": timestamp(event.time_ns), "plugin": event.plugin, "level": event.level.value, "text": event.text}
    return {**body, **({"by_host": True} if event.by_host else {})}
