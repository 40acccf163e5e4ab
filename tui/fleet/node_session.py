"""A node as a session, for the widgets that ask a host. It asks the node over the broker, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from hostcore.broker.answers import MOST_POINTS
from hostcore.clock import NS_PER_S, RealClock, timestamp
from hostcore.errors import HostError
from hostcore.events.event_json import from_json
from hostcore.events.facts import DriverFile, HostFacts, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.history import HistoryMark, HistoryPoint, HistoryQuery, HistoryReport, MarkKind
from hostcore.events.stream import EventStream, Subscription
from hostcore.fleet.asking import Answer
from hostcore.fleet.model import NodeStatus
from hostcore.quick_dataclass import dataclass
from hostcore.read_only import ReadOnlySession
from tui.fleet.node_view import host_facts
from tui.fleet.plugin_words import unix_ns

REASON = "This is what a node has published: press l for its own screen."

MOST_SECONDS = 1e8
"""A resolution beyond this says nothing."""

Ask = Callable[[str, Mapping[str, Any]], Answer]
"""Asks the node for something: a command, and its arguments. Blocks, and may raise `HostError`."""


class NodeSession(ReadOnlySession):
    """A `hostcore.session.Session` of a node, as far as the broker has it.

    Args:
        node: the node.
        ask: asks the node.
    """

    def __init__(self, node: NodeStatus, ask: Ask) -> None:
        self.reason = REASON
        self._facts, self._ask = host_facts(node), ask
        self._stream = EventStream(RealClock())

    @property
    def facts(self) -> HostFacts:
        """What the node says of itself."""
        return self._facts

    def plugins(self) -> tuple[PluginFacts, ...]:
        """Return none: they are known when the node has said so."""
        return ()

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """Subscribe to nothing: no events come."""
        return self._stream.subscribe(*kinds, capacity=capacity)

    def history(self, query: HistoryQuery) -> HistoryReport:
        """Ask the node. Blocks for seconds if it does not answer. See `Session`."""
        try:
            answer = self._ask("history", arguments_of(query))
            return from_json(Past, answer.data).report()
        except (HostError, ValueError) as error:
            return HistoryReport.without(str(error))

    def source(self, plugin: str, file: str, line: int, around: int = 3) -> SourceExcerpt:
        """Refuse: a node publishes no sources."""
        raise HostError(REASON)

    def driver_file(self, plugin: str) -> DriverFile:
        """Refuse: a node publishes no files."""
        raise HostError(REASON)

    def recording(self, plugin: str, crash_ns: int = 0) -> bytes:
        """Refuse: a node publishes no recordings."""
        raise HostError(REASON)

    def scan(self, bus: int, mode: ScanMode) -> NoReturn:
        """Refuse."""
        self._refuse()

    def identify(self, bus: int, address: int) -> NoReturn:
        """Refuse."""
        self._refuse()


def arguments_of(query: HistoryQuery) -> dict[str, Any]:
    """Return the arguments of the command ``history`` (docs/mqtt.md)."""
    return {
        "plugin": query.plugin,
        "key": list(query.path),
        "until": timestamp(query.until_ns),
        "seconds": max(1.0, (query.until_ns - query.since_ns) / NS_PER_S),
        "points": min(query.points, MOST_POINTS),
    }


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the answer to ``history``."""

    time: str
    value: float
    lowest: float | None = None
    highest: float | None = None
    count: int = 1
    gap: bool = False
    simulated: bool = False
    injected: bool = False

    def point(self) -> HistoryPoint:
        """Return it as the history has it."""
        lowest = self.value if self.lowest is None else self.lowest
        highest = self.value if self.highest is None else self.highest
        return HistoryPoint(
            unix_ns(self.time), lowest, self.value, highest, max(1, self.count), self.gap, self.simulated, self.injected
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, in the answer to ``history``."""

    time: str
    kind: MarkKind
    text: str
    plugin: str = ""

    def mark(self) -> HistoryMark:
        """Return it as the history has it."""
        return HistoryMark(unix_ns(self.time), self.plugin, self.kind, self.text)


@dataclass(frozen=True, slots=True)
class Past:
    """The answer to ``history``."""

    points: tuple[Point, ...]
    resolution: float = 0.0
    """Seconds."""
    complete: bool = True
    problem: str = ""
    marks: tuple[Mark, ...] = ()

    def report(self) -> HistoryReport:
        """Return it as the history would have answered."""
        points = sorted((each.point() for each in self.points), key=lambda each: each.time_ns)
        marks = sorted((each.mark() for each in self.marks), key=lambda each: each.time_ns)
        resolution_ns = round(max(0.0, min(self.resolution, MOST_SECONDS)) * NS_PER_S)
        return HistoryReport(
            tuple(points), resolution_ns, is_complete=self.complete, problem=self.problem, marks=tuple(marks)
        )
