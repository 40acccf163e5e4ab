"""When a driver's turns are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S
from hostcore.supervisor.schedule import Schedule

START = 1_000 * NS_PER_S


def started(interval: float = 2.0) -> Schedule:
    """A schedule whose first turn was taken at `START`."""
    schedule = Schedule(interval)
    schedule.take(START)
    return schedule


def test_the_first_turn_is_at_once() -> None:
    assert Schedule(2.0).due_ns() <= 0


def test_the_second_is_an_interval_later() -> None:
    assert started().due_ns() == START + 2 * NS_PER_S


def test_a_late_turn_makes_the_next_one_no_later() -> None:
    schedule = started()
    schedule.take(START + 3 * NS_PER_S)
    assert schedule.due_ns() == START + 4 * NS_PER_S


def test_missed_turns_are_left_out() -> None:
    schedule = started()
    schedule.take(START + 9 * NS_PER_S)
    assert schedule.due_ns() == START + 10 * NS_PER_S


def test_another_interval_counts_from_the_last_turn() -> None:
    schedule = started()
    schedule.interval = 0.5
    assert schedule.due_ns() == START + NS_PER_S // 2


def test_a_restart_has_a_turn_at_once_and_counts_from_there() -> None:
    schedule = started()
    schedule.restart()
    assert schedule.due_ns() <= 0
    schedule.take(START + NS_PER_S)
    assert schedule.due_ns() == START + 3 * NS_PER_S


@given(st.floats(0.05, 3600), st.lists(st.integers(0, 10_000 * NS_PER_S), max_size=50))
def test_turns_are_always_whole_intervals_apart_and_the_next_one_is_ahead(interval: float, delays: list[int]) -> None:
    schedule, step = started(interval), round(interval * NS_PER_S)
    for delay in delays:
        now = schedule.due_ns() + delay
        schedule.take(now)
        assert (schedule.due_ns() - START) % step == 0
        assert now < schedule.due_ns() <= now + step
