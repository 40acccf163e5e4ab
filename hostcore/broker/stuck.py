"""Finds the message with which a broker ends one connection after the other, without a word."""

from __future__ import annotations

from hostcore.broker.message import Message

SMALL_BYTES = 1024
"""No broker ends a connection for the size of such a payload."""
ENOUGH = 3
"""How often in a row it must have happened: any connection can be lost while some message is under way."""


class Stuck:
    """For one thread."""

    def __init__(self) -> None:
        self._topic, self._size, self._times = "", 0, 0

    def explained(self, problem: str, first: Message | None) -> str:
        """Take note that a connection is lost. Returns why, with the message that is suspected.

        Args:
            problem: why, as far as the connection knows.
            first: what the broker had to confirm first, if it has closed the connection without a word.
        """
        if first is None or len(first.payload) <= SMALL_BYTES:
            self._topic, self._times = "", 0
            return problem
        if first.topic != self._topic:
            self._topic, self._size, self._times = first.topic, len(first.payload), 0
        self._times += 1
        if self._times < ENOUGH:
            return problem
        return (
            f"{problem} each time when a message with {self._size:,} bytes for {self._topic} is on its way: perhaps "
            "the broker takes none as large (message_size_limit of mosquitto)"
        )
