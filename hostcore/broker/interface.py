"""What a connection to a broker offers to those who use it, and what it tells them.

`hostcore.broker.connection.BrokerConnection` is the connection. Those who use it see only the part that they need, so
that a test, or a simulated node, can take its place.
"""

from __future__ import annotations

from typing import Protocol

from hostcore.broker.message import Arrived, Message, Refusal


class Publisher(Protocol):
    """Sends messages."""

    def publish(self, message: Message) -> int:
        """Send a message, or raise `BrokerAwayError` or `BrokerBusyError`. Does not block."""


class Subscriber(Publisher, Protocol):
    """Also asks for messages."""

    def subscribe(self, topics: str, /) -> None:
        """Take the messages of a topic. Does not block."""

    def unsubscribe(self, topics: str, /) -> None:
        """Take them no longer. Does not block."""


class Listener(Protocol):
    """Takes what happens on a connection. All methods are called on the connection's own thread and must not block.

    They may publish and subscribe. An exception of theirs costs the connection, which is then made again.
    """

    def connected(self) -> None:
        """The broker has accepted us, and the subscriptions are being made."""

    def disconnected(self, problem: str) -> None:
        """The connection is lost, or could not be made. It is tried again. `problem` is one line for a person.

        It comes once for each attempt, often with the same problem. All unconfirmed messages are void: send them again.
        """

    def received(self, arrived: Arrived) -> None:
        """A message has come."""

    def delivered(self, number: int) -> None:
        """The broker has confirmed a message (QoS 1), or it was written (QoS 0)."""

    def refused(self, number: int, refusal: Refusal) -> None:
        """The broker does not take a message, or no subscription (`number` is 0 then). MQTT 5 only.

        Sent again, it is probably refused again.
        """


class LinkListener(Protocol):
    """Takes what happens on a link, during `Link.turn`."""

    def accepted(self) -> None:
        """The broker has accepted us."""

    def arrived(self, arrived: Arrived) -> None:
        """A message has come."""

    def left_out(self, topic: str) -> None:
        """A message has come that is larger than we take."""

    def confirmed(self, number: int, refusal: Refusal | None) -> None:
        """A message was confirmed or refused. The number is 0 for a refused subscription."""
