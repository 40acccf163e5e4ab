"""Messages of strangers take a bounded place."""

from __future__ import annotations

from hostcore.broker.message import Arrived
from hostcore.mqtt.inbox import MOST_BYTES, MOST_MESSAGES, Inbox


def test_messages_come_out_in_their_order_once() -> None:
    inbox = Inbox()
    for text in (b"1", b"2"):
        inbox.put(Arrived("a", text))
    assert [each.payload for each in inbox.take()] == [b"1", b"2"]
    assert inbox.take() == []


def test_too_many_and_too_large_ones_are_dropped_and_counted() -> None:
    inbox = Inbox()
    for _ in range(MOST_MESSAGES + 3):
        inbox.put(Arrived("a", b""))
    assert (len(inbox.take()), inbox.dropped) == (MOST_MESSAGES, 3)
    for _ in range(5):
        inbox.put(Arrived("a", bytes(MOST_BYTES // 2)))
    assert len(inbox.take()) == 1
    inbox.put(Arrived("a", b""))
    assert len(inbox.take()) == 1
