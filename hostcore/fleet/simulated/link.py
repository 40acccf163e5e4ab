"""The connection of simulated nodes to the broker. Many nodes can share one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from hostcore.broker.interface import Listener
from hostcore.broker.message import Arrived, Message, Refusal
from hostcore.broker.topics import LATE
from hostcore.errors import BrokerAwayError, BrokerBusyError
from hostcore.fleet.simulated.node import SimulatedNode
from hostcore.quick_dataclass import replace

MOST_COMMANDS = 100
"""Commands that wait for their answers. Further ones are forgotten."""
PATIENCE = 0.05
"""Seconds after which a full connection is tried again, if nothing else says that it has room."""


class Connection(Protocol):
    """What is used of a `hostcore.broker.connection.BrokerConnection`."""

    def start(self) -> None: ...
    def stop(self) -> bool: ...
    def subscribe(self, topics: str, qos: int = 1) -> None: ...
    def publish(self, message: Message) -> int: ...


class Link:
    """Publishes for some nodes on one connection, and sends again what the broker did not confirm.

    Apart from the methods of a `Listener`, which the connection calls on its own thread, one thread uses it.

    Args:
        nodes: those that share the connection.
        connect: makes the connection.
    """

    def __init__(self, nodes: Sequence[SimulatedNode], connect: Callable[[Listener], Connection]) -> None:
        self.nodes = nodes
        self.problem = ""
        """Why there is no connection, in one line; "" if there is one."""
        self.confirmed = 0
        """Messages that the broker has confirmed."""
        self.refusals = 0
        """Messages that it does not take."""
        self.refusal = ""
        """Why it did not take the last one of them."""
        self.commands: deque[Arrived] = deque(maxlen=MOST_COMMANDS)
        self._again: deque[Message] = deque()
        self._unconfirmed: dict[int, Message] = {}
        self._early: set[int] = set()
        self._room = threading.Event()
        self._changes: deque[bool] = deque()
        self._is_up = self.has_begun = False
        self._connection = connect(self)

    def start(self, commands: str) -> None:
        """Begin to connect, and ask for the commands of a filter of topics; "" asks for none. Returns at once."""
        if commands:
            self._connection.subscribe(commands)
        self._connection.start()

    def stop(self) -> bool:
        """Disconnect. Blocks up to a second. Returns whether the broker has confirmed everything."""
        return self._connection.stop()

    has_begun: bool
    """Whether there has been a connection."""

    @property
    def waiting(self) -> int:
        """Messages that are not confirmed; without QoS, those that are not written."""
        return len(self._unconfirmed) + len(self._again)

    def follow(self) -> None:
        """Tell the nodes whether there is a connection, and send again what the last one did not confirm."""
        while self._changes:
            self._is_up = self._changes.popleft()
            if not self._is_up:
                self._void()
            for node in self.nodes:
                (node.find_link if self._is_up else node.lose_link)()
        while self._is_up and self._again:
            try:
                self._publish(self._again[0])
            except (BrokerAwayError, BrokerBusyError):
                return
            self._again.popleft()

    def publish(self, message: Message, stop: threading.Event) -> None:
        """Publish a message. Blocks while the connection has no room, unless `stop` is set.

        If there is no connection, a reading is sent when it is back. All else the nodes say again then.
        """
        while True:
            self._room.clear()
            try:
                self._publish(message)
                return
            except BrokerBusyError:
                if stop.is_set():
                    return
                self._room.wait(PATIENCE)
            except BrokerAwayError:
                self._keep(message)
                return

    def _publish(self, message: Message) -> None:
        number = self._connection.publish(message)
        self._unconfirmed[number] = message
        if number in self._early:  # confirmed by the other thread before it was noted here
            self._early.discard(number)
            self._unconfirmed.pop(number, None)

    def _keep(self, message: Message) -> None:
        if b'"mqtt"' not in message.payload:
            return
        is_late = message.topic.endswith(f"/{LATE}")
        self._again.append(message if is_late else replace(message, topic=f"{message.topic}/{LATE}", retain=False))

    def _void(self) -> None:
        """Keep what the lost connection did not confirm."""
        unconfirmed, self._unconfirmed = self._unconfirmed, {}
        self._early.clear()
        for message in unconfirmed.values():
            if message.qos:
                self._keep(message)

    # The connection calls these on its own thread.

    def connected(self) -> None:
        self.problem, self.has_begun = "", True
        self._changes.append(True)

    def disconnected(self, problem: str) -> None:
        self.problem = problem
        self._changes.append(False)
        self._room.set()

    def received(self, arrived: Arrived) -> None:
        self.commands.append(arrived)

    def delivered(self, number: int) -> None:
        self.confirmed += 1
        self._settle(number)

    def refused(self, number: int, refusal: Refusal) -> None:
        self.problem = self.refusal = str(refusal)
        self.refusals += bool(number)  # 0 is a subscription
        self._settle(number)

    def _settle(self, number: int) -> None:
        """Wait for a message no more."""
        if self._unconfirmed.pop(number, None) is None:
            self._early.add(number)
            if self._unconfirmed.pop(number, None) is not None:
                self._early.discard(number)
        self._room.set()
