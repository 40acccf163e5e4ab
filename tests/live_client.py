"""A client of nodes on a broker: gives commands, and opens live screens."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hostcore.broker.live.client import LiveScreen, LiveStreams
from hostcore.broker.message import Arrived
from hostcore.broker.settings import BrokerSettings
from hostcore.broker.topics import LIVE, NodeTopics
from hostcore.clock import RealClock
from hostcore.control.remote_session import RemoteSession
from hostcore.errors import BrokerAwayError, HostError
from tests.broker import PATIENCE, Visitor
from tests.waiting import comes_true

LIVE_SECONDS = 2.0
"""Seconds for which the answer of a node to ``live`` is awaited. It may have lost the broker, and is asked again."""


class LiveClient(Visitor):
    """The client of the nodes with one prefix.

    Attributes:
        streams: its live screens.
    """

    def __init__(self, settings: BrokerSettings, prefix: str) -> None:
        super().__init__(settings, f"client-of-{prefix}")
        self.prefix, self._asked = prefix, 0
        self.streams = LiveStreams(self.connection, prefix, RealClock())
        self.subscribe(f"{prefix}/+/response/#")

    def received(self, arrived: Arrived) -> None:
        if not self.streams.received(arrived):
            super().received(arrived)

    def disconnected(self, problem: str) -> None:
        super().disconnected(problem)
        self.streams.disconnected()

    def ask(self, node: str, command: str, arguments: Mapping[str, Any]) -> Any:
        """Give a command, and return the data of its answer."""
        self._asked += 1
        transaction = f"{self.prefix}-{self._asked}"
        body = {"transaction": transaction, "time": time.time(), **arguments}
        topics, losses = NodeTopics(self.prefix, node), len(self.problems)
        self.publish(topics.of("command", command), json.dumps(body).encode())
        answer: dict[str, Any] = {}

        def is_answered() -> bool:
            for each in self.of(topics.of("response", command)):
                found = json.loads(each)
                if found.get("transaction") == transaction:
                    answer.update(found)
            return bool(answer) or len(self.problems) > losses

        if not comes_true(is_answered, LIVE_SECONDS if command == LIVE else PATIENCE) or not answer:
            raise BrokerAwayError("the connection was lost, or the node has none")
        if answer["status"] == "error":
            raise HostError(answer["error"])
        return answer["data"]

    @contextmanager
    def screen(self, node: str) -> Iterator[tuple[RemoteSession, LiveScreen]]:
        """Make a context with the session of a node, which has not started."""
        way = LiveScreen(self.streams, node, self.ask, RealClock())
        session = RemoteSession(way.connect, RealClock())
        try:
            yield session, way
        finally:
            assert session.stop()


@contextmanager
def live_client(settings: BrokerSettings, prefix: str) -> Iterator[LiveClient]:
    """Make a context with a client that is connected."""
    client = LiveClient(settings, prefix)
    client.start()
    try:
        yield client
    finally:
        assert client.streams.stop()
        client.connection.stop()
