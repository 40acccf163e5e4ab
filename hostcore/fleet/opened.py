"""What is kept of an opened node beside its line: plugins, readings, events and outputs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from heapq import merge
from typing import Any

from hostcore.broker.bodies import PluginHealth, ValueInfo
from hostcore.broker.message import Arrived
from hostcore.broker.topics import EVENTS, LATE, OUTPUTS, STATE, VALUES, Place
from hostcore.fleet.model import Counts, NodeDetail, NodeEvent, NodeStatus, PluginStatus
from hostcore.fleet.numbers import Arrivals, ReadingId
from hostcore.fleet.reading import is_late, json_of, plugin_health_of, reading_of, stamp_of, values_of
from hostcore.view.condition import Condition

MOST_PLUGINS = 256
"""The most plugins that are kept of a node."""
MOST_EVENTS = 200
"""The most events that are kept of a node, without log lines and transfers."""
MOST_LINES = 1000
"""The most log lines and transfers that are kept of a node."""
MOST_EVENT_BYTES = 2 << 20
"""The most bytes of JSON that are kept of a node's events, and as many of its lines. Read, they take 20 times as much
at worst."""
READING = "reading"
LINES = frozenset({"log", "traffic"})
"""The kinds of events that come in great numbers."""
KINDS = frozenset({"crash", "finding", "denial", "alarm"}) | LINES
_READERS: Mapping[str, Callable[[bytes], object]] = {STATE: plugin_health_of, VALUES: values_of, READING: reading_of}


class _Plugin:
    """One plugin: the newest message of each part, which is read when it is first looked at."""

    __slots__ = ("_read", "newest", "payloads", "reading_time")

    def __init__(self) -> None:
        self.payloads: dict[str, bytes] = {}
        self.newest: ReadingId | None = None
        self.reading_time: float | None = None
        self._read: dict[str, tuple[object, str]] = {}
        """What is in each part, and its problem."""

    def take(self, part: str, payload: bytes) -> None:
        """Replace a part; an empty one is deleted."""
        self._read.pop(part, None)
        self.payloads.pop(part, None)
        if payload:
            self.payloads[part] = payload

    def is_older(self, found: ReadingId | None, at: float | None) -> bool:
        """Return whether a late reading is from before the newest one."""
        if self.newest and found and self.newest.run == found.run:
            return found.number < self.newest.number
        return self.reading_time is not None and (at is None or at < self.reading_time)

    def status(self, name: str) -> PluginStatus:
        """Return it as a value."""
        health, reading, values = (self._part(each) for each in (STATE, READING, VALUES))
        return PluginStatus(
            name=name,
            health=health if isinstance(health, PluginHealth) else None,
            reading=reading if isinstance(reading, dict) else None,
            reading_time=self.reading_time if READING in self.payloads else None,
            values=_values(values),
            problem="; ".join(problem for _, problem in self._read.values() if problem),
        )

    def _part(self, part: str) -> object:
        if part not in self.payloads:
            return None
        if part not in self._read:
            try:
                self._read[part] = _READERS[part](self.payloads[part]), ""
            except ValueError as error:
                self._read[part] = None, f"{part} {error}"
        return self._read[part][0]


def _values(found: object) -> tuple[ValueInfo, ...]:
    return found if isinstance(found, tuple) else ()


class _Kept:
    """The newest events, as far as they are not too many or too large."""

    __slots__ = ("_bytes", "_kept", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: deque[tuple[NodeEvent, int]] = deque()
        self._bytes = 0

    def add(self, event: NodeEvent, size: int) -> None:
        """Keep an event. The oldest ones make room for it."""
        self._kept.append((event, size))
        self._bytes += size
        while len(self._kept) > self._most or self._bytes > MOST_EVENT_BYTES:
            self._bytes -= self._kept.popleft()[1]

    def __iter__(self) -> Iterator[NodeEvent]:
        return (event for event, _ in self._kept)


class Opened:
    """Everything of one opened node."""

    def __init__(self) -> None:
        self._plugins: dict[str, _Plugin] = {}
        self._outputs: Mapping[str, Any] | None = None
        self._events, self._lines = _Kept(MOST_EVENTS), _Kept(MOST_LINES)
        self._event_count = 0
        self.arrivals = Arrivals()
        self.left_out = 0

    def fold(self, place: Place, arrived: Arrived, now: float) -> bool:
        """Take in a message.

        Returns:
            Whether it is one that nodes send.
        """
        first, rest = place.levels[0], place.levels[1:]
        if first == EVENTS:
            is_own = len(rest) == 1 and rest[0] in KINDS and not arrived.retained  # no host lets the broker keep events
            return is_own and self._take_event(rest[0], arrived, now)
        if first == OUTPUTS:
            return not rest and self._take_outputs(arrived.payload)
        if rest not in {(), (STATE,), (VALUES,), (LATE,)}:
            return False
        if (plugin := self._plugin(first, arrived)) is not None:
            if rest in {(STATE,), (VALUES,)}:
                plugin.take(rest[0], arrived.payload)
            else:
                self._take_reading(plugin, place, arrived)
            if not plugin.payloads:
                del self._plugins[first]
        return True

    def detail(self, status: NodeStatus, plugins: tuple[str, ...] | None) -> NodeDetail:
        """Return all of it.

        Args:
            status: the line of the node.
            plugins: those that the node has; None if that is not known. What is published under other names is left
                out: it is of an earlier time, or of a stranger.
        """
        names = self._plugins if plugins is None else plugins[:MOST_PLUGINS]
        found = [(self._plugins.get(each) or _Plugin()).status(each) for each in names]
        return NodeDetail(
            status=status,
            plugins=tuple(sorted(found, key=lambda each: (_rank(each), each.name))),
            outputs=self._outputs,
            events=tuple(merge(self._events, self._lines, key=lambda each: each.number)),
            counts=Counts(self.arrivals.received, self.arrivals.late, self.arrivals.repeated, self.arrivals.missed),
            left_out=self.left_out,
        )

    def _plugin(self, name: str, arrived: Arrived) -> _Plugin | None:
        plugin = self._plugins.get(name)
        if plugin is None and arrived.payload:
            if len(self._plugins) >= MOST_PLUGINS:
                self.left_out += 1
                return None
            plugin = self._plugins[name] = _Plugin()
        return plugin

    def _take_reading(self, plugin: _Plugin, place: Place, arrived: Arrived) -> None:
        late = is_late(place)
        if not arrived.payload:
            if not late:
                plugin.take(READING, b"")
            return
        found, at = stamp_of(arrived.payload)
        if found and not self.arrivals.take(found, is_late=late, is_kept=arrived.retained):
            return
        if late and plugin.is_older(found, at):
            return
        plugin.take(READING, arrived.payload)
        plugin.newest, plugin.reading_time = found, at

    def _take_outputs(self, payload: bytes) -> bool:
        try:
            self._outputs = reading_of(payload) if payload else None
        except ValueError:
            return False
        return True

    def _take_event(self, kind: str, arrived: Arrived, now: float) -> bool:
        try:
            body = json_of(arrived.payload)
        except ValueError:
            return False
        self._event_count += 1
        event = NodeEvent(self._event_count, kind, now, body if isinstance(body, dict) else {"items": body})
        (self._lines if kind in LINES else self._events).add(event, len(arrived.payload))
        return True


def _rank(plugin: PluginStatus) -> int:
    """Return the place of a plugin in the order; those whose condition is not known come last."""
    try:
        return Condition(plugin.health.condition).rank if plugin.health else len(Condition)
    except ValueError:
        return len(Condition)
