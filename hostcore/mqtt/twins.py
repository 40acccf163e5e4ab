"""Finds out that two hosts have the same name at a broker, which many brokers do not tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.broker.message import Arrived
from hostcore.broker.topics import INFO, NodeTopics
from hostcore.clock import NS_PER_S, Clock
from hostcore.log.safe_text import log_line
from hostcore.strict_json import value_of

LARGEST = 1 << 18
"""Bytes of a message that is read."""
LONGEST_NAME = 64
"""Characters of the name of its computer that are shown."""
TOLD_NS = 3_600 * NS_PER_S
"""For how long it is told after the last sign. A host that was thrown out comes back within a quarter of an hour."""


class Twins:
    """Compares what the broker has as the information of this node with our own.

    Args:
        topics: the topics of the node.
        run: this run of the host.
        clock: of the host.
    """

    def __init__(self, topics: NodeTopics, run: str, clock: Clock) -> None:
        self._topics, self._topic, self._run, self._clock = topics, topics.of(INFO), run, clock
        self._has_told_own = False
        self._seen_ns: int | None = None
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
        """Return whether a message shows that another host has the name of this one, and tells of itself.

        What the broker kept from before our first own message is of an earlier run of this host.
        """
        if arrived.topic != self._topic or not 0 < len(arrived.payload) <= LARGEST:
            return False
        found = _object_in(arrived.payload)
        run = found.get("run")
        if run == self._run:
            self._has_told_own = True
            return False
        if not isinstance(run, str) or (arrived.retained and not self._has_told_own):
            return False
        self._seen_ns, self._host_name = self._clock.monotonic_ns(), host_name_in(arrived.payload)
        return True


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
