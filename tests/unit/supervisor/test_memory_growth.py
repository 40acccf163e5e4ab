"""When the memory of an instance is about to reach its limit, and whether that is a leak."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S
from hostcore.supervisor.memory_growth import Growth, MemoryGrowth
from hostcore.supervisor.recycling import FIRST_PAUSE_NS, LONGEST_PAUSE_NS, SHORT_LIFE_NS, Pause

KIB, MIB, PAGE = 1 << 10, 1 << 20, 64 << 10
LIMIT = 64 * MIB
START = 20 * MIB


def follow(sizes: list[int], limit: int = LIMIT) -> Growth | None:
    """Follow an instance whose memory has these sizes after its calls, until it is about to reach its limit."""
    growth = MemoryGrowth()
    for size in sizes:
        if growth.called():
            growth.measured(size // PAGE * PAGE)
        if (near := growth.near(limit)) is not None:
            return near
    return None


def leaking(per_call: int, calls: int = 200_000, start: int = START) -> list[int]:
    """The sizes of a memory that grows by the same bytes with each call, up to its limit."""
    return [start + call * per_call for call in range(calls) if start + call * per_call <= LIMIT]


@pytest.mark.parametrize("per_call", [300, 12 * KIB, 200 * KIB, MIB])
def test_a_steady_growth_is_a_leak_and_told_with_its_size_per_call(per_call: int) -> None:
    near = follow(leaking(per_call))
    assert near is not None and near.is_leak
    assert near.per_call_bytes == pytest.approx(per_call, rel=0.05)
    assert 40 * MIB < near.memory_bytes < LIMIT


def test_the_memory_is_nearly_used_before_a_new_instance_is_wanted() -> None:
    near = follow(leaking(12 * KIB))
    assert near is not None and near.memory_bytes > 56 * MIB


def test_memory_that_stays_far_from_the_limit_is_never_near() -> None:
    assert follow([START] * 1000) is None
    assert follow([START + min(call, 100) * 100 * KIB for call in range(1000)]) is None


def test_memory_that_is_needed_from_the_start_is_no_leak() -> None:
    near = follow([62 * MIB] * 100)
    assert near is not None and near.is_need and not near.is_leak and near.per_call_bytes == 0


def test_a_table_that_a_later_call_builds_is_no_leak() -> None:
    near = follow([START] * 200 + [61 * MIB] * 200)
    assert near is not None and near.is_need and not near.is_leak


def test_a_leak_after_such_a_table_is_one() -> None:
    sizes = [START] * 5 + [START + 30 * MIB + call * 20 * KIB for call in range(1000)]
    assert (near := follow([each for each in sizes if each < LIMIT])) is not None
    assert not near.is_leak or near.memory_bytes - START - 30 * MIB >= LIMIT // 16
    growth = MemoryGrowth()
    for size in sizes:
        if growth.called():
            growth.measured(size)
    last = growth.near(LIMIT)
    assert last is not None and last.is_leak


def test_few_measurements_are_made_of_a_memory_that_does_not_grow() -> None:
    growth, measured = MemoryGrowth(), 0
    for _ in range(100_000):
        if growth.called():
            growth.measured(START)
            measured += 1
    assert measured < 200


@example(per_call=327_680, start=40, limit=48)  # near its limit before it is known to be a leak
@given(per_call=st.integers(100, 1 << 20), start=st.integers(1, 40), limit=st.integers(48, 256))
def test_no_steady_growth_reaches_its_limit_unseen(per_call: int, start: int, limit: int) -> None:
    growth, size, call = MemoryGrowth(), start * MIB, 0
    while size <= limit * MIB:
        if growth.called():
            growth.measured(size // PAGE * PAGE)
        if (near := growth.near(limit * MIB)) is not None and near.is_leak:
            return
        call += 1
        size += per_call
        if call > 20_000:  # slower than any measurement of the clock, which comes every five seconds
            return
    pytest.fail(f"{per_call} bytes per call passed from {start} to {limit} MiB unseen")


def test_an_instance_that_lives_long_enough_is_replaced_whenever_it_has_to_be() -> None:
    pause = Pause()
    for moment_ns in range(NS_PER_S, 100 * SHORT_LIFE_NS, 2 * SHORT_LIFE_NS):
        assert pause.is_over(moment_ns)
        pause = pause.after(moment_ns)
    assert pause.length_ns == FIRST_PAUSE_NS


def test_an_instance_that_fills_its_memory_in_no_time_waits_twice_as_long_each_time() -> None:
    pause, moment_ns, lengths = Pause(), NS_PER_S, []
    for _ in range(12):
        pause = pause.after(moment_ns)
        assert not pause.is_over(moment_ns + pause.length_ns - 1)
        lengths.append(pause.length_ns)
        moment_ns += pause.length_ns
        assert pause.is_over(moment_ns)
    assert lengths[:3] == [FIRST_PAUSE_NS, 2 * FIRST_PAUSE_NS, 4 * FIRST_PAUSE_NS]
    assert lengths[-1] == LONGEST_PAUSE_NS
