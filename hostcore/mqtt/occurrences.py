"""What happens at a node, as messages: crashes, findings, denials and alarms."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any

from hostcore.broker.message import Message
from hostcore.broker.topics import EVENTS, NodeTopics
from hostcore.errors import BrokerError, MessageTooLargeError
from hostcore.events import (
    AccessDenied,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    CrashLocated,
    Event,
    FindingCleared,
    FindingRaised,
    PluginCrashed,
)
from hostcore.events.event_json import json_text, to_json
from hostcore.quick_dataclass import replace

KINDS: dict[type, str] = {
    PluginCrashed: "crash",
    CrashLocated: "crash",
    FindingRaised: "finding",
    FindingCleared: "finding",
    AccessDenied: "denial",
    AlarmRaised: "alarm",
    AlarmAcknowledged: "alarm",
    AlarmCleared: "alarm",
}
"""The events that are told, and the last level of their topics."""
MOST_WAITING = 200
"""Messages that wait for the broker, at most. The oldest give way, and are counted."""
MOST_KNOWN = 500
"""Findings and alarms of which it is remembered what was told, at most."""
LONGEST_TRACE = 8_000
"""Characters of a traceback. The command `crashes` returns all of it."""
EXPIRES_SECONDS = 86_400
"""Seconds for which a broker keeps such a message for a subscriber who is away (MQTT 5)."""


class Occurrences:
    """Events on their way to the broker. For one thread; never blocks.

    Args:
        topics: the topics of the node.
        qos: the quality of service of their messages.
        tell: takes one line for a person.
    """

    def __init__(self, topics: NodeTopics, qos: int, tell: Callable[[str], None]) -> None:
        self._topics, self._qos, self._tell = topics, qos, tell
        self._waiting: deque[Message] = deque()
        self._in_flight: dict[int, Message] = {}
        self._told: dict[Hashable, object] = {}
        self._dropped = 0
        """Messages that nobody will get, and of which nobody was told."""

    def take(self, event: Event) -> None:
        """Take in an event. One that only says again what was told is left out."""
        kind = KINDS.get(type(event))
        if kind is None or self._is_told(event):
            return
        payload = json_text({"event": type(event).__name__, **_body(event)}).encode()
        self._put(Message(self._topics.of(EVENTS, kind), payload, self._qos, expires=EXPIRES_SECONDS))

    def send(self, publish: Callable[[Message], int]) -> bool:
        """Send what waits. Returns whether all of it is on its way."""
        while self._waiting:
            message = self._waiting[0]
            try:
                self._in_flight[publish(message)] = message
            except MessageTooLargeError:
                self._dropped += 1
            except BrokerError:
                return False
            self._waiting.popleft()
        self._tell_dropped()
        return True

    def delivered(self, number: int) -> None:
        """The broker has confirmed or refused a message, which may be of another part."""
        self._in_flight.pop(number, None)

    def lost(self) -> None:
        """The connection is lost: what was not confirmed is sent again."""
        self._waiting.extendleft(reversed(self._in_flight.values()))
        self._in_flight.clear()
        self._bound()

    def _put(self, message: Message) -> None:
        self._waiting.append(message)
        self._bound()

    def _bound(self) -> None:
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            self._dropped += 1

    def _tell_dropped(self) -> None:
        if self._dropped:
            self._tell(
                f"{self._dropped} messages of crashes, findings, denials or alarms were dropped: {MOST_WAITING} can "
                "wait, and not every size"
            )
            self._dropped = 0

    def _is_told(self, event: Event) -> bool:
        """Return whether the event says again what was told, and remember what it says."""
        key: Hashable
        says: object
        match event:
            case FindingRaised(finding=finding):
                key, says = finding.key, (finding.sentence, finding.confidence)
            case AlarmRaised(alarm=alarm, since_ns=since_ns, acknowledged_ns=acknowledged_ns):
                key, says = alarm.name, (since_ns, acknowledged_ns)
            case FindingCleared(finding=finding):
                self._told.pop(finding.key, None)
                return False
            case AlarmCleared(alarm=alarm):
                self._told.pop(alarm.name, None)
                return False
            case _:
                return False
        was_told = self._told.get(key) == says
        self._told.pop(key, None)
        self._told[key] = says
        if len(self._told) > MOST_KNOWN:
            del self._told[next(iter(self._told))]
        return was_told


def _body(event: Event) -> dict[str, Any]:
    if isinstance(event, PluginCrashed | CrashLocated):
        report = event.report
        short = replace(
            report, transfers=(), lines=(), argument="",
            traceback=report.traceback[:LONGEST_TRACE], wasm_trace=report.wasm_trace[:LONGEST_TRACE],
        )  # fmt: skip
        event = replace(event, report=short)
    body: dict[str, Any] = to_json(event)
    return body
