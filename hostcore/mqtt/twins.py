"""Finds out that two hosts have the same name at a broker, which many brokers do not tell."""

from __future__ import annotations

from hostcore.broker.message import Arrived
from hostcore.broker.topics import INFO, NodeTopics
from hostcore.strict_json import value_of

LARGEST = 1 << 18
"""Bytes of a message that is read."""


class Twins:
    """Compares what the broker has as the information of this node with our own.

    Args:
        topics: the topics of the node.
        run: this run of the host.
    """

    def __init__(self, topics: NodeTopics, run: str) -> None:
        self._topic, self._run = topics.of(INFO), run
        self._has_told_own = False

    def arrived(self, arrived: Arrived) -> bool:
        """Return whether a message shows that another host has the name of this one, and tells of itself.

        What the broker kept from before our first own message is of an earlier run of this host.
        """
        if arrived.topic != self._topic or not 0 < len(arrived.payload) <= LARGEST:
            return False
        try:
            found = value_of(arrived.payload.decode())
        except ValueError:
            return False
        run = found.get("run") if isinstance(found, dict) else None
        if run == self._run:
            self._has_told_own = True
            return False
        return isinstance(run, str) and (self._has_told_own or not arrived.retained)
