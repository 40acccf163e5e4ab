"""What is kept of an opened node beside its line: plugins, events and outputs."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from heapq import merge
from typing import Any

from hostcore.broker.message import Arrived
from hostcore.broker.topics import EVENTS, OFFLINE, ONLINE, OUTPUTS, RESERVED, Place
from hostcore.fleet.model import NodeDetail, NodeEvent, NodeStatus
from hostcore.fleet.plugins import HEARD, OTHER, OWN, PARTS, OpenedPlugins, Taken
from hostcore.fleet.reading import json_of, most_bytes, reading_of
from hostcore.fleet.standing import offline

MOST_EVENTS = 200
"""The most events that are kept of a node, without log lines and transfers."""
MOST_LINES = 1000
"""The most log lines and transfers that are kept of a node."""
MOST_EVENT_BYTES = 1 << 20
"""The most bytes of JSON that are kept of a node's events, and as many of its lines. Read, they take 12 times as much
at worst."""
PRESENCE = {ONLINE: "its host has connected to the broker", OFFLINE: offline()[1]}
"""What the topic of the status tells as it happens, in words."""
LINES = frozenset({"log", "traffic"})
"""The kinds of events that come in great numbers."""
KINDS = frozenset({"crash", "finding", "denial", "alarm"}) | LINES


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
        self._plugins = OpenedPlugins()
        self._outputs: Mapping[str, Any] | None = None
        self._events, self._lines = _Kept(MOST_EVENTS), _Kept(MOST_LINES)
        self._event_count = 0
        self._presence = b""
        """What the broker told last of its status."""

    def pause(self) -> None:
        """Note that messages may have come which we did not get."""
        self._plugins.pause()

    def fold(self, place: Place, arrived: Arrived, now: float, listed: Collection[str]) -> Taken:
        """Take in a message. What it tells of the node is for its line.

        Args:
            place: where it belongs.
            arrived: the message.
            now: the present.
            listed: the plugins that the node says it has. They come before others if there is too little room.
        """
        first, rest = place.levels[0], place.levels[1:]
        is_fit = len(arrived.payload) <= most_bytes(place)
        if first == EVENTS:
            is_own = len(rest) == 1 and rest[0] in KINDS and not arrived.retained  # no host lets the broker keep events
            return self._take_event(rest[0], arrived, now) if is_own and is_fit else OTHER
        if first == OUTPUTS:
            return self._take_outputs(arrived) if is_fit and not rest else OTHER
        if first in RESERVED or rest not in PARTS:
            return OTHER
        return self._plugins.fold(place, arrived, listed)

    def note_status(self, arrived: Arrived, now: float) -> None:
        """Keep as an event that the node has come or gone. What it was before it was opened is none."""
        said = arrived.payload
        if not arrived.retained and said in PRESENCE and said != self._presence:
            self._presence = said
            self._add_event(said.decode(), {"text": PRESENCE[said]}, len(said), now)

    def detail(self, status: NodeStatus, listed: tuple[str, ...] | None) -> NodeDetail:
        """Return all of it.

        Args:
            status: the line of the node.
            listed: the plugins that the node says it has; None if that is not known.
        """
        return NodeDetail(
            status=status,
            plugins=self._plugins.statuses(listed),
            outputs=self._outputs,
            events=tuple(merge(self._events, self._lines, key=lambda each: each.number)),
            counts=self._plugins.counts,
            left_out=self._plugins.left_out,
        )

    def _take_outputs(self, arrived: Arrived) -> Taken:
        try:
            self._outputs = reading_of(arrived.payload) if arrived.payload else None
        except ValueError:
            return OTHER
        return OWN if arrived.retained or not arrived.payload else HEARD

    def _take_event(self, kind: str, arrived: Arrived, now: float) -> Taken:
        try:
            body = json_of(arrived.payload)
        except ValueError:
            return OTHER
        self._add_event(kind, body if isinstance(body, dict) else {"items": body}, len(arrived.payload), now)
        return HEARD

    def _add_event(self, kind: str, body: Mapping[str, Any], size: int, now: float) -> None:
        self._event_count += 1
        event = NodeEvent(self._event_count, kind, now, body)
        (self._lines if kind in LINES else self._events).add(event, size)
