"""Answers commands, and tells a person of those that are refused. A flood of nonsense becomes neither of the two."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

from hostcore.broker.allowance import Allowance
from hostcore.broker.bodies import Outcome
from hostcore.broker.message import Message
from hostcore.broker.topics import EVENTS
from hostcore.errors import BrokerError, HostError
from hostcore.log.safe_text import log_line
from hostcore.mqtt.commands.node import CommandedNode
from hostcore.mqtt.commands.request import TRANSACTION, Envelope

LARGEST_ANSWER = 256 << 10
"""The most bytes of an answer."""
LONGEST_ERROR = 600
"""The most characters of the error in an answer."""
REFUSALS_PER_SECOND, REFUSALS_AT_ONCE = 20, 50
"""How many refusals are answered, and answers sent again."""
LINES_PER_SECOND, LINES_AT_ONCE = 0.2, 10
"""How many refusals are logged and told as events."""


class Answering:
    """Sends the answers of a node. Thread-safe; nothing blocks.

    Args:
        node: the node.
    """

    def __init__(self, node: CommandedNode) -> None:
        self._node = node
        self._lock = threading.Lock()
        self._answers = Allowance(node.clock, REFUSALS_PER_SECOND, REFUSALS_AT_ONCE)
        self._lines = Allowance(node.clock, LINES_PER_SECOND, LINES_AT_ONCE)

    def answer(self, envelope: Envelope, payload: bytes) -> None:
        """Send an answer. If the broker is away, it is lost, and the log says so."""
        self._send(Message(envelope.response_topic, payload, correlation=envelope.correlation))

    def repeat(self, envelope: Envelope, payload: bytes) -> None:
        """Send an answer again, unless there are too many of them."""
        with self._lock:
            is_answered = self._answers.take()
        if is_answered:
            self.answer(envelope, payload)

    def refuse(self, envelope: Envelope, transaction: str, problem: str) -> None:
        """Answer, log and tell that a command is refused, unless there are too many of them."""
        with self._lock:
            is_answered, is_told = self._answers.take(), self._lines.take()
            more = self._lines.refused() if is_told else 0
        if is_answered:
            self.answer(envelope, failure(transaction, problem))
        if is_told:
            others = f" ({more} more were refused since the last such line)" if more else ""
            self._node.warn(f"refused a command over MQTT, {envelope.name}: {problem}{others}")
            self._tell(envelope.name, transaction, problem, more)

    def _tell(self, command: str, transaction: str, problem: str, more: int) -> None:
        body = {
            "event": "CommandRefused",
            "time_ns": self._node.clock.wall_ns(),
            "command": command,
            TRANSACTION: transaction,
            "problem": log_line(problem, LONGEST_ERROR),
            **({"more": more} if more else {}),
        }
        self._send(Message(self._node.topics.of(EVENTS, "denial"), json.dumps(body).encode(), qos=0))

    def _send(self, message: Message) -> None:
        try:
            self._node.broker.publish(message)
        except BrokerError as error:
            with self._lock:
                is_told = self._lines.take()
            if is_told:
                self._node.warn(f"an answer to a command over MQTT was not sent: {error}")


def success(transaction: str, data: Mapping[str, Any]) -> bytes:
    """Return the answer to a command that was followed.

    Raises:
        HostError: it is too long.
    """
    answer = {TRANSACTION: transaction, "status": Outcome.OK.value, "data": data}
    payload = json.dumps(answer, separators=(",", ":"), allow_nan=False).encode()
    if len(payload) > LARGEST_ANSWER:
        raise HostError(f"the answer has {len(payload)} bytes, and {LARGEST_ANSWER} are allowed; ask for less")
    return payload


def failure(transaction: str, problem: str) -> bytes:
    """Return the answer to a command that was not followed, or that failed."""
    named = {TRANSACTION: transaction} if transaction else {}
    text = log_line(problem, LONGEST_ERROR)
    return json.dumps({**named, "status": Outcome.ERROR.value, "error": text}, separators=(",", ":")).encode()
