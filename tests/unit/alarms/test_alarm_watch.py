"""The alarms behind the stream: their events, their lines in the log, and what they switch."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

from hostcore.alarms.acknowledged import AcknowledgedFile
from hostcore.alarms.book import AlarmBook
from hostcore.alarms.model import AlarmRule, InTrouble, Range, Trouble
from hostcore.alarms.watch import AlarmWatch
from hostcore.clock import RealClock
from hostcore.errors import HostError
from hostcore.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    AlarmsSet,
    Event,
    Level,
    LogWritten,
    ReadingPublished,
    State,
    StateChanged,
    ValuesDescribed,
)
from hostcore.events.stream import EventStream
from hostcore.quantities import DescribedValue, Quantity
from tests.unit.alarms.alarm_desk import rule

E = TypeVar("E", bound=Event)


class Watch:
    """A watch at work, its events, and what it switched."""

    def __init__(self, kept: Path | None = None) -> None:
        self.stream = EventStream(RealClock())
        self.events = self.stream.subscribe(AlarmsSet, AlarmRaised, AlarmAcknowledged, AlarmCleared, LogWritten)
        self.earlier: list[Event] = []
        self.shown: list[tuple[Mapping[str, str], frozenset[int]]] = [({}, frozenset())]
        self.watch = AlarmWatch(self.stream, self, lambda: self.earlier, AcknowledgedFile(kept))
        self._taken: deque[Event] = deque()

    def show(self, relays: Mapping[str, str], leds: frozenset[int]) -> None:
        """Take what the watch switches."""
        if (relays, leds) != self.shown[-1]:
            self.shown.append((relays, leds))

    def read(self, value: object) -> None:
        """Let the plugin ``air`` publish a value."""
        self.stream.publish(ReadingPublished(self.stream.clock.wall_ns(), "air", {"t": value}))

    def wait_for(self, kind: type[E]) -> E:
        """Return the next event of a kind."""
        while True:
            if not self._taken:
                self._taken.extend(each.event for each in self.events.take(10))
                assert self._taken, f"no {kind.__name__} came"
            if isinstance(event := self._taken.popleft(), kind):
                return event


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch()
    yield made
    assert made.watch.stop()


def test_an_alarm_is_told_and_written_to_the_log_and_so_is_its_end(watch: Watch) -> None:
    watch.watch.set([rule(Range(above=30.0), message="Open the window")])
    watch.read(31)
    assert watch.wait_for(AlarmRaised).alarm.sentence == "air.t is above 30"
    line = watch.wait_for(LogWritten)
    assert (line.level, line.text) == (Level.WARNING, "alarm warm: air.t is above 30 (31): Open the window")
    watch.read(20)
    assert watch.wait_for(AlarmCleared).alarm.name == "warm"
    assert watch.wait_for(LogWritten).text == "alarm warm is over: air.t is above 30"
    assert watch.watch.raised() == ()


def test_its_relay_and_led_are_on_until_it_is_cleared_acknowledged_or_not(watch: Watch) -> None:
    watch.watch.set(
        [rule(relay="fan", led=3), rule(name="other", relay="fan"), rule(Range(above=99.0), name="c", led=4)]
    )
    watch.read(31)
    watch.wait_for(AlarmRaised)
    watch.watch.acknowledge("warm")
    watch.wait_for(AlarmAcknowledged)
    watch.read(20)
    watch.wait_for(AlarmCleared)
    assert watch.watch.stop()
    assert watch.shown[:2] == [({}, frozenset()), ({"fan": "warm"}, frozenset({3}))]


def test_without_alarms_it_takes_no_events_and_has_no_thread(watch: Watch) -> None:
    watch.watch.set([])
    assert watch.watch._subscription is None
    assert not watch.watch._thread.is_alive()
    with pytest.raises(HostError, match="no alarm warm, and no other"):
        watch.watch.acknowledge("warm")


def test_alarms_that_come_and_go_with_host_toml(watch: Watch) -> None:
    watch.watch.set([rule()])
    assert [each.name for each in watch.wait_for(AlarmsSet).alarms] == ["warm"]
    watch.read(31)
    watch.wait_for(AlarmRaised)
    watch.watch.set([])
    assert watch.wait_for(AlarmCleared).alarm.name == "warm"
    assert watch.wait_for(AlarmsSet).alarms == ()


def test_settings_that_are_read_again_and_are_the_same_change_nothing(watch: Watch) -> None:
    watch.watch.set([rule()], "settings")
    watch.wait_for(AlarmsSet)
    watch.watch.set([rule()], "settings")
    watch.watch.set([rule()], "others")
    watch.watch.set([], "others")
    assert [len(watch.wait_for(AlarmsSet).alarms) for _ in range(2)] == [1, 0]


def test_one_that_is_set_later_knows_how_a_plugin_is_and_what_its_values_measure(watch: Watch) -> None:
    watch.earlier = [
        ValuesDescribed(1, "air", (DescribedValue("t", Quantity(unit="°C")),)),
        StateChanged(2, "air", State.RUNNING, State.BACKOFF, ""),
        StateChanged(3, "air", State.BACKOFF, State.QUARANTINED, ""),
    ]
    watch.watch.set([rule(InTrouble(Trouble.QUARANTINED), path=()), rule(name="hot")])
    assert watch.wait_for(AlarmRaised).alarm.sentence == "air is quarantined"
    watch.read(31)
    assert watch.wait_for(AlarmRaised).alarm.sentence == "air.t is above 30 °C"


def test_a_key_that_no_reading_has_is_a_warning_in_the_log(watch: Watch) -> None:
    watch.watch.set([rule(path=("temp",))])
    for _ in range(3):
        watch.read(31)
    assert "likely a wrong key; the last one had t" in watch.wait_for(LogWritten).text


@pytest.mark.parametrize(("value", "is_seen"), [(31, True), (20, False)])
def test_what_was_acknowledged_stays_so_after_a_restart_as_long_as_it_holds(
    tmp_path: Path, value: int, is_seen: bool
) -> None:
    file = tmp_path / "alarms" / "a.json"
    before = Watch(file)
    before.watch.set([rule()])
    before.read(31)
    before.wait_for(AlarmRaised)
    before.watch.acknowledge("warm")
    assert before.watch.stop()
    after = Watch(file)
    after.watch.set([rule()])
    after.read(value)
    after.read(31)
    assert bool(after.wait_for(AlarmRaised).acknowledged_ns) is is_seen
    assert ("acknowledged before the host was started" in after.wait_for(LogWritten).text) is is_seen
    assert after.watch.stop()


def test_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    watch = Watch(tmp_path / "file" / "a.json")
    watch.watch.set([rule()])
    watch.read(31)
    watch.wait_for(AlarmRaised)
    watch.watch.acknowledge("warm")
    while "they ring again after a restart" not in (line := watch.wait_for(LogWritten)).text:
        pass
    assert line.level is Level.WARNING
    assert watch.watch.stop()


def test_a_defect_ends_all_alarms_and_says_so(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.watch.set([rule(relay="fan")])
    watch.read(31)
    watch.wait_for(AlarmRaised)

    def broken(_book: AlarmBook, _now: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(AlarmBook, "look", broken)
    assert watch.wait_for(AlarmCleared).alarm.name == "warm"
    with pytest.raises(HostError, match="no alarm is watched until the host is started again"):
        watch.watch.acknowledge("warm")
    watch.watch.set([rule()], "others")
    assert watch.watch.raised() == ()
    assert watch.watch.stop()
    assert watch.shown[-1] == ({}, frozenset())


def test_a_rule_is_a_value() -> None:
    assert rule() == rule()
    assert isinstance(hash(rule()), int)
    assert isinstance(rule(), AlarmRule)
