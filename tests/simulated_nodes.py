"""Simulated nodes on connections without a broker, and what the tests of a simulated fleet look for in messages."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence

from hostcore.broker.interface import Listener
from hostcore.broker.message import Message, Refusal
from hostcore.clock import VirtualClock
from hostcore.errors import BrokerAwayError, BrokerBusyError
from hostcore.fleet.simulated.fleet import SimulatedFleet
from hostcore.fleet.simulated.link import Link
from hostcore.fleet.simulated.plan import Plan
from hostcore.fleet.simulated.sender import Progress, Sender


class ObedientConnection:
    """A connection whose broker does what a test says. It confirms what it takes, unless it holds that back.

    Args:
        listener: is told what happens, at once.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.taken: list[Message] = []
        self.subscribed: list[str] = []
        self.is_up, self.holds_back, self.room = False, False, 1_000_000
        self.refusal = ""
        """Why it takes no message; "" if it takes them."""
        self.unconfirmed: list[int] = []
        self._number = 0

    def start(self) -> None:
        self.come_up()

    def stop(self, _seconds: float = 0.0) -> bool:
        return not self.unconfirmed

    def subscribe(self, topics: str, qos: int = 1) -> None:
        self.subscribed.append(topics)

    def publish(self, message: Message) -> int:
        if not self.is_up:
            raise BrokerAwayError("away")
        if len(self.unconfirmed) >= self.room:
            self.confirm()
            raise BrokerBusyError("busy")
        self._number += 1
        self.taken.append(message)
        self.unconfirmed.append(self._number)
        if not self.holds_back and self.room == 1_000_000:
            self.confirm()
        return self._number

    def confirm(self) -> None:
        """Confirm everything that was taken."""
        confirmed, self.unconfirmed = self.unconfirmed, []
        for number in confirmed:
            if self.refusal:
                self._listener.refused(number, Refusal("mqtt://pi5", "message", "wasi-host", self.refusal))
            else:
                self._listener.delivered(number)

    def come_up(self) -> None:
        """Be connected."""
        self.is_up = True
        self._listener.connected()

    def go_down(self) -> None:
        """Lose the connection, and what is not confirmed."""
        self.is_up, self.unconfirmed = False, []
        self._listener.disconnected("the broker is gone")


class SentFleet:
    """A simulated fleet on some of these connections, in virtual time."""

    def __init__(self, plan: Plan, links: int = 1) -> None:
        self.clock, self.stop = VirtualClock(), threading.Event()
        self.fleet = SimulatedFleet(plan, self.clock.wall_ns())
        self.connections: list[ObedientConnection] = []
        self.links = [Link(self.fleet.nodes[each::links], self._connect) for each in range(links)]
        self.told: list[Progress] = []
        self.sender = Sender(self.fleet, self.links, self.clock, self.told.append, self.stop)

    def _connect(self, listener: Listener) -> ObedientConnection:
        self.connections.append(connection := ObedientConnection(listener))
        return connection

    @property
    def taken(self) -> list[Message]:
        """What all brokers have taken."""
        return [message for connection in self.connections for message in connection.taken]

    def at_broker(self) -> dict[str, bytes]:
        """What a broker would keep now: the newest retained payload of each topic."""
        kept = {message.topic: message.payload for message in self.taken if message.retain}
        return {topic: payload for topic, payload in kept.items() if payload}


def ids(messages: Sequence[Message]) -> list[tuple[str, int]]:
    """Run and number of each reading, in the order in which they came."""
    return [(run, int(number)) for run, number in _split_ids(messages)]


def _split_ids(messages: Sequence[Message]) -> Iterator[list[str]]:
    for each in messages:
        if b'"mqtt"' in each.payload:
            yield json.loads(each.payload)["mqtt"]["id"].split("-")
