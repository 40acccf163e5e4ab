"""The backlog and events of any size: none pushes out the others, and none takes long to weigh."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import (
    AccessDenied,
    Confidence,
    Counters,
    CrashReport,
    Event,
    Evidence,
    FetchEnded,
    Finding,
    FindingRaised,
    PageRendered,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    ScanFailed,
    State,
    StateChanged,
)
from hostcore.events.backlog import Backlog, _Row, _Shelf
from hostcore.events.keeping import KEPT, MIB, WEIGHED_BYTES, Keeping, json_bytes
from hostcore.events.stream import Numbered
from hostcore.permissions import parse_permission
from hostcore.place import BusName

TEXT = "x" * 10_000
REPORT = CrashReport(0, "", "light.py", "1234", "trap", "bad", "", "", "read", "", (), (), Counters(calls=3), "1")


def _with(*events: Event) -> Backlog:
    backlog = Backlog()
    for number, event in enumerate(events, 1):
        backlog.offer(Numbered(number, event))
    return backlog


def test_no_plugin_pushes_out_what_others_said_with_one_huge_event() -> None:
    quiet = [ReadingPublished(number, f"quiet {number}", {"a": 1}) for number in range(3)]
    for size in (100_000, 400_000, 4_000_000):
        huge = ReadingPublished(9, "huge", {"text": "x" * size})
        backlog = _with(*quiet, *[huge] * 20)
        assert [item.event for item in backlog.since(0).items][:3] == quiet
    crash = replace(REPORT, traceback="x" * 2 * MIB)
    backlog = _with(PluginCrashed(0, "quiet", REPORT, "f"), PluginCrashed(1, "huge", crash, "f"))
    assert [item.sequence for item in backlog.since(0).items] == [1]
    assert backlog.since(1).lost == 1


def test_a_page_that_is_too_large_to_keep_leaves_no_older_one_in_its_place() -> None:
    backlog = _with(PageRendered(0, "page", 1, "<p>"), PageRendered(1, "page", 2, "x" * MIB))
    assert backlog.since(0).items == ()


@pytest.mark.parametrize(
    "event",
    [
        ReadingFailed(0, "a", TEXT),
        StateChanged(0, "a", State.RUNNING, State.BACKOFF, TEXT),
        AccessDenied(0, "a", parse_permission("gpio:4:in"), TEXT, 1),
        FetchEnded(0, "a", TEXT),
        ScanFailed(0, BusName("i2c-1"), TEXT),
        FindingRaised(0, Finding("odd", "", "", Confidence.LIKELY, (Evidence(TEXT),)), 0),
    ],
    ids=lambda event: type(event).__name__,
)
def test_long_texts_count(event: Event) -> None:
    assert KEPT[type(event)].weigh(event) > len(TEXT)


@pytest.mark.parametrize("value", [None, 5, "x" * 1_000])
def test_a_value_that_is_no_object_is_weighed_too(value: object) -> None:
    assert json_bytes(value) == sys.getsizeof(value)


def test_weighing_a_reading_does_not_take_longer_the_larger_it_is() -> None:
    class Counted(list[int]):
        looks = 0

        def __iter__(self) -> Iterator[int]:
            Counted.looks += 1
            return super().__iter__()

    assert json_bytes({"values": Counted(range(WEIGHED_BYTES))}) > WEIGHED_BYTES
    assert Counted.looks == 0
    assert json_bytes({"rows": [Counted([1]) for _ in range(10 * WEIGHED_BYTES // 50)]}) > WEIGHED_BYTES
    assert Counted.looks < WEIGHED_BYTES // 20


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 900)), max_size=120))
def test_the_one_that_has_said_most_loses_its_oldest_and_nobody_its_only_one(said: list[tuple[int, int]]) -> None:
    class Watched(_Shelf):
        def _drop_oldest(self, row: _Row) -> None:
            assert row.bytes == max(each.bytes for each in self._rows.values() if each.has_several)
            super()._drop_oldest(row)

    shelf = Watched(Keeping(lambda event: event.plugin, 1_000, most_bytes=8_000, weigh=KEPT[ReadingFailed].weigh))
    for number, (plugin, length) in enumerate(said, 1):
        shelf.put(Numbered(number, ReadingFailed(number, f"driver {plugin}", "x" * length)))
    assert shelf.bytes == sum(row.bytes for row in shelf._rows.values()) <= 8_000
    assert {f"driver {plugin}" for plugin, _ in said} == shelf._rows.keys()
