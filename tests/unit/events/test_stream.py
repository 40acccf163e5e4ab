"""Every subscriber gets every event in order, or is told how many it lost; nobody slow holds anybody up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.events import Event, EventsDropped, Level, LogWritten, ReadingPublished
from hostcore.events.keeping import KEPT
from hostcore.events.stream import EventStream, Numbered, Subscription


def log(number: int) -> LogWritten:
    return LogWritten(number, "plugin", Level.INFO, f"line {number}")


def taken(subscription: Subscription) -> list[Event]:
    return [item.event for item in subscription.take(0)]


def test_events_arrive_in_order_and_numbered_from_one() -> None:
    stream = EventStream(VirtualClock())
    subscription = stream.subscribe()
    for number in range(3):
        stream.publish(log(number))
    assert subscription.take() == [Numbered(1, log(0)), Numbered(2, log(1)), Numbered(3, log(2))]
    assert subscription.take(0) == []


def test_every_subscriber_gets_its_own_copy_of_the_stream() -> None:
    stream = EventStream(VirtualClock())
    first = stream.subscribe()
    stream.publish(log(1))
    second = stream.subscribe()
    stream.publish(log(2))
    assert taken(first) == [log(1), log(2)]
    assert second.take(0) == [Numbered(2, log(2))], "who comes later sees what happens later"


def test_a_subscriber_can_choose_kinds() -> None:
    stream = EventStream(VirtualClock())
    readings, both = stream.subscribe(ReadingPublished), stream.subscribe(ReadingPublished, LogWritten)
    published = ReadingPublished(0, "plugin", {"x": 1})
    stream.publish(log(1))
    stream.publish(published)
    assert readings.take(0) == [Numbered(2, published)], "numbers belong to the stream, not to the subscriber"
    assert taken(both) == [log(1), published]


def test_the_oldest_events_are_lost_first_and_their_number_is_told() -> None:
    clock = VirtualClock(wall_start_ns=NS_PER_S)
    stream = EventStream(clock)
    subscription = stream.subscribe(capacity=2)
    for number in range(5):
        stream.publish(log(number))
    assert subscription.take(0) == [Numbered(1, EventsDropped(NS_PER_S, 3)), Numbered(4, log(3)), Numbered(5, log(4))]
    stream.publish(log(5))
    assert subscription.take(0) == [Numbered(6, log(5))], "a loss is told once"


@given(st.lists(st.integers(0, 12), max_size=20), st.integers(1, 8))
def test_what_is_taken_and_what_is_lost_is_all_there_was(bursts: list[int], capacity: int) -> None:
    stream = EventStream(VirtualClock())
    subscription = stream.subscribe(capacity=capacity)
    expected = 1
    for burst in bursts:
        for _ in range(burst):
            stream.publish(log(0))
        for item in subscription.take(0):
            assert item.sequence == expected
            expected += item.event.count if isinstance(item.event, EventsDropped) else 1
    assert expected == sum(bursts) + 1


def test_taking_waits_for_the_first_event() -> None:
    stream = EventStream(VirtualClock())
    subscription = stream.subscribe()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(subscription.take, 10)
        stream.publish(log(1))
        assert waiting.result(10) == [Numbered(1, log(1))]


def test_closing_ends_a_wait_and_the_subscription() -> None:
    stream = EventStream(VirtualClock())
    subscription = stream.subscribe()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(subscription.take, None)
        subscription.close()
        assert waiting.result(10) == []
    stream.publish(log(1))
    assert subscription.take(0) == []


def test_many_publishers_at_once_make_one_gapless_stream() -> None:
    stream = EventStream(VirtualClock())
    subscription = stream.subscribe()
    together = threading.Barrier(4, timeout=10)

    def publish() -> None:
        together.wait()
        for number in range(500):
            stream.publish(log(number))

    with ThreadPoolExecutor(4) as pool:
        for outcome in [pool.submit(publish) for _ in range(4)]:
            outcome.result()
    assert [item.sequence for item in subscription.take(0)] == [*range(1, 2001)]


@given(st.lists(st.lists(st.booleans(), max_size=30), max_size=8), st.integers(1, 5), st.integers(1, 9))
def test_of_large_events_fewer_wait_and_the_numbers_still_add_up(
    bursts: list[list[bool]], most_large: int, capacity: int
) -> None:
    stream = EventStream(VirtualClock())
    subscription = stream.subscribe(capacity=capacity)
    reading = ReadingPublished(1, "plugin", {"a": 1})
    subscription.bound_large(most_large * KEPT[ReadingPublished].weigh(reading))
    expected = 1
    for burst in bursts:
        for is_large in burst:
            stream.publish(reading if is_large else log(1))
        batch = subscription.take(0)
        assert sum(isinstance(item.event, ReadingPublished) for item in batch) <= most_large
        for item in batch:
            assert item.sequence == expected
            expected += item.event.count if isinstance(item.event, EventsDropped) else 1
    assert expected == sum(map(len, bursts)) + 1


def test_one_event_that_is_too_large_takes_the_place_of_all_others() -> None:
    stream = EventStream(VirtualClock())
    subscription = stream.subscribe()
    subscription.bound_large(10_000)
    for text in ("small", "x" * 100_000):
        stream.publish(ReadingPublished(1, "plugin", {"a": text}))
    lost, kept = (item.event for item in subscription.take(0))
    assert lost == EventsDropped(stream.clock.wall_ns(), 1)
    assert kept == ReadingPublished(1, "plugin", {"a": "x" * 100_000})
