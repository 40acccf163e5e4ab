"""What a plugin's counters count."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import Counters, Event, Level, LogWritten, Message, Outcome, TransferCompleted
from hostcore.place import BusName
from hostcore.supervisor.meter import RECENT_CALLS, Meter


def transfer(outcome: Outcome = Outcome.OK, duration_ns: int = 0, *messages: Message) -> TransferCompleted:
    """One access."""
    return TransferCompleted(0, "light", BusName("i2c-1"), 0x23, messages, outcome, "", duration_ns)


def changed(*events: Event) -> dict[str, object]:
    """Which counters differ from those of a new meter after these events."""
    meter, fresh = Meter(), asdict(Counters())
    for event in events:
        meter.note(event)
    return {name: value for name, value in asdict(meter.snapshot()).items() if value != fresh[name]}


def test_a_new_plugin_has_done_nothing() -> None:
    assert Meter().snapshot() == Counters()


def test_transfers_count_their_bytes_and_their_time_on_the_bus() -> None:
    write, read = Message(True, b"\x10\x20"), Message(False, b"\x01\x02\x03")
    assert changed(transfer(Outcome.OK, 700, write, read), transfer(Outcome.OK, 300, write)) == {
        "transfers": 2,
        "bus_time_ns": 1000,
        "bytes_read": 3,
        "bytes_written": 4,
    }


def test_a_transfer_that_failed_on_the_wires_counts_like_any_other() -> None:
    sent = Message(True, b"\x10")
    assert changed(transfer(Outcome.NO_ACKNOWLEDGE, 500, sent)) == {
        "transfers": 1,
        "bus_time_ns": 500,
        "bytes_written": 1,
    }


def test_a_denied_access_never_was_a_transfer() -> None:
    assert changed(transfer(Outcome.DENIED), transfer(Outcome.DENIED)) == {"denied": 2}


def test_other_events_count_nothing() -> None:
    assert changed(LogWritten(0, "light", Level.INFO, "text")) == {}


def test_crashes_count_by_kind_the_most_frequent_first() -> None:
    meter = Meter()
    for kind in ("memory", "deadline", "deadline"):
        meter.crashed(kind)
    assert meter.snapshot().crashes == (("deadline", 2), ("memory", 1))


@pytest.mark.parametrize(
    ("durations", "p50", "p99"),
    [
        ([7], 7, 7),
        ([1, 2], 1, 2),
        ([1, 2, 3], 2, 3),
        (list(range(1, 101)), 50, 99),
        (list(range(200, 0, -1)), 100, 198),
    ],
    ids=["one", "two", "three", "a hundred", "two hundred, backwards"],
)
def test_a_percentile_is_the_smallest_duration_that_so_many_do_not_exceed(
    durations: list[int], p50: int, p99: int
) -> None:
    meter = Meter()
    for duration in durations:
        meter.called(duration)
    counters = meter.snapshot()
    assert (counters.call_p50_ns, counters.call_p99_ns) == (p50, p99)


def test_percentiles_look_back_a_while_and_the_maximum_for_ever() -> None:
    meter = Meter()
    for duration in [1_000_000, *[5] * RECENT_CALLS]:
        meter.called(duration)
    counters = meter.snapshot()
    assert counters.calls == RECENT_CALLS + 1
    assert (counters.call_p50_ns, counters.call_p99_ns, counters.call_max_ns) == (5, 5, 1_000_000)


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=RECENT_CALLS))
def test_percentiles_are_durations_in_order(durations: list[int]) -> None:
    meter = Meter()
    for duration in durations:
        meter.called(duration)
    counters = meter.snapshot()
    assert {counters.call_p50_ns, counters.call_p99_ns, counters.call_max_ns} <= set(durations)
    assert counters.call_p50_ns <= counters.call_p99_ns <= counters.call_max_ns == max(durations)


def test_errors_in_a_row_are_those_since_the_call_last_worked() -> None:
    meter = Meter()
    for time_ns in (11, 12, 13, 14):
        meter.reported("read", time_ns)
    told = meter.snapshot()
    assert (told.errors_in_a_row, told.erring_since_ns, told.is_failing) == (4, 11, True)
    meter.worked("read")
    assert meter.snapshot().erring_since_ns == 0
    meter.reported("read", 15)
    told = meter.snapshot()
    assert (told.errors, told.errors_in_a_row, told.erring_since_ns, told.is_failing) == (5, 1, 15, False)


def test_a_plugin_that_reads_but_cannot_update_its_display_is_failing() -> None:
    meter = Meter()
    for _ in range(3):
        meter.worked("read")
        meter.reported("update", 11)
    assert meter.snapshot().is_failing
    meter.begin_instance()
    assert meter.snapshot().errors_in_a_row == 0
