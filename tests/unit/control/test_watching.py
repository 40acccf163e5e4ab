"""Transfers on their way to a command that watches: one line at a time, and an empty one in a quiet moment."""

from __future__ import annotations

from hostcore.clock import VirtualClock
from hostcore.control.message_lines import parse_watched
from hostcore.control.messages import WatchRequest
from hostcore.control.watching import Watch
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.events.stream import EventStream
from hostcore.place import BusName

LONG = tuple(
    TransferCompleted(number, "air", BusName("i2c-1"), 0x77, (Message(True, bytes(8000)),), Outcome.OK, "", 1)
    for number in range(3)
)


def test_each_transfer_of_a_burst_is_a_line_of_its_own_and_a_quiet_moment_an_empty_one() -> None:
    stream = EventStream(VirtualClock())
    watch = Watch(WatchRequest(), stream.subscribe(TransferCompleted))
    for each in LONG:
        stream.publish(each)
    lines = watch.lines()
    assert [parse_watched(next(lines)[:-1]) for _ in LONG] == list(LONG)
    watch.close()
    assert list(lines) in ([], [b""])


def test_transfers_that_nobody_asked_for_are_a_quiet_moment() -> None:
    stream = EventStream(VirtualClock())
    watch = Watch(WatchRequest(plugin="light"), stream.subscribe(TransferCompleted))
    stream.publish(LONG[0])
    assert next(watch.lines()) == b""
