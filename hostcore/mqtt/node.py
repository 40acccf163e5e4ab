"""What the parts of the front end have in common: the node, and how each part gets its share of what happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from hostcore.broker.message import Arrived, Message
from hostcore.broker.topics import NodeTopics
from hostcore.clock import Clock
from hostcore.config.mqtt import MqttSettings
from hostcore.events import Event
from hostcore.mqtt.node_view import NodeView
from hostcore.mqtt.retained import Retained
from hostcore.mqtt.twins import Twins
from hostcore.quick_dataclass import dataclass
from hostcore.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One host at its broker."""

    session: Session
    """The host."""
    view: NodeView
    """Its state. Only the thread of the front end may use it; so it is with `retained`."""
    retained: Retained
    """The messages that the broker keeps."""
    settings: MqttSettings
    topics: NodeTopics
    run: str
    """8 hex digits, new at each start of the host."""
    clock: Clock
    publish: Callable[[Message], int]
    """Sends a message at once: `hostcore.broker.connection.BrokerConnection.publish`. Any thread may."""
    subscribe: Callable[[str], None]
    """Asks for messages of a filter, also after each new connection. Any thread may."""
    unsubscribe: Callable[[str], None]
    """Asks for no more of them. Any thread may."""
    warn: Callable[[str], None]
    """Takes a line for the host's log. Any thread may."""
    publish_event: Callable[[Event], None]
    """Publishes an event at the host. Any thread may."""
    twins: Twins
    """Other hosts with the name of this one. Only the thread of the front end may use it."""
    note_twin: Callable[[], None]
    """Tells the connection of one. Any thread may."""
    wake: Callable[[], None]
    """Lets the parts look soon. Any thread may."""


class NodePart(Protocol):
    """A part of the front end. All methods are called on its thread and must not block.

    It asks for its topics with `Node.subscribe`, once.
    """

    def connected(self) -> None:
        """There is a new connection. The broker may be another one, and may have forgotten everything."""

    def disconnected(self) -> None:
        """The connection is lost: nothing that was not confirmed has arrived."""

    def arrived(self, arrived: Arrived) -> None:
        """A message on one of its topics, or on one of another part, has come. Anyone may have written it."""

    def happened(self, event: Event) -> None:
        """Something happened at the host. The view knows it already."""

    def look(self) -> float | None:
        """Do what is to be done now. It is called after each batch of events, and at least once a second.

        Returns:
            The seconds after which there is more to do; None if a second is soon enough.
        """


@runtime_checkable
class LastingPart(NodePart, Protocol):
    """A part that has threads of its own."""

    def stop(self) -> bool:
        """Stop, before the connection does. Called once, on another thread. Blocks for less than a second.

        Returns:
            Whether everything that it did has ended.
        """
