"""Finds the message with which a broker ends one connection after the other, without a word.

Most such brokers have a limit for the size of messages, and do not tell it. Whatever follows the message on its way
never arrives, so it has to stay away.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hostcore.broker.message import Message

SMALL_BYTES = 1024
"""No broker ends a connection for the size of such a payload."""
ENOUGH = 3
"""How often in a row it must have happened to be told: any connection can be lost while some message is under way."""
TOO_OFTEN = 10
"""How often in a row it must have happened until such messages are left out."""
LEFT_OUT_SECONDS = 3600.0
"""For how long they are left out: the broker may get another limit."""


class Stuck:
    """For one thread.

    Args:
        seconds: a monotonic clock.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._topic, self._size, self._least, self._times = "", 0, 0, 0
        self._most, self._until = 0, 0.0

    def largest(self, allowed: int, tell: Callable[[str], object]) -> int:
        """Return the most bytes of a payload that may be sent on a new connection.

        Args:
            allowed: what the broker says that it takes.
            tell: takes a line for a person if that is not so.
        """
        if self._seconds() >= self._until or self._most >= allowed:
            return allowed
        most = f"messages of more than {self._most:,} bytes"
        tell(f"{most} are left out for an hour: the broker ends the connection at each of them")
        return self._most

    def explained(self, problem: str, first: Message | None) -> str:
        """Take note that a connection is lost. Returns why, with the message that is suspected.

        Args:
            problem: why, as far as the connection knows.
            first: what the broker had to confirm first, if it has closed the connection without a word.
        """
        if first is None or len(first.payload) <= SMALL_BYTES:
            self._topic, self._times = "", 0
            return problem
        self._count(first.topic, len(first.payload))
        if self._times < ENOUGH:
            return problem
        if self._times >= TOO_OFTEN:
            self._most, self._until = self._least - 1, self._seconds() + LEFT_OUT_SECONDS
        return (
            f"{problem} each time when a message with {self._size:,} bytes for {self._topic} is on its way: perhaps "
            "the broker takes none as large (message_size_limit of mosquitto)"
        )

    def _count(self, topic: str, size: int) -> None:
        if topic != self._topic:
            self._topic, self._size, self._least, self._times = topic, size, size, 0
        self._least = min(self._least, size)
        self._times += 1
