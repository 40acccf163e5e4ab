"""The events of a freeze: none of what matters is lost, and memory is bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import (
    Event,
    EventsDropped,
    Level,
    LogWritten,
    Message,
    Outcome,
    ReadingPublished,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.place import BusName
from tui.freeze import KEPT, UNIT, Freeze


def line(number: int) -> LogWritten:
    return LogWritten(number, "light", Level.INFO, "a line")


def change(number: int) -> StateChanged:
    return StateChanged(number, "light", State.LOADING, State.RUNNING, "loaded")


def transfer(number: int, size: int = 1) -> TransferCompleted:
    return TransferCompleted(
        number, "light", BusName("i2c-1"), 0x23, (Message(True, bytes(size)),), Outcome.OK, "", 100
    )  # fmt: skip


def test_the_clock_of_the_screen_stands_during_a_freeze() -> None:
    times = iter((10, 20, 30, 40))
    freeze = Freeze(lambda: next(times))
    assert freeze.now_ns() == 10
    freeze.begin()
    assert (freeze.now_ns(), freeze.now_ns(), freeze.since_ns) == (20, 20, 20)
    freeze.end()
    assert (freeze.now_ns(), freeze.since_ns) == (30, 0)


@given(st.lists(st.lists(st.sampled_from([line, change, transfer]), max_size=20), max_size=5))
def test_what_waits_comes_back_complete_and_in_order(batches: list[list[type[Event]]]) -> None:
    freeze = Freeze(lambda: 1)
    freeze.begin()
    sent: list[Event] = []
    for batch in batches:
        events = [make(len(sent) + place) for place, make in enumerate(batch)]
        freeze.keep(events)
        sent += events
    assert freeze.end() == sent
    assert freeze.end() == [], "a second freeze begins with nothing"


def test_of_too_many_events_of_one_kind_the_oldest_are_dropped_and_counted() -> None:
    freeze = Freeze(lambda: 7)
    freeze.begin()
    freeze.keep([change(0)])
    freeze.keep(line(number) for number in range(1, KEPT + 4))
    dropped, first, *lines = freeze.end()
    assert dropped == EventsDropped(7, 3)
    assert first == change(0), "lines push out no change of state"
    assert lines == [line(number) for number in range(4, KEPT + 4)]


def test_large_events_count_for_several() -> None:
    freeze = Freeze(lambda: 7)
    freeze.begin()
    freeze.keep(transfer(number, UNIT * 99) for number in range(KEPT))
    freeze.keep(ReadingPublished(number, "light", {"text": "x" * UNIT * 99}) for number in range(KEPT))
    assert len(freeze.end()) <= 2 * KEPT / 100 + 1
