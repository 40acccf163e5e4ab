"""A broker in the memory of a test: it takes messages, and confirms them in their order when the test wants it."""

from __future__ import annotations

import json
from collections.abc import Callable

from hostcore.broker.message import Message
from hostcore.errors import BrokerAwayError, BrokerBusyError, MessageTooLargeError


class AcceptingBroker:
    """What an outbox sees of a connection, and what a subscriber gets through it.

    Args:
        now_ns: tells the time.
    """

    def __init__(self, now_ns: Callable[[], int] = lambda: 0) -> None:
        self._now_ns = now_ns
        self.is_there, self.is_busy = True, False
        self.largest = 1 << 20
        self.got: list[Message] = []
        self.late_ns: list[int] = []
        """When each late reading came."""
        self.unconfirmed: list[tuple[int, Message]] = []
        self._number = 0

    def publish(self, message: Message) -> int:
        if not self.is_there:
            raise BrokerAwayError("away")
        if self.is_busy:
            raise BrokerBusyError("busy")
        if len(message.payload) > self.largest:
            raise MessageTooLargeError(f"the broker takes {self.largest} bytes")
        self.got.append(message)
        if not message.retain:
            self.late_ns.append(self._now_ns())
        self._number += 1
        self.unconfirmed.append((self._number, message))
        return self._number

    def confirm(self, delivered: Callable[[int], None], most: int | None = None) -> None:
        for number, _ in self.unconfirmed[:most]:
            delivered(number)
        del self.unconfirmed[:most]

    def refuse(self, refused: Callable[[int, str], None], reason: str) -> None:
        for number, message in self.unconfirmed:
            refused(number, reason)
            self.got = [each for each in self.got if each is not message]
        self.unconfirmed.clear()

    def lose(self) -> None:
        self.unconfirmed.clear()
        self.is_there = False

    def ids(self, *, late: bool | None = None) -> list[str]:
        """Return the IDs of the readings that came, without those that came again."""
        wanted = [each for each in self.got if late is None or each.retain is not late]
        return list(dict.fromkeys(id_of(each) for each in wanted))


def id_of(message: Message) -> str:
    identity: str = json.loads(message.payload)["mqtt"]["id"]
    return identity
