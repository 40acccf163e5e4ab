"""The newest items of a stream, under numbers that they keep."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.ring import Ring


def test_a_late_item_goes_to_its_place_and_the_newer_ones_move_up() -> None:
    ring: Ring[int] = Ring(10)
    for number in (1, 5, 9, 4):
        ring.put(number, int, reach=8)
    assert list(ring.all()) == [1, 4, 5, 9]
    assert ring[1] == 4


def test_an_item_goes_no_further_back_than_its_reach() -> None:
    ring: Ring[int] = Ring(10)
    for number in (5, 6, 7, 1):
        ring.put(number, int, reach=2)
    assert list(ring.all()) == [5, 1, 6, 7]


@given(st.lists(st.integers(0, 20)), st.integers(1, 8))
def test_with_enough_reach_what_is_kept_is_in_order(numbers: list[int], capacity: int) -> None:
    ring: Ring[int] = Ring(capacity)
    for number in numbers:
        ring.put(number, int, reach=capacity)
    assert list(ring.all()) == sorted(ring.all())
    assert len(ring) == min(len(numbers), capacity)
    assert ring.end == len(numbers)
