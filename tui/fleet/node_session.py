"""A node as a session, for the widgets that ask a host. It asks the node over the broker, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from hostcore.clock import RealClock
from hostcore.errors import HostError
from hostcore.events.event_json import from_json
from hostcore.events.facts import DriverFile, HostFacts, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.events.stream import EventStream, Subscription
from hostcore.fleet.client import Answer
from hostcore.fleet.model import NodeStatus
from hostcore.read_only import ReadOnlySession
from tui.fleet.node_view import host_facts

REASON = "This is what a node has published: press l for its own screen."

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
            return from_json(HistoryReport, answer.data)
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
        "path": list(query.path),
        "since_ns": query.since_ns,
        "until_ns": query.until_ns,
        "points": query.points,
    }
