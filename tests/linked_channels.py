"""Two ends of a byte stream, each with its thread, and a broker between them that can misbehave."""

from __future__ import annotations

import socket
from collections.abc import Callable

from hostcore.broker.live.channel import Channel
from hostcore.broker.live.pump import ChannelPump
from hostcore.broker.message import Message
from hostcore.clock import Clock, VirtualClock
from hostcore.errors import BrokerAwayError, BrokerBusyError

UP, DOWN = "wasi-host/pi/live/0/up", "wasi-host/pi/live/0/down"


class Between:
    """Delivers each message to the end that listens on its topic.

    Attributes:
        is_away, is_busy: whether it refuses messages.
        copies: how often each message arrives.
        sizes: the bytes of each payload.
    """

    def __init__(self) -> None:
        self.takers: dict[str, Callable[[bytes], None]] = {}
        self.is_away = self.is_busy = False
        self.copies = 1
        self.sizes: list[int] = []

    def publish(self, message: Message) -> int:
        if self.is_away:
            raise BrokerAwayError("there is no connection to the broker now")
        if self.is_busy:
            raise BrokerBusyError("too many messages wait")
        self.sizes.append(len(message.payload))
        for _ in range(self.copies):
            self.takers[message.topic](message.payload)
        return len(self.sizes)


class Linked:
    """A node's end, which compresses what it sends, and a client's.

    Attributes:
        node, client: the sockets that the two programs use.
        reasons: why each end ended.
    """

    def __init__(self, clock: Clock | None = None, bytes_per_second: int = 0) -> None:
        self.between, self.reasons = Between(), list[str]()
        clock = clock or VirtualClock()
        self.node, node_far = socket.socketpair()
        self.client, client_far = socket.socketpair()
        now_ns = clock.monotonic_ns()
        self.node_end = ChannelPump(
            self.between, DOWN, Channel(now_ns, deflates=True), node_far,
            clock=clock, bytes_per_second=bytes_per_second, ended=self.reasons.append,
        )  # fmt: skip
        self.client_end = ChannelPump(
            self.between, UP, Channel(now_ns, inflates=True), client_far, clock=clock, ended=self.reasons.append
        )
        self.between.takers = {UP: self.node_end.take, DOWN: self.client_end.take}
        for each in (self.node, self.client):
            each.settimeout(10.0)
        for end in (self.node_end, self.client_end):
            end.start()

    def close(self) -> None:
        for each in (self.node, self.client):
            each.close()
        for end in (self.node_end, self.client_end):
            end.close("")
            assert end.join(10.0)


def received(connection: socket.socket, size: int) -> bytes:
    """Take this many bytes, or fewer if the connection ends."""
    found = b""
    while len(found) < size and (part := connection.recv(1 << 16)):
        found += part
    return found
