"""Statistics that start over when a person says so, in one front end."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import Counters, CountersTaken, EventsDropped, ReadingPublished
from hostcore.events.history import HistoryPoint
from hostcore.view.counters import COUNTED, counters_since
from hostcore.view.plugins import PluginStatus
from hostcore.view.series import Series
from hostcore.view.view import View
from tests.scripted_session import host_facts, plugin_facts

S = 1_000_000_000


def view() -> View:
    return View(host_facts(), [plugin_facts("light")])


def light(seen: View) -> PluginStatus:
    found = seen.plugins.get("light")
    assert found is not None
    return found


def extremes(seen: View) -> tuple[float, float]:
    source = seen.readings.source("light")
    assert source is not None
    (series,) = [item.series for item in source.items.values() if item.series is not None]
    return series.lowest, series.highest


@given(st.tuples(*[st.integers(0, 1000)] * len(COUNTED)), st.tuples(*[st.integers(0, 1000)] * len(COUNTED)))
def test_what_was_counted_before_and_since_is_what_was_counted(before: tuple[int, ...], more: tuple[int, ...]) -> None:
    earlier = Counters(**dict(zip(COUNTED, before, strict=True)))
    later = Counters(**{name: a + b for name, a, b in zip(COUNTED, before, more, strict=True)})
    assert counters_since(earlier, later) == Counters(**dict(zip(COUNTED, more, strict=True)))


def test_every_counter_either_counts_or_is_of_the_newest_calls() -> None:
    others = {
        "crashes", "call_p50_ns", "call_p99_ns", "call_max_ns", "memory_bytes", "host_bytes", "errors_in_a_row",
        "erring_since_ns",
    }  # fmt: skip
    assert {field.name for field in fields(Counters)} == others | set(COUNTED)


def test_crashes_are_counted_by_their_kind() -> None:
    before = Counters(crashes=(("exception", 3), ("deadline", 1)))
    now = Counters(crashes=(("exception", 5), ("deadline", 1), ("memory", 1)))
    assert counters_since(before, now).crashes == (("exception", 2), ("memory", 1))


def test_counters_begin_anew_and_what_the_host_says_stays_what_it_is() -> None:
    seen = view()
    seen.fold([CountersTaken(S, "light", Counters(calls=9, errors=2, call_max_ns=50)), EventsDropped(S, 4)])
    seen.reset_statistics(2 * S)
    assert (light(seen).recent.calls, light(seen).recent.errors, seen.dropped) == (0, 0, 0)
    assert (light(seen).counters.calls, seen.statistics_since_ns) == (9, 2 * S)
    seen.fold([CountersTaken(3 * S, "light", Counters(calls=11, errors=3, call_max_ns=50)), EventsDropped(3 * S, 1)])
    assert (light(seen).recent.calls, light(seen).recent.errors, seen.dropped) == (2, 1, 1)


def test_the_longest_call_is_only_known_to_be_no_longer_than_before_until_a_longer_one_comes() -> None:
    seen = view()
    seen.fold([CountersTaken(S, "light", Counters(calls=9, call_max_ns=50))])
    assert not light(seen).has_older_worst
    seen.reset_statistics(2 * S)
    assert light(seen).has_older_worst
    seen.fold([CountersTaken(3 * S, "light", Counters(calls=10, call_max_ns=51))])
    assert not light(seen).has_older_worst


def test_all_that_a_host_counts_after_it_started_again_is_new() -> None:
    seen = view()
    seen.fold([CountersTaken(S, "light", Counters(calls=9, errors=2))])
    seen.reset_statistics(2 * S)
    seen.fold([CountersTaken(3 * S, "light", Counters(calls=4, errors=1))])
    assert (light(seen).recent.calls, light(seen).recent.errors) == (4, 1)


def test_extremes_begin_with_the_newest_value() -> None:
    seen = view()
    seen.fold(ReadingPublished(n * S, "light", {"lux": lux}) for n, lux in enumerate((5, 90, 40)))
    assert extremes(seen) == (5, 90)
    seen.reset_statistics(3 * S)
    assert extremes(seen) == (40, 40)
    seen.fold([ReadingPublished(4 * S, "light", {"lux": 41})])
    assert extremes(seen) == (40, 41)


def test_stored_values_from_before_the_statistics_began_are_no_extremes() -> None:
    series = Series()
    series.add(9 * S, 40)
    series.forget_extremes()
    series.prime([HistoryPoint(2 * S, 90, 90, 90, 1), HistoryPoint(7 * S, 50, 50, 50, 1)], extremes_since_ns=5 * S)
    assert (series.lowest, series.highest) == (40, 50)
    assert series.trend(9) == [90, 50, 40], "they are a past all the same"
