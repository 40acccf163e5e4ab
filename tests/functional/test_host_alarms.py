"""Alarms of a whole host: they follow host.toml while it runs, switch a relay, and survive one that fails."""

from __future__ import annotations

import pytest

from hostcore.events import AlarmCleared, AlarmRaised, ReadingPublished, RelaySwitched, State
from tests.supervised import COUNTER, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

RELAY = {"relays.fan": {"line": 27}}
COUNTING = {"reading": "counter.count", "above": 3, "delay": 0, "clear_delay": 0}


def test_it_switches_its_relay_and_a_change_of_host_toml_clears_it(supervised: SupervisedHost) -> None:
    supervised.write("counter", COUNTER)
    supervised.configure({**RELAY, "alarms.counting": {**COUNTING, "relay": "fan"}})
    supervised.start()
    raised = supervised.wait_for(AlarmRaised)
    assert raised.alarm.sentence == "counter.count is above 3"
    assert supervised.line("host", "alarm counting: counter.count is above 3").by_host
    assert supervised.wait_for(RelaySwitched).on
    supervised.configure({**RELAY, "alarms.counting": {**COUNTING, "above": 1_000_000}})
    assert supervised.wait_for(AlarmCleared).alarm.name == "counting"
    assert not supervised.wait_for(RelaySwitched).on


def test_what_a_person_calibrates_is_what_it_watches(supervised: SupervisedHost) -> None:
    supervised.write("counter", COUNTER)
    adjust = {"plugins.counter.adjust.count": {"rename": "doubled"}, "alarms.counting": COUNTING}
    doubled = {**COUNTING, "reading": "counter.doubled"}
    supervised.configure({**adjust, "alarms.doubled": doubled})
    supervised.start()
    assert supervised.wait_for(AlarmRaised).alarm.name == "doubled"
    supervised.wait_for(ReadingPublished, "counter", lambda event: event.reading["doubled"] > 20)
    assert [each.alarm.name for each in supervised.of(AlarmRaised)] == ["doubled"]


def test_a_relay_that_came_after_the_start_is_told_and_nothing_else_suffers(supervised: SupervisedHost) -> None:
    supervised.write("counter", COUNTER)
    supervised.configure()
    supervised.start()
    supervised.reaches("counter", State.RUNNING)
    supervised.configure({**RELAY, "alarms.counting": {**COUNTING, "relay": "fan"}})
    supervised.wait_for(AlarmRaised)
    supervised.line("host", "an alarm cannot switch the relay fan")
    supervised.reading("counter", lambda reading: reading["count"] > 50)


def test_a_plugin_that_is_quarantined_is_told_to_an_alarm_that_comes_later(supervised: SupervisedHost) -> None:
    supervised.write("broken", "def read():\n    raise SystemExit\n")
    supervised.start()
    supervised.reaches("broken", State.QUARANTINED)
    supervised.configure({"alarms.dead": {"plugin": "broken", "state": "quarantined", "delay": 0}})
    assert supervised.wait_for(AlarmRaised).alarm.sentence == "broken is quarantined"


def test_a_plugin_that_there_is_not_is_told_once(supervised: SupervisedHost) -> None:
    supervised.write("counter", COUNTER)
    supervised.configure({"alarms.counting": {**COUNTING, "reading": "countr.count"}})
    supervised.start()
    supervised.line("host", "the alarm counting watches countr.count, but no plugin is called countr, only: counter")


def test_the_first_one_that_comes_while_the_host_stops_ends_with_it(
    supervised: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could switch its relay on when the host has switched all of them off."""
    supervised.write("counter", COUNTER)
    supervised.configure(RELAY)
    supervised.start()
    stop_watching = supervised.host._watcher.stop

    def stop_after_a_change() -> None:
        supervised.configure({**RELAY, "alarms.counting": {**COUNTING, "relay": "fan"}})
        supervised.host.refresh()
        stop_watching()

    monkeypatch.setattr(supervised.host._watcher, "stop", stop_after_a_change)
    assert supervised.stop()
    assert "alarms" not in {thread.name for thread in supervised.threads()}
