"""A round is closed when every driver had its turn, or when its time is up: nobody slow delays the others."""

from __future__ import annotations

import json
import queue
import re
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S, Clock, RealClock, VirtualClock, timestamp
from hostcore.events import LogWritten, ReadingFailed, ReadingPublished, RoundCompleted
from hostcore.events.stream import EventStream
from hostcore.place import BusName
from hostcore.round_size import MOST_BYTES
from hostcore.rounds import Rounds

LONG = 3600.0
"""An interval that no test waits for."""
SHORT = 0.02


class Gathering:
    """Rounds under way.

    Attributes:
        rounds: gathers.
        stream: where it publishes.
    """

    def __init__(self, interval: float, clock: Clock | None = None) -> None:
        clock = clock or RealClock()
        self.stream = EventStream(clock)
        self.events = self.stream.subscribe()
        self._finished: queue.Queue[RoundCompleted] = queue.Queue()
        self.rounds = Rounds(interval, clock, self.stream, self._finished.put)

    def next(self, timeout: float = 10) -> RoundCompleted:
        """The next finished round; `queue.Empty` when it does not come in time."""
        return self._finished.get(timeout=timeout)

    def readings(self) -> dict[str, object]:
        """What the next round holds, but for the time."""
        readings: dict[str, object] = json.loads(self.next().text)
        assert readings.pop("timestamp")
        return readings

    def warnings(self) -> list[tuple[str, str]]:
        """The plugin and the text of each log line since the last time."""
        events = [item.event for item in self.events.take(0)]
        return [(each.plugin, each.text) for each in events if isinstance(each, LogWritten)]

    def none_finished(self) -> bool:
        return self._finished.empty()


@pytest.fixture
def patient() -> Iterator[Gathering]:
    gathering = Gathering(LONG)
    yield gathering
    gathering.rounds.stop()


@pytest.fixture
def hasty() -> Iterator[Gathering]:
    gathering = Gathering(SHORT)
    yield gathering
    gathering.rounds.stop()


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
    began = time.monotonic()
    gathering.rounds.stop()
    assert time.monotonic() - began < 1
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


def test_aliases_stand_beside_the_readings_and_give_way_to_a_plugins_own_fields(patient: Gathering) -> None:
    for name in ("old", "dht22"):
        patient.rounds.join(name)
    patient.rounds.start()
    patient.rounds.publish("old", {"in": {"temperature": 21}}, {"dht22": {"temp": 21, "humidity": 40}, "pi": {"x": 1}})
    patient.rounds.publish("dht22", {"humidity": 39})
    assert patient.readings() == {
        "old": {"in": {"temperature": 21}},
        "dht22": {"temp": 21, "humidity": 39},
        "pi": {"x": 1},
    }


def test_of_two_plugins_with_an_alias_the_first_by_name_has_it(patient: Gathering) -> None:
    for name in ("b", "a"):
        patient.rounds.join(name)
    patient.rounds.start()
    for name in ("b", "a"):
        patient.rounds.publish(name, {}, {"pi": {"from": name}})
    assert patient.readings()["pi"] == {"from": "a"}


def test_aliases_go_when_their_plugin_fails_or_leaves(hasty: Gathering) -> None:
    hasty.rounds.join("old")
    hasty.rounds.start()
    hasty.rounds.publish("old", {}, {"pi": {}})
    assert hasty.readings() == {"old": {}, "pi": {}}
    hasty.rounds.fail("old", "no answer")
    while hasty.readings() != {"old": {"error": "no answer"}}:
        pass
    hasty.rounds.publish("old", {}, {"pi": {}})
    hasty.rounds.leave("old")
    while hasty.readings():
        pass


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


def test_a_reading_without_room_is_missing_in_the_round_and_small_ones_stay(patient: Gathering) -> None:
    for name in ("camera", "light"):
        patient.rounds.join(name)
    patient.rounds.start()
    patient.rounds.publish("camera", {"picture": "x" * MOST_BYTES})
    patient.rounds.publish("light", {"lux": 3})
    finished = patient.next()
    (missing,) = finished.left_out
    assert (missing.plugin, missing.bytes > MOST_BYTES) == ("camera", True)
    assert (finished.readings["light"], finished.readings["camera"]) == ({"lux": 3}, {"error": missing.problem})
    assert json.loads(finished.text) == finished.readings
    assert len(finished.text) <= MOST_BYTES


