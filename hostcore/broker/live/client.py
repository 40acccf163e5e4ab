"""The client's side of a live screen: the session of a node, carried over topics of the broker.

The node's side is `hostcore.mqtt.commands.live`. The name of a stream is a random number of 128 bits: only who may
read the commands can know it.
"""

from __future__ import annotations

import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from hostcore.broker.interface import Subscriber
from hostcore.broker.live.channel import Channel
from hostcore.broker.live.pump import END_SECONDS, ChannelPump
from hostcore.broker.message import Arrived
from hostcore.broker.topics import LIVE, NodeTopics, place_of
from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import BrokerAwayError, HostError

UP, DOWN = "up", "down"
"""The last levels of the topics of a stream: to the node, and from it."""
STREAM, TRAFFIC = "stream", "traffic"
"""The arguments of the command ``live``: the name of the stream, and for how many seconds it also has the transfers."""
LONGEST_TRAFFIC = 600
"""The most seconds for which a node sends its transfers after it was asked."""
NAME_BYTES = 16
"""The bytes of a stream's name, as hexadecimal digits."""
_NAME = re.compile(f"[0-9a-f]{{{2 * NAME_BYTES}}}", re.ASCII)

Ask = Callable[[str, str, Mapping[str, Any]], object]
"""Gives a node a command, by their names and with its arguments, and returns its answer. Blocks for some seconds at
most. Raises `HostError`."""


def is_stream(text: str) -> bool:
    """Return whether a text can be the name of a stream."""
    return _NAME.fullmatch(text) is not None


class LiveStreams:
    """The streams of one connection to a broker. Thread-safe.

    Args:
        broker: the connection.
        prefix: the first levels of all topics.
        clock: tells when a node counts as gone.
    """

    def __init__(self, broker: Subscriber, prefix: str, clock: Clock) -> None:
        self._broker, self._prefix, self._clock = broker, prefix, clock
        self._lock = threading.Lock()
        self._pumps: dict[tuple[str, str], ChannelPump] = {}
        self._is_stopped = False

    def received(self, arrived: Arrived) -> bool:
        """Take a message if it belongs to a stream. The connection's listener calls it. Returns whether it does."""
        place = place_of(arrived.topic, self._prefix)
        if place is None or place.levels[0] != LIVE:
            return False
        if len(place.levels) == 3 and place.levels[2] == DOWN and not arrived.retained:
            with self._lock:
                pump = self._pumps.get((place.node, place.levels[1]))
            if pump:
                pump.take(arrived.payload)
        return True

    def disconnected(self) -> None:
        """End all streams: messages are lost now. The connection's listener calls it."""
        self._end("the connection to the broker was lost")

    def lost_node(self, node: str) -> None:
        """End the streams to a node, which the broker says is gone. Its silence would tell much later. Thread-safe."""
        self._end(f"the broker says that {node} is offline", node)

    def stop(self, seconds: float = END_SECONDS) -> bool:
        """End all streams, and open no others. Blocks for `seconds` at most. Returns whether all have ended."""
        with self._lock:
            self._is_stopped = True
        pumps, deadline = self._end(""), time.monotonic() + seconds
        return all(pump.join(max(0.0, deadline - time.monotonic())) for pump in pumps)

    def open(self, node: str, ask: Ask, traffic_seconds: int) -> tuple[str, socket.socket]:
        """Open a stream to a node, and return its name and the socket of the session. Blocks while the node is asked.

        Raises:
            HostError: the node refuses or does not answer, or the broker is away.
        """
        name, topics = secrets.token_hex(NAME_BYTES), NodeTopics(self._prefix, node)
        near, far = socket.socketpair()
        try:
            pump = self._added(node, name, topics, far)
        except HostError:
            near.close()
            far.close()
            raise
        try:
            ask(node, LIVE, {STREAM: name, TRAFFIC: traffic_seconds})
        except BaseException:  # also Ctrl+C, while a person waits for the node
            pump.close("")
            near.close()
            raise
        return name, near

    def _added(self, node: str, name: str, topics: NodeTopics, far: socket.socket) -> ChannelPump:
        """Subscribe to a new stream, and start what carries it. The node sends nothing before it is asked."""
        down = topics.of(LIVE, name, DOWN)

        def ended(_reason: str) -> None:
            with self._lock:
                self._pumps.pop((node, name), None)
            self._broker.unsubscribe(down)

        channel = Channel(self._clock.monotonic_ns(), inflates=True)
        pump = ChannelPump(self._broker, topics.of(LIVE, name, UP), channel, far, clock=self._clock, ended=ended)
        with self._lock:
            if self._is_stopped:
                raise BrokerAwayError("the connection to the broker is being closed")
            self._pumps[node, name] = pump
        self._broker.subscribe(down)
        pump.start()
        return pump

    def _end(self, reason: str, node: str | None = None) -> list[ChannelPump]:
        """Let the streams to a node end, or those to all."""
        with self._lock:
            pumps = [pump for (its_node, _), pump in self._pumps.items() if node in {None, its_node}]
        for pump in pumps:
            pump.close(reason)
        return pumps


class LiveScreen:
    """The way to one node for a `hostcore.control.remote_session.RemoteSession`, whose `Connect` is `connect`.

    Args:
        streams: the streams of the connection to the broker.
        node: the node's name.
        ask: gives the node a command.
        clock: tells for how long the transfers are still sent.
    """

    def __init__(self, streams: LiveStreams, node: str, ask: Ask, clock: Clock) -> None:
        self._streams, self._node, self._ask, self._clock = streams, node, ask, clock
        self._lock = threading.Lock()
        self._name, self._traffic_until_ns = "", 0

    def connect(self) -> socket.socket:
        """Open a stream, and return its socket. Blocks for some seconds at most.

        Raises:
            HostError: the node refuses or does not answer, or the broker is away.
        """
        left_ns = max(0, self._traffic_until_ns - self._clock.monotonic_ns())
        name, near = self._streams.open(self._node, self._ask, min(LONGEST_TRAFFIC, round(left_ns / NS_PER_S)))
        with self._lock:
            self._name = name
        return near

    def show_traffic(self, seconds: int) -> None:
        """Let the node send its transfers, too. Blocks for some seconds at most.

        Args:
            seconds: for how long from now on, up to `LONGEST_TRAFFIC`; 0 ends it.

        Raises:
            HostError: the node refuses or does not answer, or the broker is away.
        """
        with self._lock:
            name = self._name
        if name:
            self._ask(self._node, LIVE, {STREAM: name, TRAFFIC: seconds})
        self._traffic_until_ns = self._clock.monotonic_ns() + seconds * NS_PER_S
