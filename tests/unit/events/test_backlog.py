"""The backlog: what a late front end gets is what it would have, within bounds, and what is missing is counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.events import (
    AccessDenied,
    Alarm,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    AlarmsSet,
    BusHealthMeasured,
    ChipIdentified,
    Confidence,
    Counters,
    CountersTaken,
    CrashLocated,
    CrashReport,
    Event,
    FaultsSet,
    FetchEnded,
    Finding,
    FindingCleared,
    FindingRaised,
    HeldQuantity,
    LedsShown,
    LeftOut,
    Level,
    LogWritten,
    MachineMeasured,
    Message,
    Outcome,
    PluginCrashed,
    PluginReloaded,
    Presence,
    Probed,
    PwmSet,
    QuantitiesHeld,
    ReadingFailed,
    ReadingPublished,
    RelaySwitched,
    RoundCompleted,
    ScanCompleted,
    ScanFailed,
    ScanProgressed,
    State,
    StateChanged,
    TaskProgressed,
    TransferCompleted,
    ValuesDescribed,
)
from hostcore.events.backlog import Backlog
from hostcore.events.facts import ScanMode
from hostcore.events.keeping import KEPT, MIB
from hostcore.events.losses import BLOCK, MOST_BLOCKS, Losses
from hostcore.events.stream import EventStream, Numbered
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.quantities.catalog import DescribedValue
from hostcore.quantities.quantity import Quantity
from hostcore.view.view import View
from tests.scripted_session import host_facts, plugin_facts

S = 1_000_000_000
PLUGINS = [plugin_facts("light", "i2c:1:0x23"), plugin_facts("oled", "i2c:1:0x3c"), plugin_facts("air", "i2c:1:0x77")]
NAMES = st.sampled_from([each.name for each in PLUGINS])
BUS = BusName("i2c-1")
ADDRESSES = st.sampled_from([0x23, 0x3C, 0x77])
REPORT = CrashReport(0, "", "light.py", "1234", "trap", "bad", "", "", "read", "", (), (), Counters(calls=3), "1")
ALL_ALARMS = [Alarm(each.name, f"{each.name} is quarantined", plugin=each.name) for each in PLUGINS]
ALARMS = st.sampled_from(ALL_ALARMS)
FINDINGS = st.builds(
    lambda plugin, words: Finding("silent", words, "look", Confidence.LIKELY, plugin=plugin),
    NAMES,
    st.sampled_from(["one", "two"]),
)


def _probed(answering: set[int]) -> tuple[Probed, ...]:
    return tuple(Probed(each, Presence.PRESENT if each in answering else Presence.ABSENT, "") for each in range(32, 36))


def _report(time: int, plugin: str) -> CrashReport:
    return CrashReport(time, plugin, *[getattr(REPORT, each.name) for each in fields(CrashReport)[2:]])


NOW = st.just(0)
MESSAGES = st.lists(st.builds(Message, st.booleans(), st.binary(max_size=4)), max_size=3).map(tuple)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(ReadingPublished, NOW, NAMES, st.dictionaries(st.sampled_from("ab"), st.integers(0, 3))),
    st.builds(
        ValuesDescribed,
        NOW,
        NAMES,
        st.lists(
            st.builds(DescribedValue, st.sampled_from("ab"), st.builds(Quantity, st.sampled_from(["lx", "°C"]))),
            max_size=2,
        ).map(tuple),
    ),
    st.builds(ReadingFailed, NOW, NAMES, st.sampled_from(["no", "never"])),
    st.builds(
        RoundCompleted,
        NOW,
        st.just(1),
        st.just({}),
        st.lists(st.builds(LeftOut, NAMES, st.just(9), st.just(9), st.just("large")), max_size=1).map(tuple),
    ),
    st.builds(
        TransferCompleted,
        NOW,
        NAMES,
        st.just(BUS),
        ADDRESSES,
        MESSAGES,
        st.sampled_from(Outcome),
        st.just(""),
        st.just(1000),
    ),
    st.builds(LogWritten, NOW, NAMES, st.sampled_from(Level), st.sampled_from(["x", "y"])),
    st.builds(StateChanged, NOW, NAMES, st.sampled_from(State), st.sampled_from(State), st.just("why")),
    st.builds(
        AccessDenied,
        NOW,
        NAMES,
        st.sampled_from(["i2c:1:0x40", "gpio:4:in"]).map(parse_permission),
        st.just("no"),
        st.just(1),
    ),
    st.builds(CountersTaken, NOW, NAMES, st.builds(Counters, st.integers(0, 9))),
    st.builds(PluginReloaded, NOW, NAMES, st.just("abcd")),
    st.builds(FetchEnded, NOW, NAMES, st.sampled_from(["", "no"])),
    st.builds(lambda plugin, at: PluginCrashed(0, plugin, _report(at, plugin), "f"), NAMES, st.integers(0, 2)),
    st.builds(lambda plugin, at: CrashLocated(0, plugin, _report(at, plugin), "f"), NAMES, st.integers(0, 2)),
    st.builds(
        ScanCompleted,
        NOW,
        st.just(BUS),
        st.just(ScanMode.AUTO),
        st.sets(st.integers(32, 35)).map(_probed),
        st.just(5),
    ),
    st.builds(ScanFailed, NOW, st.just(BUS), st.just("no")),
    st.builds(ScanProgressed, NOW, st.just(BUS), st.just(9), st.just(1), st.just(2)),
    st.builds(ChipIdentified, NOW, st.just(BUS), ADDRESSES, st.just(("BH1750",)), st.just("reads 1")),
    st.builds(FindingRaised, NOW, FINDINGS, st.integers(0, 3)),
    st.builds(FindingCleared, NOW, FINDINGS),
    st.builds(AlarmsSet, NOW, st.just(tuple(ALL_ALARMS))),
    st.builds(AlarmRaised, NOW, ALARMS, st.integers(0, 3), st.sampled_from([None, 31.0]), st.integers(0, 1)),
    st.builds(AlarmAcknowledged, st.integers(1, 3), ALARMS),
    st.builds(AlarmCleared, NOW, ALARMS),
    st.builds(BusHealthMeasured, NOW, st.just(BUS), sda=st.booleans(), scl=st.just(True)),
    st.builds(MachineMeasured, NOW, st.booleans(), st.booleans()),
    st.builds(FaultsSet, NOW, st.just(())),
    st.builds(TaskProgressed, NOW, st.just("Compiling"), st.just(1.0), st.sampled_from([0.0, 9.0])),
    st.builds(QuantitiesHeld, NOW, st.sampled_from([(), (HeldQuantity("humidity", 80.0),)])),
    st.builds(LedsShown, NOW, NAMES, st.just(((1, 2, 3),))),
    st.builds(RelaySwitched, NOW, NAMES, st.sampled_from(["fan", "lamp"]), st.booleans()),
    st.builds(PwmSet, NOW, NAMES, st.sampled_from([12, 13]), st.floats(0, 1), st.just(50.0)),
)
STORIES = st.lists(EVENTS, max_size=50).map(
    lambda events: [replace(each, time_ns=number * S // 4) for number, each in enumerate(events, 1)]
)


def _played(events: Iterable[Event]) -> tuple[Backlog, list[Numbered]]:
    backlog, items = Backlog(), list[Numbered]()
    for number, event in enumerate(events, 1):
        items.append(Numbered(number, event))
        backlog.offer(items[-1])
    return backlog, items


def _folded(*parts: Iterable[Numbered]) -> object:
    view = View(host_facts(), PLUGINS)
    for part in parts:
        view.fold(item.event for item in part)
    return _content(view)


NOT_COMPARED = {"revision", "_revision", "structure", "plugins_changed", "_folds", "_parts", "_library", "_weigh"} | {
    "bell_ns"
}
"""Attributes that tell how often something changed or how it is folded, not how it is. Nor does the bell ring for what
was over before a front end came."""


def _content(value: Any) -> Any:
    """Everything in an object that has no `==` of its own, so that two objects can be compared."""
    if isinstance(value, str | int | float | bytes | None) or callable(value):
        return None if callable(value) else value
    if is_dataclass(value) and value.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return value
    if isinstance(value, Mapping):
        return {key: _content(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return value
    if isinstance(value, Sequence | deque) or hasattr(value, "typecode"):
        return [_content(each) for each in value]
    slots = [each for kind in type(value).__mro__ for each in getattr(kind, "__slots__", ())]
    names = [*slots, *getattr(value, "__dict__", {})]
    return {name: _content(getattr(value, name)) for name in names if name not in NOT_COMPARED}


@given(STORIES)
def test_a_late_front_end_sees_what_it_would_have_seen_from_the_start(story: list[Event]) -> None:
    backlog, items = _played(story)
    assert _folded(backlog.since(0).items) == _folded(items)


@given(STORIES, st.integers(0, 60))
def test_one_that_comes_back_misses_nothing_and_gets_nothing_twice(story: list[Event], seen: int) -> None:
    backlog, items = _played(story)
    earlier = backlog.since(min(seen, len(items)))
    assert earlier.lost == 0
    assert earlier.last == len(items)
    assert all(item.sequence > min(seen, len(items)) for item in earlier.items)
    assert _folded(items[:seen], earlier.items) == _folded(items)


def test_every_kind_of_event_that_a_view_takes_is_kept_or_is_made_on_its_way() -> None:
    made = {"EventsDropped", "ConnectionLost", "ConnectionRestored", "CaughtUp"}
    assert {kind.__name__ for kind in View(host_facts(), PLUGINS).kinds} - {kind.__name__ for kind in KEPT} <= made


def test_it_stands_beside_the_stream_and_its_end_meets_the_live_events() -> None:
    stream, backlog = EventStream(VirtualClock()), Backlog()
    stream.follow(backlog)
    for number in range(10):
        stream.publish(LogWritten(number, "light", Level.INFO, str(number)))
    live = stream.subscribe()
    stream.publish(LogWritten(10, "light", Level.INFO, "10"))
    earlier = backlog.since(0)
    later = [item for item in live.take(0) if item.sequence > earlier.last]
    assert [item.sequence for item in (*earlier.items, *later)] == list(range(1, 12))


def test_its_size_is_bounded_whatever_comes_and_what_is_gone_is_counted() -> None:
    transfer = TransferCompleted(1, "light", BUS, 0x3C, (Message(True, bytes(4096)),), Outcome.OK, "", 1)
    backlog, items = _played([transfer] * 4_000)
    assert backlog.bytes < 2 * MIB
    kept = len(backlog.since(1).items)
    assert 100 < kept < 1000
    backlog, items = _played([LogWritten(1, "light", Level.INFO, "x" * 200)] * 9_000)
    earlier = backlog.since(4_000)
    assert earlier.lost == len(items) - 4_000 - len(earlier.items) > 0


def test_one_busy_driver_leaves_the_last_reading_of_a_quiet_one() -> None:
    large = {str(number): "x" * 100 for number in range(50)}
    quiet = ReadingPublished(0, "quiet", {"a": 1})
    backlog, _ = _played([quiet, *[ReadingPublished(number, "busy", large) for number in range(2_000)]])
    assert backlog.since(0).items[0].event == quiet
    assert backlog.bytes < 2 * MIB


def test_a_plugin_cannot_fill_it_with_names() -> None:
    backlog, _ = _played([RelaySwitched(1, "light", f"relay {number}", on=True) for number in range(5_000)])
    assert len(backlog.since(0).items) < 600


def test_a_display_set_up_long_ago_is_set_up_first() -> None:
    setup = TransferCompleted(1, "oled", BUS, 0x3C, (Message(True, b"\x00\xaf"),), Outcome.OK, "", 1)
    frame = TransferCompleted(2, "oled", BUS, 0x3C, (Message(True, b"\x40" + bytes(128)),), Outcome.OK, "", 1)
    backlog, _ = _played([setup, *[frame] * 9_000])
    assert backlog.since(0).items[0].event == setup
    backlog, _ = _played([setup, *[frame] * 9_000, StateChanged(3, "oled", State.STOPPED, State.LOADING, ""), frame])
    assert backlog.since(0).items[0].event != setup


@given(st.lists(st.integers(0, 3 * BLOCK), unique=True, max_size=30).map(sorted), st.integers(0, 3 * BLOCK))
def test_losses_are_counted_exactly(numbers: list[int], since: int) -> None:
    losses = Losses()
    for each in numbers:
        losses.add(each)
    assert losses.since(since) == sum(each > since for each in numbers)


def test_losses_of_long_ago_are_counted_together() -> None:
    losses = Losses()
    for block in range(2 * MOST_BLOCKS):
        losses.add(block * BLOCK)
    assert losses.since(0) == 2 * MOST_BLOCKS
    assert losses.since((2 * MOST_BLOCKS - 1) * BLOCK - 1) == 1
    losses.add(5)
    assert losses.since(0) == 2 * MOST_BLOCKS + 1
