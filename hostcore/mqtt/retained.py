"""The messages that the broker keeps for those who come later: what they should be, and what is sent of them when."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.broker.message import Message
from hostcore.clock import NS_PER_S
from hostcore.errors import BrokerAwayError, BrokerBusyError, MessageTooLargeError

LEAST_NS = NS_PER_S // 2
"""Nanoseconds between two messages for one topic, at least: a plugin that flaps must not flood the broker."""
REFRESH_NS = 60 * NS_PER_S
"""Nanoseconds after which a message is sent again of which only the details have changed."""
BUSY_SECONDS = 0.1
"""Seconds after which it is tried again when there was no room."""


class _Topic:
    """What is wanted for a topic, and what was sent."""

    def __init__(self) -> None:
        self.content: object = b""
        """What it says. b"" is nothing."""
        self.encode: Callable[[], bytes] = bytes
        """Makes the payload of it."""
        self.essence: object = None
        self.is_new = True
        """Whether the broker must get it at the next opportunity."""
        self.refresh_ns = REFRESH_NS
        self.sent: object = b""
        self.sent_essence: object = None
        self.sent_ns: int | None = None

    def due_ns(self) -> int | None:
        """When it is to be sent; None if nothing is new. 0 is as soon as possible."""
        if self.is_new or self.sent_ns is None:
            return 0
        if self.essence != self.sent_essence:
            return self.sent_ns + LEAST_NS
        return self.sent_ns + self.refresh_ns if self.content != self.sent else None


class Retained:
    """Retained messages of one connection. For one thread; never blocks.

    Args:
        qos: their quality of service.
    """

    def __init__(self, qos: int = 1) -> None:
        self._qos = qos
        self._topics: dict[str, _Topic] = {}
        self._due_ns: int | None = None
        """When the next one is to be sent, unless another is wanted; None for never."""

    def __len__(self) -> int:
        """How many topics there are, with those that are being deleted."""
        return len(self._topics)

    def __contains__(self, topic: str) -> bool:
        return bool((found := self._topics.get(topic)) and found.content)

    @property
    def topics(self) -> tuple[str, ...]:
        """All topics for which a message is wanted."""
        return tuple(name for name, each in self._topics.items() if each.content)

    def want(
        self,
        topic: str,
        content: object,
        encode: Callable[[], bytes],
        *,
        essence: object = None,
        refresh_seconds: float | None = None,
    ) -> None:
        """Want the broker to keep a message.

        Args:
            topic: its topic.
            content: what it says. Two that are equal are the same message.
            encode: makes its payload, if it is sent.
            essence: what of it must be known within a second if it changes; None for all of it.
            refresh_seconds: after how many seconds a change of anything else is sent; None for a minute.
        """
        found = self._topics.get(topic)
        if found is None:
            found = self._topics[topic] = _Topic()
        found.content, found.encode, found.essence = content, encode, content if essence is None else essence
        if refresh_seconds is not None:
            found.refresh_ns = round(refresh_seconds * NS_PER_S)
        self._due_ns = 0

    def put(self, topic: str, payload: bytes) -> None:
        """Want a message as `want` does, and send it anyway. b"" deletes what the broker keeps, also from others."""
        self.want(topic, payload, lambda: payload)
        self._topics[topic].is_new = True

    def clear(self, topic: str) -> None:
        """Delete what the broker keeps for a topic, also if it came from others."""
        self.put(topic, b"")

    def send_again(self) -> None:
        """Send all messages again: the connection is new, and perhaps the broker, too."""
        for each in self._topics.values():
            each.is_new = True
        self._due_ns = 0

    def send(self, publish: Callable[[Message], int], now_ns: int) -> float | None:
        """Send what is to be sent now.

        Args:
            publish: sends a message.
            now_ns: the monotonic clock.

        Returns:
            The seconds after which to call it again; None if nothing is to be sent before something changes, or there
            is a connection.
        """
        if self._due_ns is None or self._due_ns > now_ns:
            return None if self._due_ns is None else (self._due_ns - now_ns) / NS_PER_S
        soonest: int | None = None
        for topic, each in list(self._topics.items()):
            due_ns = each.due_ns()
            if due_ns is not None and due_ns > now_ns:
                soonest = due_ns if soonest is None else min(soonest, due_ns)
            elif due_ns is not None:
                try:
                    self._send(topic, each, publish, now_ns)
                except BrokerAwayError:
                    return None
                except BrokerBusyError:
                    return BUSY_SECONDS
        self._due_ns = soonest
        return None if soonest is None else (soonest - now_ns) / NS_PER_S

    def _send(self, topic: str, found: _Topic, publish: Callable[[Message], int], now_ns: int) -> None:
        try:
            publish(Message(topic, found.encode(), self._qos, retain=True))
        except MessageTooLargeError:
            if found.sent:  # what the broker keeps is no longer true
                publish(Message(topic, b"", self._qos, retain=True))
        found.is_new, found.sent_ns = False, now_ns
        found.sent, found.sent_essence = found.content, found.essence
        if found.content == b"":
            del self._topics[topic]