def test_the_error_in_the_place_of_a_reading_has_its_mark(patient: Gathering) -> None:
    patient.rounds.join("camera")
    patient.rounds.start()
    patient.rounds.publish("camera", {"x": "x" * MOST_BYTES}, simulated=(BusName("i2c-1"),))
    reading = patient.next().readings["camera"]
    assert [*reading] == ["error", "simulated"]
    assert reading["simulated"] == ["i2c-1"]


def test_the_log_blames_the_driver_once_and_again_after_its_next_start() -> None:
    gathering = Gathering(LONG, VirtualClock())
    gathering.rounds.join("camera")
    gathering.rounds.start()

    def read() -> list[tuple[str, str]]:
        gathering.rounds.publish("camera", {"picture": "x" * MOST_BYTES})
        assert gathering.next().left_out
        return gathering.warnings()

    ((plugin, text),) = read()
    assert (plugin, f"{MOST_BYTES:,} bytes" in text) == ("camera", True)
    assert [*read(), *read()] == []
    gathering.rounds.join("camera")
    assert len(read()) == 1
    gathering.rounds.stop()


def test_readings_that_depend_on_simulated_buses_are_marked_and_so_are_errors_and_aliases(patient: Gathering) -> None:
    buses = (BusName("gpio"), BusName("i2c-1"))
    for name in ("air", "dht22", "light", "real"):
        patient.rounds.join(name)
    patient.rounds.start()
    patient.rounds.publish("air", {"x": 1}, {"pi": {"y": 2}, "dht22": {"temp": 3}}, simulated=buses)
    patient.rounds.publish("dht22", {"humidity": 39}, simulated=(BusName("i2c-3"),))
    patient.rounds.fail("light", "no device acknowledged", buses)
    patient.rounds.publish("real", {"x": 1})
    assert patient.readings() == {
        "air": {"x": 1, "simulated": ["gpio", "i2c-1"]},
        "dht22": {"temp": 3, "humidity": 39, "simulated": ["gpio", "i2c-1", "i2c-3"]},
        "light": {"error": "no device acknowledged", "simulated": ["gpio", "i2c-1"]},
        "pi": {"y": 2, "simulated": ["gpio", "i2c-1"]},
        "real": {"x": 1},
    }
    first, _, third, *_ = (item.event for item in patient.events.take(10))
    assert isinstance(first, ReadingPublished)
    assert isinstance(third, ReadingFailed)
    assert first.simulated == third.simulated == buses


def test_a_driver_cannot_set_the_mark_itself(patient: Gathering) -> None:
    for name in ("a", "b"):
        patient.rounds.join(name)
    patient.rounds.start()
    patient.rounds.publish("a", {"x": 1, "simulated": []}, simulated=(BusName("i2c-1"),))
    patient.rounds.publish("b", {"x": 1, "simulated": ["i2c-1"]})
    assert patient.readings() == {"a": {"x": 1, "simulated": ["i2c-1"]}, "b": {"x": 1}}


def test_it_beats_while_it_waits_for_a_driver_and_between_two_rounds() -> None:
    beats: queue.Queue[None] = queue.Queue()
    gathering = Gathering(LONG)
    gathering.rounds.beat_with(lambda: beats.put(None), SHORT)
    gathering.rounds.join("hangs")
    gathering.rounds.start()
    for _ in range(3):
        beats.get(timeout=10)
    gathering.rounds.publish("hangs", {"x": 1})
    gathering.next()
    for _ in range(3):
        beats.get(timeout=10)
    gathering.rounds.stop()


def test_it_beats_no_longer_when_its_thread_is_stuck() -> None:
    began, stuck = threading.Event(), threading.Event()
    beats: queue.Queue[None] = queue.Queue()

    def hang(_: RoundCompleted) -> None:
        began.set()
        stuck.wait()

    stream = EventStream(RealClock())
    rounds = Rounds(LONG, stream.clock, stream, hang)
    rounds.beat_with(lambda: beats.put(None), SHORT)
    rounds.start()
    assert began.wait(10)
    beats.queue.clear()
    with pytest.raises(queue.Empty):
        beats.get(timeout=10 * SHORT)
    stuck.set()
    beats.get(timeout=10)
    rounds.stop()


def test_a_beat_may_need_a_lock_that_a_joining_driver_holds() -> None:
    gathering, held = Gathering(LONG), threading.Lock()
    beats: queue.Queue[None] = queue.Queue()

    def beat() -> None:
        with held:
            beats.put(None)

    gathering.rounds.beat_with(beat, SHORT)
    gathering.rounds.join("first")
    with held:
        gathering.rounds.start()
        gathering.rounds.join("second")
    beats.get(timeout=10)
    gathering.rounds.stop()
