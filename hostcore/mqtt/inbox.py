"""Messages of the broker on their way to the front end's own thread, within bounds: anyone may send them."""

from __future__ import annotations

from threading import Lock

from hostcore.broker.message import Arrived

MOST_MESSAGES = 1_000
MOST_BYTES = 4 << 20
"""Bytes of payloads and topics."""


class Inbox:
    """All methods are thread-safe, and none blocks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Arrived] = []
        self._bytes = 0
        self.dropped = 0
        """Messages that were dropped because too many waited."""

    def put(self, arrived: Arrived) -> None:
        """Add a message, or drop it if there is no room."""
        size = len(arrived.payload) + len(arrived.topic) + len(arrived.response_topic) + len(arrived.correlation)
        with self._lock:
            if len(self._waiting) >= MOST_MESSAGES or self._bytes + size > MOST_BYTES:
                self.dropped += 1
                return
            self._waiting.append(arrived)
            self._bytes += size

    def take(self) -> list[Arrived]:
        """Return all that wait, in their order."""
        with self._lock:
            taken, self._waiting, self._bytes = self._waiting, [], 0
        return taken
