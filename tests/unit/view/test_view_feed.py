"""The newest lines, and those of them that a person wants to see."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.ring import Ring
from hostcore.view.feed import Feed


@settings(deadline=None)
@given(st.integers(8, 50), st.integers(0, 300))
def test_a_ring_keeps_the_newest_under_their_numbers(capacity: int, count: int) -> None:
    ring = Ring[int](capacity)
    for number in range(count):
        ring.append(number)
    assert ring.end == count
    assert len(ring) == min(count, capacity)
    assert all(ring[number] == number for number in range(ring.first, ring.end))


def test_an_item_that_is_gone_is_refused_by_name() -> None:
    ring = Ring[int](8)
    for number in range(20):
        ring.append(number)
    with pytest.raises(IndexError, match="item 0 is gone"):
        ring[0]


def test_a_feed_without_a_filter_shows_everything() -> None:
    feed = Feed[int](100)
    feed.append(1)
    assert list(feed.shown.all()) == [1]


def test_a_filter_chooses_from_the_past_and_the_future() -> None:
    feed = Feed[int](100)
    for number in range(10):
        feed.append(number)
    feed.choose(lambda number: number % 2 == 0)
    feed.append(10)
    feed.append(11)
    assert list(feed.shown.all()) == [0, 2, 4, 6, 8, 10]
    feed.choose(None)
    assert len(feed.shown) == 12


def test_what_matches_rarely_stays_longer_than_the_rest() -> None:
    feed = Feed[int](16)
    feed.choose(lambda number: number % 100 == 0)
    for number in range(1000):
        feed.append(number)
    assert list(feed.shown.all()) == [*range(0, 1000, 100)]


def test_a_heavy_item_takes_the_room_of_many() -> None:
    ring = Ring[int](100, weigh=lambda item: item)
    for weight in [1] * 100 + [90]:
        ring.append(weight)
    assert list(ring.all()) == [1] * 10 + [90]
    ring.append(10_000)
    assert list(ring.all()) == [10_000], "one that is too heavy by itself stays until the next comes"
