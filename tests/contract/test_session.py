"""What a front end can rely on, whether the host is in its own process or behind a socket."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.errors import HostError
from hostcore.events import (
    AlarmAcknowledged,
    AlarmRaised,
    AlarmsSet,
    DriverAdded,
    FaultsSet,
    HeldQuantity,
    LedsShown,
    LogWritten,
    PluginsChanged,
    PwmSet,
    QuantitiesHeld,
    ReadingPublished,
    RelaySwitched,
    ScanCompleted,
    State,
    StateChanged,
)
from hostcore.events.facts import ScanMode
from hostcore.events.history import HistoryQuery
from hostcore.faults.model import Fault, FaultKind
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.recording.contents import read_recording
from hostcore.session import Order
from hostcore.settings_wish import Calibration, RangeAlarm
from tests.front_end import Client, is_running
from tests.supervised import COUNTER, PATIENCE
from tests.waiting import until

pytest_plugins = ["tests.front_end_fixture"]


def test_who_subscribes_before_the_start_sees_the_host_from_its_beginning(client: Client) -> None:
    client.start()
    client.wait_for(ReadingPublished, lambda event: event.plugin == "counter" and event.reading["count"] > 2)
    moves = [each for each in client.events if isinstance(each, StateChanged) and each.plugin == "counter"]
    assert [each.after for each in moves] == [State.LOADING, State.RUNNING]
    counts = [
        each.reading["count"]
        for each in client.events
        if isinstance(each, ReadingPublished) and each.plugin == "counter"
    ]
    assert counts == list(range(1, len(counts) + 1)), "none is missing, and none comes twice"


def test_who_subscribes_to_some_kinds_gets_only_these(client: Client) -> None:
    only = client.session.subscribe(ReadingPublished)
    client.start()
    assert {type(item.event) for item in only.take(PATIENCE)} == {ReadingPublished}


def test_who_begins_late_gets_the_earlier_events(client: Client) -> None:
    client.start()
    client.wait_for(StateChanged, is_running("counter"))
    late = client.session.subscribe(ReadingPublished)
    earlier = client.session.earlier()
    assert any(isinstance(item.event, StateChanged) and item.event.plugin == "counter" for item in earlier.items)
    assert all(item.sequence <= earlier.last for item in earlier.items)
    assert any(item.sequence > earlier.last for item in late.take(PATIENCE)), "the live ones go on from there"


def test_the_facts_and_the_plugins_are_the_hosts(client: Client) -> None:
    client.start()
    client.wait_for(StateChanged, is_running("counter"))
    assert client.session.facts == client.host.host.facts
    assert {each.name for each in client.session.plugins()} == {"light", "counter"}
    assert client.session.plugins() == client.host.host.plugins()


def test_an_order_is_followed(client: Client) -> None:
    client.start()
    client.wait_for(StateChanged, is_running("counter"))
    client.session.order("counter", Order.STOP)
    client.wait_for(StateChanged, lambda event: event.plugin == "counter" and event.after is State.STOPPED)


def test_the_source_of_a_line_is_that_which_runs(client: Client) -> None:
    client.start()
    client.wait_for(StateChanged, is_running("counter"))
    excerpt = client.session.source("counter", "", 2, around=1)
    assert (excerpt.file, excerpt.line, excerpt.first) == ("counter.py", 2, 1)
    assert excerpt.lines == ("count = 0", "def read():", "    global count")


def test_the_recording_of_a_plugin_is_the_hosts_and_that_of_an_unknown_one_is_refused(client: Client) -> None:
    client.start()
    client.wait_for(ReadingPublished, lambda event: event.plugin == "counter" and event.reading["count"] > 2)
    found = read_recording(client.session.recording("counter"))
    assert (found.header.plugin, found.header.source) == ("counter", COUNTER.lstrip())
    assert {each.function for each in found.calls} >= {"driver#read"} or found.beginning
    with pytest.raises(HostError, match="nobody"):
        client.session.recording("nobody")
    with pytest.raises(HostError, match="no report of this crash of counter"):
        client.session.recording("counter", 1)


def test_the_text_of_a_driver_is_replaced_and_the_new_version_runs(client: Client) -> None:
    client.start()
    client.wait_for(StateChanged, is_running("counter"))
    found = client.session.driver_file("counter")
    assert (found.name, found.text) == ("counter.py", COUNTER.lstrip())
    client.session.replace_driver("counter", found.sha256, "def read():\n    return {'größe': 7}\n")
    client.wait_for(ReadingPublished, lambda event: event.reading == {"größe": 7})
    with pytest.raises(HostError, match="was changed by somebody else"):
        client.session.replace_driver("counter", found.sha256, COUNTER)


def test_a_scan_reports_what_answers(client: Client) -> None:
    client.start()
    client.session.scan(1, ScanMode.AUTO)
    assert client.wait_for(ScanCompleted).bus == "i2c-1"


def test_faults_on_demand_are_set_and_told(client: Client) -> None:
    fault = Fault(FaultKind.NACK, BusName("i2c-1"), 0x23)
    client.start()
    client.session.set_faults((fault,))
    told = client.wait_for(FaultsSet, lambda event: bool(event.faults)).faults
    assert [(each.kind, each.address) for each in told] == [(FaultKind.NACK, 0x23)]


def test_a_quantity_of_the_simulated_world_is_held_and_told_also_to_who_attaches_later(client: Client) -> None:
    client.host.host.hold("humidity", 80.0)
    client.start()
    humid, light = HeldQuantity("humidity", 80.0), HeldQuantity("illuminance", 1234.5)
    assert client.wait_for(QuantitiesHeld).held == (humid,)
    client.session.hold("illuminance", 1234.5)
    client.wait_for(QuantitiesHeld, lambda event: event.held == (humid, light))
    client.session.hold("humidity", None)
    client.wait_for(QuantitiesHeld, lambda event: event.held == (light,))
    assert client.wait_for(LogWritten, lambda line: "illuminance held at 1234.5 lx" in line.text).by_host


def test_an_alarm_that_a_person_acknowledges_is_told(client: Client) -> None:
    client.start()
    client.wait_for(AlarmRaised, lambda event: event.alarm.name == "counting")
    client.session.acknowledge("counting")
    assert client.wait_for(AlarmAcknowledged).alarm.sentence == "counter.count is above 3"


def test_a_calibration_and_an_alarm_hold_at_once_and_stay_in_host_toml(client: Client) -> None:
    client.start()
    client.wait_for(ReadingPublished, lambda event: event.plugin == "counter")
    client.session.change_settings(Calibration("counter", ("count",), 0.5))
    client.session.change_settings(RangeAlarm("light", ("lux",), above=2.0))
    client.wait_for(ReadingPublished, lambda event: event.plugin == "counter" and event.reading["count"] % 1 == 0.5)
    told = client.wait_for(AlarmsSet, lambda event: "light-lux" in {each.name for each in event.alarms})
    assert next(each.above for each in told.alarms if each.name == "light-lux") == 2.0
    settings = client.host.config.read_text(encoding="utf-8")
    assert "filters = [{ offset = 0.5 }]" in settings and "[alarms.light-lux]" in settings


def test_a_person_drives_every_kind_of_output_and_the_event_says_that_it_was_a_person(client: Client) -> None:
    client.start()
    client.session.actuate(SwitchRelay("fan", True))
    client.session.actuate(SetPwm(18, 0.25, 50.0))
    client.session.actuate(LightLeds((1, 2, 3), 1, 1))
    relay, pwm = client.wait_for(RelaySwitched), client.wait_for(PwmSet)
    leds = client.wait_for(LedsShown)
    assert (relay.relay, relay.on, pwm.line, pwm.duty, pwm.frequency_hz) == ("fan", True, 18, 0.25, 50.0)
    assert leds.colors == ((0, 0, 0), (1, 2, 3))
    assert {(each.plugin, each.by_person) for each in (relay, pwm, leds)} == {("", True)}
    assert client.wait_for(LogWritten, lambda line: line.text == "by a person: relay fan on (simulated)").by_host


def test_a_grant_changes_the_plugin_and_its_facts(client: Client) -> None:
    client.start()
    client.wait_for(StateChanged, is_running("counter"))
    permission = parse_permission("i2c:1:0x40")
    client.session.grant("counter", (permission,))
    client.wait_for(PluginsChanged)
    facts = {each.name: each for each in client.session.plugins()}
    assert permission in facts["counter"].permissions


def test_the_history_comes_as_a_report_whatever_is_kept(client: Client) -> None:
    query = HistoryQuery("counter", ("count",), 1, 2, 10)
    client.start()
    until(lambda: client.host.host.history(query).is_complete, PATIENCE)
    assert client.session.history(query) == client.host.host.history(query)


def test_a_slow_subscriber_loses_the_oldest_events_and_is_told_how_many(client: Client) -> None:
    slow = client.session.subscribe(ReadingPublished, LogWritten, capacity=2)
    client.start()
    client.wait_for(ReadingPublished, lambda event: event.plugin == "counter" and event.reading["count"] > 4)
    lost, *kept = slow.take(PATIENCE)
    assert type(lost.event).__name__ == "EventsDropped"
    assert len(kept) <= 2


def test_one_of_this_projects_drivers_is_added_for_a_chip_and_may_use_just_its_address(client: Client) -> None:
    client.start()
    client.wait_for(StateChanged, is_running("counter"))
    wish = DriverWish(DriverKind.OWN, source="bh1750", chip="bh1750", bus=1, address=0x5C)
    name = client.session.add_driver(wish)
    added = client.wait_for(DriverAdded)
    assert (added.plugin, added.error, added.is_elsewhere) == (name, "", False)
    assert added.permissions == (parse_permission("i2c:1:0x5c"),)
    assert 'settings.get("address", 0x5C)' in Path(added.file).read_text()
    client.wait_for(PluginsChanged, lambda event: name in event.names)
    client.wait_for(StateChanged, is_running(name))


def test_an_empty_driver_reads_something_at_once(client: Client) -> None:
    client.start()
    client.wait_for(StateChanged, is_running("counter"))
    assert client.session.add_driver(DriverWish(DriverKind.EMPTY)) == "driver"
    client.wait_for(ReadingPublished, lambda event: event.plugin == "driver" and "cpu_temperature" in event.reading)


def test_the_recording_of_a_plugin_is_written_on_request(client: Client) -> None:
    client.start()
    client.wait_for(ReadingPublished, lambda event: event.plugin == "counter" and event.reading["count"] > 2)
    kept = client.session.keep_recording("counter")
    content = kept.file.read_bytes()
    assert (len(content), kept.file.name.startswith("counter.")) == (kept.size_bytes, True)
    assert read_recording(content).header.plugin == "counter"
