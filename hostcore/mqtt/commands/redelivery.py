"""Commands that come twice because a broker or a sender was not sure that they had arrived (QoS 1).

The second one is not followed. It gets the answer of the first one: another answer, an error, could be taken for the
outcome of a command that was followed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import blake2b

from hostcore.broker.message import Arrived
from hostcore.clock import NS_PER_S, Clock
from hostcore.quick_dataclass import dataclass

WITHIN_NS = 30 * NS_PER_S
"""How long after the first one a second one is a redelivery. Later, someone else may have kept and sent it."""
MOST_ANSWERS = 128
"""The most answers that are kept."""
MOST_BYTES = 512 << 10
"""The most bytes of them. An answer has up to 256 KiB."""


@dataclass(frozen=True, slots=True)
class _Answered:
    digest: bytes
    at_ns: int
    """When, on the monotonic clock."""
    answer: bytes


class Redelivery:
    """The answers of the last seconds. Thread-safe.

    Args:
        clock: the node's clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._answers: OrderedDict[str, _Answered] = OrderedDict()
        self._bytes = 0

    def keep(self, transaction: str, arrived: Arrived, answer: bytes) -> None:
        """Take note of the answer to a command that was followed."""
        with self._lock:
            self._forget(transaction)
            self._answers[transaction] = _Answered(_digest(arrived), self._clock.monotonic_ns(), answer)
            self._bytes += len(answer)
            while self._answers and (len(self._answers) > MOST_ANSWERS or self._bytes > MOST_BYTES):
                self._forget(next(iter(self._answers)))

    def answer_of(self, transaction: str, arrived: Arrived) -> bytes | None:
        """Return the answer that the same message has had; None if it is another one, or came long ago."""
        with self._lock:
            found = self._answers.get(transaction)
            if found is None or arrived.retained or found.digest != _digest(arrived):
                return None
            return found.answer if self._clock.monotonic_ns() - found.at_ns <= WITHIN_NS else None

    def _forget(self, transaction: str) -> None:
        if (known := self._answers.pop(transaction, None)) is not None:
            self._bytes -= len(known.answer)


def _digest(arrived: Arrived) -> bytes:
    """Return what only the same message has, in 16 bytes."""
    parts = (arrived.topic.encode(), arrived.response_topic.encode(), arrived.correlation, arrived.payload)
    digest = blake2b(digest_size=16)
    for each in parts:
        digest.update(len(each).to_bytes(4) + each)
    return digest.digest()
