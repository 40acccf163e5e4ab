"""Questions and commands to nodes, and their answers."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from hostcore.broker.bodies import Outcome
from hostcore.broker.groups import CommandGroup
from hostcore.broker.message import Message
from hostcore.broker.topics import COMMAND, RESPONSE, NodeTopics, Place
from hostcore.clock import NS_PER_S, Clock, duration, timestamp
from hostcore.errors import BrokerAwayError, NodeError
from hostcore.fleet.model import Link, NodeStatus, Standing
from hostcore.fleet.reading import LONGEST_TEXT, json_of, most_bytes
from hostcore.log.safe_text import escaped, log_line
from hostcore.quick_dataclass import dataclass

GROUPS: Mapping[str, CommandGroup] = MappingProxyType(
    {
        **dict.fromkeys(("history", "crashes", "log", "traffic", "live"), CommandGroup.READ),
        **dict.fromkeys(("relay", "pwm", "leds"), CommandGroup.OUTPUTS),
        **dict.fromkeys(("start", "stop", "restart", "release"), CommandGroup.ORDERS),
        "acknowledge": CommandGroup.ALARMS,
    }
)
"""The group that a node must allow for each command. docs/mqtt.md has the same table."""

MOST_NAMED = 10
MOST_ANSWERS = 4
"""The most answers to one command that wait to be read. All but the first are of strangers who heard the command."""


class Connection(Protocol):
    """What is needed of a `hostcore.broker.connection.BrokerConnection`."""

    def subscribe(self, topics: str, qos: int = 1) -> None:
        """Ask for messages of a filter."""

    def publish(self, message: Message) -> int:
        """Send a message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node answered to a command."""

    data: Any
    """What it has found or done, as JSON. Texts in it are NOT escaped."""


class _Open:
    """A command that is not answered yet. Its fields are guarded by the lock of the `Asker`."""

    def __init__(self) -> None:
        self.transaction = secrets.token_hex(16)
        self.number = 0
        """That of its message."""
        self.answers: list[bytes] = []
        """Payloads with the transaction in them."""
        self.problem: NodeError | BrokerAwayError | None = None


class Asker:
    """Asks nodes. All methods are thread-safe; `ask` alone blocks.

    Answers come on a topic that nobody else uses, if the broker and the node speak MQTT 5; otherwise on that of all
    answers to a command. They are recognized by their transaction, a random number of 128 bits.

    Args:
        connection: the broker.
        prefix: the first levels of all topics.
        name: our name, one level of a topic.
        clock: tells when a command was given.
        has_response_topics: whether the connection is MQTT 5.
    """

    def __init__(self, connection: Connection, prefix: str, name: str, clock: Clock, *, has_response_topics: bool):
        self._connection, self._prefix, self._clock = connection, prefix, clock
        self._name = name if has_response_topics else ""
        self._changed = threading.Condition()
        self._open: dict[str, _Open] = {}
        self._subscribed: set[str] = set()

    def ask(self, node: str, command: str, arguments: Mapping[str, Any], timeout: float) -> Answer:
        """Give a node a command, and return its answer. Blocks up to `timeout` seconds.

        Raises:
            BrokerAwayError: the broker is not connected, or the connection was lost.
            NodeError: the node or the broker refuses, or no answer comes.
        """
        topics, asked = NodeTopics(self._prefix, node), _Open()
        answers_at = topics.of(RESPONSE, self._name or command)
        self._subscribe(answers_at, topics.of(RESPONSE, command))  # a node with MQTT 3.1.1 is told of no own topic
        body = {**arguments, "transaction": asked.transaction, "time": timestamp(self._clock.wall_ns())}
        message = Message(
            topics.of(COMMAND, command),
            json.dumps(body).encode(),
            response_topic=answers_at if self._name else "",
            correlation=asked.transaction.encode() if self._name else b"",
        )
        try:
            with self._changed:
                self._open[asked.transaction] = asked
                asked.number = self._connection.publish(message)
            return self._answer(asked, node, command, timeout)
        finally:
            with self._changed:
                del self._open[asked.transaction]

    def take(self, place: Place, payload: bytes) -> None:
        """Look at a message that may be an answer. Does not block."""
        if place.levels[0] != RESPONSE or len(payload) > most_bytes(place):
            return
        with self._changed:
            for each in self._open.values():
                if each.transaction.encode() in payload and len(each.answers) < MOST_ANSWERS:
                    each.answers.append(payload)
                    self._changed.notify_all()

    def refuse(self, number: int, problem: str) -> None:
        """Note that the broker does not take a message."""
        with self._changed:
            for each in self._open.values():
                if each.number == number:
                    each.problem = NodeError(f"the broker refuses the command: {log_line(problem, LONGEST_TEXT)}")
                    self._changed.notify_all()

    def disconnect(self) -> None:
        """Note that the connection is lost: no answer will come."""
        with self._changed:
            for each in self._open.values():
                each.problem = BrokerAwayError("the connection to the broker was lost before the answer came")
            self._changed.notify_all()

    def _subscribe(self, *topics: str) -> None:
        """Ask for the answers of topics, once. Who asks at the same time waits: its command must come after that."""
        with self._changed:
            for each in dict.fromkeys(topics):
                if each not in self._subscribed:
                    self._subscribed.add(each)
                    self._connection.subscribe(each)

    def _answer(self, asked: _Open, node: str, command: str, timeout: float) -> Answer:
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                self._changed.wait_for(lambda: asked.answers or asked.problem, deadline - time.monotonic())
                if asked.problem:
                    raise asked.problem
                is_in_time = time.monotonic() < deadline  # whoever hears the command can send what is no answer
                payload = asked.answers.pop(0) if asked.answers and is_in_time else None
            if payload is None:
                raise NodeError(f"{node} has not answered to {escaped(command)} within {duration(timeout)}")
            if (answer := _read(payload, asked.transaction, node)) is not None:
                return answer


def _read(payload: bytes, transaction: str, node: str) -> Answer | None:
    """Return the answer in a payload; None if it is none to this transaction.

    Raises:
        NodeError: the node refuses.
    """
    try:
        found = json_of(payload, most=len(payload))  # who has asked waits for it
    except ValueError:
        return None
    if not isinstance(found, dict) or found.get("transaction") != transaction:
        return None
    if found.get("status") == Outcome.OK:
        return Answer(found.get("data"))
    raise NodeError(f"{node}: {log_line(str(found.get('error', 'it gives no reason')), 3 * LONGEST_TEXT)}")


def require_answerable(node: str, status: NodeStatus | None, link: Link, command: str, known: Sequence[str]) -> None:
    """Check that a node can answer, as far as that is known.

    Args:
        node: its name.
        status: its line; None if it is not known.
        link: the connection to the broker.
        command: what to ask.
        known: the names of all nodes.

    Raises:
        BrokerAwayError: the broker is not connected.
        NodeError: it cannot.
    """
    if not link.is_connected:
        raise BrokerAwayError(f"the broker is not connected: {link.problem or 'the connection is being made'}")
    status = require_known(node, status, known)
    if status.standing is Standing.OFFLINE:
        raise NodeError(f"{node} is offline: {status.reason}")
    group = GROUPS.get(command)
    if group is not None and not status.allows(group):
        raise NodeError(
            f'{node} does not allow {command} over the broker: add "{group}" to commands in [mqtt] of its host.toml'
        )


def require_known(node: str, status: NodeStatus | None, known: Sequence[str]) -> NodeStatus:
    """Return the line of a node, if there is one.

    Raises:
        NodeError: there is none. The message says which nodes there are.
    """
    if status is None:
        raise NodeError(f"found no node {escaped(node)}; {_known(known)}")
    return status


def _known(names: Sequence[str]) -> str:
    if not names:
        return "the broker knows of no node; has a host enabled = true in [mqtt] of its host.toml?"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"there are {', '.join(names[:MOST_NAMED])}{more}"


def random_name() -> str:
    """Return a name for a client, which is one level of a topic."""
    return f"fleet-{secrets.token_hex(6)}"


def seconds_of(clock: Clock) -> float:
    """Return the present in Unix seconds."""
    return clock.wall_ns() / NS_PER_S
