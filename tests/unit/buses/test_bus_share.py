"""How much of a bus's time a plugin gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.buses.share import BusShare
from hostcore.clock import NS_PER_S

MS = 1_000_000


def test_a_second_s_worth_may_be_used_at_once() -> None:
    share = BusShare(0.5, 0)
    share.spend(NS_PER_S // 2)
    assert share.wait_ns(0) == 0


@pytest.mark.parametrize(("part", "wait"), [(1.0, 100 * MS), (0.5, 200 * MS), (0.01, 10 * NS_PER_S)])
def test_what_was_used_beyond_it_has_to_be_earned_first(part: float, wait: int) -> None:
    share = BusShare(part, 0)
    share.spend(round(part * NS_PER_S) + 100 * MS)
    assert share.wait_ns(0) == wait
    assert share.throttled_ns == wait


def test_after_the_wait_there_is_room_for_one_more_transfer() -> None:
    share = BusShare(0.5, 0)
    share.spend(NS_PER_S)
    wait = share.wait_ns(0)
    assert share.wait_ns(wait) == 0
    share.spend(10 * MS)
    assert share.wait_ns(wait) == 20 * MS


def test_an_idle_plugin_saves_no_more_than_a_second_s_worth() -> None:
    share = BusShare(0.5, 0)
    share.spend(NS_PER_S // 2)
    assert share.wait_ns(3600 * NS_PER_S) == 0
    share.spend(NS_PER_S // 2 + MS)
    assert share.wait_ns(3600 * NS_PER_S) == 2 * MS


def test_time_that_is_given_back_was_not_used() -> None:
    share = BusShare(0.1, 0)
    share.spend(NS_PER_S)
    share.spend(-NS_PER_S)
    assert share.wait_ns(0) == 0


@given(
    st.floats(0.01, 1.0),
    st.lists(st.tuples(st.integers(0, NS_PER_S), st.integers(0, 50 * MS)), min_size=1, max_size=60),
)
def test_whoever_waits_as_told_holds_no_bus_for_longer_than_the_share(
    part: float, turns: list[tuple[int, int]]
) -> None:
    """Each turn is a pause and then a transfer of some length."""
    share, now, used = BusShare(part, 0), 0, 0
    for pause, duration in turns:
        now += pause
        now += share.wait_ns(now)
        now += duration
        share.spend(duration)
        used += duration
        longest, burst = max(each for _, each in turns), part * NS_PER_S
        assert used <= part * now + burst + longest + len(turns)  # a nanosecond a turn is rounded away
