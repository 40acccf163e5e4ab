"""When an alarm is raised, acknowledged and cleared, and when it is not."""

from __future__ import annotations

import math

import pytest

from hostcore.alarms.book import RESTATE_NS, SET_NS
from hostcore.alarms.model import Range, Stale
from hostcore.errors import HostError
from hostcore.events import AlarmAcknowledged, AlarmRaised, AlarmsSet, ReadingPublished, ValuesDescribed
from hostcore.place import BusName
from hostcore.quantities import DescribedValue, Quantity
from tests.unit.alarms.alarm_desk import Desk, rule

NO_NUMBERS = (None, math.nan, math.inf, "31", True, [31.0], {"t": 31.0}, 10**400)


class TestARange:
    def test_a_larger_number_raises_it_and_a_number_within_the_range_clears_it(self) -> None:
        desk = Desk(rule(Range(above=30.0)))
        desk.read(29.0, 30.0)
        assert desk.story == []
        desk.read(30.1)
        assert desk.story == ["Raised"]
        desk.read(30.0)
        assert desk.story == ["Raised", "Cleared"]

    def test_a_smaller_number_raises_it_too(self) -> None:
        desk = Desk(rule(Range(above=30.0, below=10.0)))
        desk.read(9.9)
        assert desk.is_raised
        desk.read(20.0, 31.0)
        assert desk.story == ["Raised", "Cleared", "Raised"]

    def test_within_the_hysteresis_it_stays_as_it_is(self) -> None:
        desk = Desk(rule(Range(above=30.0, hysteresis=1.0)))
        desk.read(29.5, 30.5, 29.5, 29.1)
        assert desk.story == ["Raised"]
        desk.read(29.0, 29.5)
        assert desk.story == ["Raised", "Cleared"]

    def test_it_says_in_a_sentence_what_holds_with_the_unit_of_the_value(self) -> None:
        desk = Desk(rule(Range(above=30.0, below=10.0), message="Open the window"))
        described = ValuesDescribed(1, "air", (DescribedValue("t", Quantity(unit="°C")),))
        list(desk.book.take(described, desk.now))
        desk.read(31.25)
        assert desk.book.raised[0].words == "air.t is above 30 °C or below 10 °C (31.25 °C): Open the window"


class TestTheDelay:
    def test_one_wrong_value_raises_nothing(self) -> None:
        desk = Desk(rule(delay=5.0))
        desk.read(20.0, 99.0, 20.0, 20.0, 20.0)
        assert desk.story == []

    def test_the_condition_must_hold_for_all_of_it(self) -> None:
        desk = Desk(rule(delay=5.0))
        desk.read(31.0, 31.0, 31.0)
        assert desk.story == []
        desk.read(31.0)
        assert desk.story == ["Raised"]

    def test_a_reading_must_confirm_it_at_the_end(self) -> None:
        desk = Desk(rule(delay=5.0))
        desk.read(31.0)
        desk.wait(60)
        assert desk.story == []
        desk.read(31.0)
        assert desk.story == ["Raised"]

    @pytest.mark.parametrize("value", NO_NUMBERS)
    def test_a_value_that_is_no_number_begins_it_again(self, value: object) -> None:
        desk = Desk(rule(delay=5.0))
        desk.read(31.0, 31.0, value, 31.0, 31.0, 31.0)
        assert desk.story == []
        desk.read(31.0)
        assert desk.story == ["Raised"]

    def test_so_does_an_error_of_the_plugin(self) -> None:
        desk = Desk(rule(delay=5.0))
        desk.read(31.0, 31.0)
        desk.fail()
        desk.read(31.0, 31.0)
        assert desk.story == []

    def test_it_is_cleared_when_all_has_been_well_for_the_clear_delay(self) -> None:
        desk = Desk(rule(clear_delay=5.0))
        desk.read(31.0, 20.0, 20.0, 31.0, 20.0, 20.0, 20.0)
        assert desk.story == ["Raised"]
        desk.read(20.0)
        assert desk.story == ["Raised", "Cleared"]

    def test_a_wall_clock_that_is_set_changes_no_delay(self) -> None:
        desk = Desk(rule(delay=5.0))
        desk.read(31.0)
        desk.wall_offset = 3600.0
        desk.read(31.0)
        assert desk.story == []
        desk.wall_offset = -7200.0
        desk.read(31.0, 31.0)
        assert desk.story == ["Raised"]


class TestValuesThatDoNotCome:
    @pytest.mark.parametrize("value", NO_NUMBERS)
    def test_a_value_that_is_no_number_neither_raises_nor_clears_it(self, value: object) -> None:
        desk = Desk(rule())
        desk.read(value, value)
        assert desk.story == []
        desk.read(31.0, value, value)
        assert desk.story == ["Raised"]

    def test_neither_does_a_missing_one_nor_another_plugin(self) -> None:
        desk = Desk(rule(), rule(name="other", plugin="light"))
        desk.read(31.0)
        desk.publish({"h": 50.0})
        assert desk.story == ["Raised"]

    def test_silence_does_not_clear_it(self) -> None:
        desk = Desk(rule(clear_delay=5.0))
        desk.read(31.0, 20.0)
        desk.wait(3600)
        assert desk.is_raised

    def test_a_value_deep_in_the_reading_and_in_a_list_is_found(self) -> None:
        desk = Desk(rule(path=("channels", "1", "t")))
        desk.publish({"channels": [{"t": 99.0}, {"t": 31.0}]})
        assert desk.is_raised


