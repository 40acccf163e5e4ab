"""A node that takes commands, with a scripted host, a virtual clock and a simulated broker."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from hostcore.broker.groups import CommandGroup
from hostcore.broker.message import Arrived, Message
from hostcore.broker.topics import NodeTopics
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import BrokerAwayError
from hostcore.events import Event, LogWritten
from hostcore.mqtt.commands import node as commands_node
from hostcore.mqtt.commands.service import CommandService
from tests.scripted_session import ScriptedSession
from tests.waiting import until

TOPICS = NodeTopics("wasi-host", "pi")
PATIENCE = 10.0
"""Seconds that a test waits before it fails."""


class SimulatedBroker:
    """Keeps what is published.

    Attributes:
        messages: all of it, in order.
        topics: what is subscribed to.
        is_away: whether it refuses messages.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.messages: list[Message] = []
        self.topics: set[str] = set()
        self.is_away = False

    def publish(self, message: Message) -> int:
        if self.is_away:
            raise BrokerAwayError("there is no connection to the broker at this moment")
        with self._lock:
            self.messages.append(message)
            return len(self.messages)

    def subscribe(self, topics: str, /, qos: int = 1) -> None:
        self.topics.add(topics)

    def unsubscribe(self, topics: str, /) -> None:
        self.topics.discard(topics)

    def on(self, topic: str) -> list[Message]:
        with self._lock:
            return [each for each in self.messages if each.topic == topic]


class KeptTime:
    """The watermark of a node, which outlives its runs."""

    def __init__(self) -> None:
        self.time_ns = 0
        self.writes = 0

    def read(self) -> int:
        return self.time_ns

    def write(self, time_ns: int) -> None:
        self.time_ns, self.writes = time_ns, self.writes + 1


class CommandedNode:
    """The node.

    Attributes:
        session: the host.
        told: the events that the commands published.
    """

    def __init__(
        self,
        groups: Collection[CommandGroup] = tuple(CommandGroup),
        *,
        clock: VirtualClock | None = None,
        watermark: KeptTime | None = None,
        session: ScriptedSession | None = None,
    ) -> None:
        self.clock = clock or VirtualClock()
        self.broker, self.session = SimulatedBroker(), session or ScriptedSession()
        self.watermark = watermark or KeptTime()
        self.told: list[Event] = []
        node = commands_node.CommandedNode(
            self.session, frozenset(groups), TOPICS, self.broker, self.clock, self.told.append
        )
        self.service = CommandService(node, self.watermark)
        self._count = 0

    def __enter__(self) -> CommandedNode:
        self.service.start()
        self.service.connected()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.service.stop()

    @property
    def now(self) -> float:
        """Unix seconds by the clock of the node."""
        return self.clock.wall_ns() / NS_PER_S

    @property
    def log(self) -> list[str]:
        return [each.text for each in self.told if isinstance(each, LogWritten)]

    def payload(self, **arguments: Any) -> bytes:
        """A command of this moment, with a new transaction, as a client would write it."""
        self._count += 1
        return json.dumps({"transaction": f"t{self._count}", "time": self.now, **arguments}).encode()

    def send(self, name: str, payload: bytes, **more: Any) -> dict[str, Any]:
        """Send a message, and return the answer."""
        topic = more.get("response_topic") or TOPICS.of("response", name)
        before = len(self.broker.on(topic))
        assert self.service.received(Arrived(TOPICS.of("command", name), payload, **more))
        until(lambda: len(self.broker.on(topic)) > before, PATIENCE)
        answer = self.broker.on(topic)[before]
        assert not answer.retain
        assert answer.correlation == more.get("correlation", b"")
        found = json.loads(answer.payload)
        assert isinstance(found, dict)
        return found

    def give(self, command: str, /, **arguments: Any) -> Any:
        """Give a command that must be followed, and return the data of its answer."""
        answer = self.send(command, self.payload(**arguments))
        assert answer["status"] == "ok", answer
        return answer["data"]

    def refusal(self, command: str, payload: bytes | None = None, /, **arguments: Any) -> str:
        """Give a command that must be refused, and return why it was. Nothing has changed."""
        before = len(self.session.changes)
        answer = self.send(command, self.payload(**arguments) if payload is None else payload)
        assert answer["status"] == "error", answer
        assert len(self.session.changes) == before
        return str(answer["error"])


@contextmanager
def commanded_node(*groups: CommandGroup) -> Iterator[CommandedNode]:
    """Make a node that allows these groups; all if none are named."""
    with CommandedNode(groups or tuple(CommandGroup)) as node:
        yield node
