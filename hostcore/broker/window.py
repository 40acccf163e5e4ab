"""The messages that a broker has not confirmed yet: a bounded number of them, in their order."""

from __future__ import annotations

from collections import deque
from threading import Lock

from hostcore.broker.message import Message
from hostcore.errors import BrokerAwayError, BrokerBusyError, MessageTooLargeError

MOST_MESSAGES = 1000
MOST_BYTES = 4 << 20
"""Bytes of payloads. One larger message fits if it is alone."""
_AWAY = "there is no connection to the broker at this moment"


class Window:
    """Messages between the threads that publish and the one that sends. All methods are thread-safe; none blocks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._number = 0
        self._waiting: deque[tuple[int, Message]] = deque()
        self._kept: dict[int, Message] = {}
        self._bytes = 0
        self._largest = 0
        self.is_open = False
        """Whether it takes messages: there is a connection."""

    def open(self, largest: int) -> None:
        """Take messages from now on, with payloads of up to `largest` bytes."""
        with self._lock:
            self._largest, self.is_open = largest, True

    def close(self) -> None:
        """Take no more messages, and forget those that it has."""
        with self._lock:
            self.is_open, self._bytes = False, 0
            self._waiting.clear()
            self._kept.clear()

    def add(self, message: Message) -> int:
        """Take a message. Returns its number.

        Raises:
            BrokerAwayError: it is closed.
            BrokerBusyError: it is full.
            MessageTooLargeError: the message would never be taken.
        """
        size = len(message.payload)
        with self._lock:
            if not self.is_open:
                raise BrokerAwayError(_AWAY)
            if size > self._largest:
                raise MessageTooLargeError(
                    f"the message for {message.topic} has {size} bytes, and the broker takes {self._largest}"
                )
            if self._kept and (len(self._kept) >= MOST_MESSAGES or self._bytes + size > MOST_BYTES):
                raise BrokerBusyError(
                    f"{len(self._kept)} messages with {self._bytes} bytes wait for the broker's confirmation"
                )
            self._number += 1
            self._kept[self._number] = message
            self._bytes += size
            self._waiting.append((self._number, message))
            return self._number

    def next(self, may_confirm: bool) -> tuple[int, Message] | None:
        """Return the next message to send; None if there is none, or if it needs a confirmation and may not."""
        with self._lock:
            if not self._waiting or (self._waiting[0][1].qos and not may_confirm):
                return None
            return self._waiting.popleft()

    def confirm(self, number: int) -> None:
        """Forget a message, which needs no place any more."""
        with self._lock:
            if (message := self._kept.pop(number, None)) is not None:
                self._bytes -= len(message.payload)

    @property
    def is_empty(self) -> bool:
        """Whether all messages are confirmed."""
        return not self._kept

    @property
    def oldest(self) -> Message | None:
        """The first message that is not confirmed; None if all are."""
        with self._lock:
            return next(iter(self._kept.values()), None)
