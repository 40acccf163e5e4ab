"""A round is closed when every driver had its turn, or when its time is up: nobody slow delays the others."""

from __future__ import annotations

import json
import queue
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S, VirtualClock, timestamp
from hostcore.events import ReadingFailed, ReadingPublished, RoundCompleted
from tests.gathering import LONG, SHORT, Gathering
from tests.waiting import soon

pytest_plugins = ["tests.gathering_fixture"]


def test_a_round_is_closed_as_soon_as_every_driver_has_read(patient: Gathering) -> None:
    for name in ("b", "a"):
        patient.rounds.join(name)
    patient.rounds.start()
    patient.rounds.publish("b", {"x": 1})
    assert patient.none_finished()
    patient.rounds.publish("a", {"y": "µ"})
    finished = patient.next()
    assert finished.number == 1
    readings = json.loads(finished.text)
    assert [*readings] == ["timestamp", "a", "b"]
    assert (readings["a"], readings["b"]) == ({"y": "µ"}, {"x": 1})


def test_what_front_ends_get_is_what_displays_get(patient: Gathering) -> None:
    patient.rounds.join("a")
    patient.rounds.start()
    patient.rounds.publish("a", {"x": 1})
    text = patient.next().text
    published, completed = (item.event for item in patient.events.take(10))
    assert isinstance(published, ReadingPublished)
    assert (published.plugin, published.reading) == ("a", {"x": 1})
    assert isinstance(completed, RoundCompleted)
    assert (completed.number, completed.readings) == (1, json.loads(text))


def test_a_failure_is_a_turn_too(patient: Gathering) -> None:
    patient.rounds.join("a")
    patient.rounds.start()
    patient.rounds.fail("a", "no device acknowledged")
    assert patient.readings() == {"a": {"error": "no device acknowledged"}}
    failed = patient.events.take(10)[0].event
    assert isinstance(failed, ReadingFailed)
    assert (failed.plugin, failed.error) == ("a", "no device acknowledged")


def test_a_slow_driver_delays_nobody(hasty: Gathering) -> None:
    for name in ("fast", "slow"):
        hasty.rounds.join(name)
    hasty.rounds.start()
    hasty.rounds.publish("fast", {"x": 1})
    assert hasty.readings() == {"fast": {"x": 1}}
    hasty.rounds.publish("slow", {"x": 2})
    while hasty.readings() != {"fast": {"x": 1}, "slow": {"x": 2}}:
        pass


def test_a_driver_that_missed_a_round_is_not_waited_for_until_it_has_read_again(patient: Gathering) -> None:
    rounds = patient.rounds
    for name in ("fast", "rare"):
        rounds.join(name)
        rounds.publish(name, {"x": 1})
    rounds._finish(1)  # both had their turn
    rounds.publish("fast", {"x": 2})
    rounds._finish(2)  # the interval is over
    assert [patient.next().number, patient.next().number] == [1, 2]
    rounds.start()
    assert patient.none_finished()
    rounds.publish("fast", {"x": 3})
    assert patient.readings() == {"fast": {"x": 3}, "rare": {"x": 1}}


def test_building_and_compiling_belong_to_no_round(hasty: Gathering) -> None:
    hasty.rounds.join("still building")
    hasty.rounds.start()
    with pytest.raises(queue.Empty):
        hasty.next(timeout=3 * SHORT)
    hasty.rounds.publish("still building", {})
    assert hasty.next().number == 1


def test_rounds_are_numbered_and_come_at_their_interval(hasty: Gathering) -> None:
    hasty.rounds.join("a")
    hasty.rounds.start()
    began = time.monotonic()
    hasty.rounds.publish("a", {})
    assert [hasty.next().number for _ in range(5)] == [1, 2, 3, 4, 5]
    assert 3 * SHORT < time.monotonic() - began < 5


def test_a_driver_that_leaves_is_not_waited_for_and_its_reading_is_gone(patient: Gathering) -> None:
    for name in ("a", "b", "display"):
        patient.rounds.join(name)
    patient.rounds.start()
    patient.rounds.publish("a", {"x": 1})
    patient.rounds.publish("b", {"x": 2})
    patient.rounds.leave("a")
    patient.rounds.leave("display")
    assert patient.readings() == {"b": {"x": 2}}


def test_a_driver_that_pauses_is_not_waited_for_but_its_last_words_stay(patient: Gathering) -> None:
    for name in ("a", "b"):
        patient.rounds.join(name)
    patient.rounds.start()
    patient.rounds.fail("a", "crashed")
    patient.rounds.publish("b", {"x": 1})
    assert patient.readings() == {"a": {"error": "crashed"}, "b": {"x": 1}}
    patient.rounds.pause("a")
    patient.rounds.stop()


def test_each_round_waits_for_every_driver() -> None:
    gathering = Gathering(LONG, VirtualClock())  # on which the interval passes at once, and no deadline ever does
    gathering.rounds.join("a")
    gathering.rounds.start()
    for count in range(3):
        gathering.rounds.publish("a", {"x": count})
        assert gathering.readings() == {"a": {"x": count}}
    gathering.rounds.stop()


@pytest.mark.parametrize("with_reading", [True, False])
def test_stopping_ends_at_once_with_and_without_a_reading(with_reading: bool) -> None:
    gathering = Gathering(LONG)
    for name in ("a", "never"):
        gathering.rounds.join(name)
    gathering.rounds.start()
    if with_reading:
        gathering.rounds.publish("a", {})
    with soon():
        gathering.rounds.stop()
    assert gathering.none_finished(), "an unfinished round is not finished in a hurry"


def test_stopping_what_never_began_is_fine() -> None:
    Gathering(LONG).rounds.stop()


def test_a_timestamp_is_utc_in_milliseconds() -> None:
    assert timestamp(1_704_110_400 * NS_PER_S + 123_999_999) == "2024-01-01T12:00:00.123Z"


@given(st.integers(0, 4_000_000_000 * NS_PER_S))
def test_timestamps_have_one_length_and_the_order_of_time(wall_ns: int) -> None:
    text = timestamp(wall_ns)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert text <= timestamp(wall_ns + 1_000_000)


# Rounds without drivers


def test_rounds_begin_when_it_is_known_that_no_plugin_is_a_driver(patient: Gathering) -> None:
    for name in ("oled", "page"):
        patient.rounds.join(name)  # each may be a driver until it is loaded
    patient.rounds.start()
    patient.rounds.leave("oled")
    assert patient.none_finished()
    patient.rounds.leave("page")
    assert patient.readings() == {}


def test_rounds_without_drivers_go_on(hasty: Gathering) -> None:
    hasty.rounds.start()
    assert [hasty.next().number for _ in range(3)] == [1, 2, 3]


def test_a_driver_that_stops_before_its_first_reading_does_not_hold_the_rounds_up(patient: Gathering) -> None:
    patient.rounds.join("driver")
    patient.rounds.start()
    patient.rounds.leave("driver")
    assert patient.readings() == {}


def test_rounds_of_crashed_drivers_alone_tell_why(patient: Gathering) -> None:
    patient.rounds.join("driver")
    patient.rounds.start()
    patient.rounds.fail("driver", "it died")
    patient.rounds.pause("driver")
    assert patient.readings() == {"driver": {"error": "it died"}}


# Rounds that are too large
