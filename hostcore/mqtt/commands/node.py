"""The node as its commands see it."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.broker.groups import CommandGroup
from hostcore.broker.interface import Subscriber
from hostcore.broker.topics import NodeTopics
from hostcore.clock import Clock
from hostcore.events import HOST, Event, Level, LogWritten
from hostcore.log.safe_text import log_line
from hostcore.mqtt.node import Node
from hostcore.quick_dataclass import dataclass
from hostcore.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class CommandedNode:
    """One host at its broker. Any thread may use it."""

    session: Session
    """The host."""
    groups: frozenset[CommandGroup]
    """What ``commands`` of `[mqtt]` allows."""
    topics: NodeTopics
    broker: Subscriber
    """The connection."""
    clock: Clock
    publish_event: Callable[[Event], None]
    """Publishes an event at the host."""

    def log(self, level: Level, text: str) -> None:
        """Write a line into the host's log."""
        self.publish_event(LogWritten(self.clock.wall_ns(), HOST, level, log_line(text), by_host=True))

    def warn(self, text: str) -> None:
        """Write a warning into the host's log."""
        self.log(Level.WARNING, text)


def commanded_node(node: Node) -> CommandedNode:
    """Return a node as its commands see it."""
    groups = frozenset(node.settings.commands)
    return CommandedNode(node.session, groups, node.topics, node, node.clock, node.publish_event)