class TestAcknowledging:
    def test_it_stays_raised_until_it_is_cleared(self) -> None:
        desk = Desk(rule())
        desk.read(31.0)
        told = desk.book.acknowledge("warm", desk.now)
        assert isinstance(told, AlarmAcknowledged)
        assert desk.book.raised[0].acknowledged_ns == desk.now.wall_ns
        desk.read(31.0, 20.0)
        assert desk.story == ["Raised", "Cleared"]

    def test_the_next_time_nobody_has_acknowledged_it(self) -> None:
        desk = Desk(rule())
        desk.read(31.0)
        desk.book.acknowledge("warm", desk.now)
        desk.read(20.0, 31.0)
        assert desk.book.raised[0].acknowledged_ns == 0

    def test_a_second_time_changes_nothing(self) -> None:
        desk = Desk(rule())
        desk.read(31.0)
        desk.book.acknowledge("warm", desk.now)
        first = desk.book.raised
        desk.wait(1)
        assert desk.book.acknowledge("warm", desk.now) is None
        assert desk.book.raised == first

    def test_only_an_alarm_that_is_raised_can_be_acknowledged(self) -> None:
        desk = Desk(rule())
        with pytest.raises(HostError, match="the alarm warm is not raised"):
            desk.book.acknowledge("warm", desk.now)
        with pytest.raises(HostError, match=r"no alarm w\\x1b, only these: warm"):
            desk.book.acknowledge("w\x1b", desk.now)

    def test_those_that_nobody_has_acknowledged_come_first(self) -> None:
        desk = Desk(rule(name="a"), rule(name="b"))
        desk.read(31.0)
        desk.book.acknowledge("a", desk.now)
        assert [each.alarm.name for each in desk.book.raised] == ["b", "a"]


class TestChangesOfHostToml:
    def test_an_alarm_that_stays_the_same_keeps_its_state(self) -> None:
        desk = Desk(rule())
        desk.read(31.0)
        desk.set(rule(), rule(name="new"))
        assert desk.story == ["Raised"]
        assert desk.is_raised

    def test_one_that_is_gone_is_cleared(self) -> None:
        desk = Desk(rule())
        desk.read(31.0)
        desk.set()
        assert desk.story == ["Raised", "Cleared"]

    def test_one_that_has_changed_begins_again(self) -> None:
        desk = Desk(rule())
        desk.read(31.0)
        desk.set(rule(Range(above=40.0)))
        assert not desk.is_raised
        desk.read(41.0)
        assert desk.story == ["Raised", "Cleared", "Raised"]


def test_what_is_raised_is_said_again_with_its_newest_value_for_front_ends_that_lost_events() -> None:
    desk = Desk(rule())
    desk.read(31.0)
    (since,) = [each.since_ns for each in desk.told if isinstance(each, AlarmRaised)]
    desk.read(32.0)
    desk.seconds += RESTATE_NS / 1e9
    (again,) = desk.book.look(desk.now)
    assert isinstance(again, AlarmRaised)
    assert (again.since_ns, again.value, again.time_ns) == (since, 32.0, desk.now.wall_ns)


def test_what_is_raised_just_when_all_is_said_again_is_said_once() -> None:
    desk = Desk(rule(Stale(RESTATE_NS / 1e9)))
    desk.wait(RESTATE_NS / 1e9)
    assert desk.story == ["Raised"]


def test_all_alarms_are_named_again_from_time_to_time_and_when_their_unit_is_known() -> None:
    desk = Desk(rule())
    desk.seconds += SET_NS / 1e9
    (told,) = desk.book.look(desk.now)
    assert isinstance(told, AlarmsSet)
    assert [each.sentence for each in told.alarms] == ["air.t is above 30"]
    described = ValuesDescribed(1, "air", (DescribedValue("t", Quantity(unit="K")),))
    (told,) = desk.book.take(described, desk.now)
    assert isinstance(told, AlarmsSet)
    assert [each.sentence for each in told.alarms] == ["air.t is above 30 K"]
    assert list(desk.book.take(described, desk.now)) == []


def test_an_alarm_about_invented_values_says_so() -> None:
    desk = Desk(rule())
    simulated = ReadingPublished(1, "air", {"t": 31.0}, simulated=(BusName("i2c-1"),), faulty=(BusName("i2c-1"),))
    (raised,) = desk.book.take(simulated, desk.now)
    assert isinstance(raised, AlarmRaised)
    assert raised.words == "air.t is above 30 (31, simulated, faults on demand)"
