"""Finds out that two hosts have the same name at a broker, which many brokers do not tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hostcore.broker.message import Arrived
from hostcore.broker.topics import HEALTH, INFO, NodeTopics
from hostcore.clock import NS_PER_S, Clock
from hostcore.log.safe_text import log_line
from hostcore.strict_json import value_of

LARGEST = 1 << 18
"""Bytes of a message that is read."""
LONGEST_NAME = 64
"""Characters of the name of its computer that are shown, and of a time."""
TOLD_NS = 3_600 * NS_PER_S
"""For how long it is told after the last sign. A host that was thrown out comes back within a quarter of an hour."""


class Twins:
    """Compares what the broker has of this node with our own.

    What it kept can be of an earlier run of this host, also long after our first word: a broker that was killed comes
    back with what it had written to its disk. So of what it kept, only a health counts that is newer than our first
    word.

    Args:
        topics: the topics of the node.
        run: this run of the host.
        clock: of the host.
    """

    def __init__(self, topics: NodeTopics, run: str, clock: Clock) -> None:
        self._topics, self._run, self._clock = topics, run, clock
        self._own_ns: int | None = None
        """When the broker first had our own information, by the monotonic clock."""
        self._seen_ns: int | None = None
        """When the last sign of another host came."""
        self._host_name = ""

    @property
    def told(self) -> str:
        """Who else has the name of this node, in a sentence; "" if nobody was seen for an hour."""
        if self._seen_ns is None or self._clock.monotonic_ns() - self._seen_ns > TOLD_NS:
            return ""
        computer = f", the computer {self._host_name}," if self._host_name else ""
        return (
            f"another host{computer} has the name {self._topics.node} at the broker, too: they throw each other out, "
            "and the readings of both are mixed. Set another node in [mqtt] of one of them"
        )

    def arrived(self, arrived: Arrived) -> bool:
        """Return whether a message shows that another host has the name of this one."""
        if arrived.topic not in {self._topics.of(INFO), self._topics.of(HEALTH)}:
            return False
        found = _object_in(arrived.payload)
        run = found.get("run")
        if not isinstance(run, str) or not run:
            return False
        if run == self._run:
            if self._own_ns is None:
                self._own_ns = self._clock.monotonic_ns()
            return False
        if arrived.topic == self._topics.of(INFO):
            self._host_name = host_name_in(arrived.payload)
        if arrived.retained and not self._is_newer(found.get("time")):
            return False
        self._seen_ns = self._clock.monotonic_ns()
        return True

    def _is_newer(self, told: object) -> bool:
        """Return whether a time is later than our first word. The clock may have been set since then."""
        if self._own_ns is None:
            return False
        own_ns = self._clock.wall_ns() - (self._clock.monotonic_ns() - self._own_ns)
        return _unix_seconds(told) * NS_PER_S > own_ns


def _unix_seconds(told: object) -> float:
    """Return a time of RFC 3339 in Unix seconds; 0 if it is none."""
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) and len(told) <= LONGEST_NAME else None
        return moment.timestamp() if moment is not None and moment.tzinfo else 0.0
    except (ValueError, OverflowError):
        return 0.0


def host_name_in(payload: bytes) -> str:
    """Return the name of the computer that the information of a node has, safe to show; "" if it has none."""
    name = _object_in(payload).get("host_name")
    return log_line(name, LONGEST_NAME) if isinstance(name, str) else ""


def _object_in(payload: bytes) -> Mapping[str, Any]:
    try:
        found = value_of(payload[: LARGEST + 1].decode())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
