"""What a round holds: aliases, the marks of simulated buses, and errors in the place of readings without room."""

from __future__ import annotations

import json

from hostcore.clock import VirtualClock
from hostcore.events import AdjustedValue, ReadingFailed, ReadingPublished
from hostcore.place import BusName
from hostcore.round_size import MOST_BYTES
from tests.gathering import LONG, Gathering

pytest_plugins = ["tests.gathering_fixture"]


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


def test_a_reading_that_is_older_than_it_should_be_says_for_how_long_until_the_next_one_comes() -> None:
    clock = VirtualClock()
    gathering = Gathering(1.0, clock)
    rounds = gathering.rounds
    rounds.publish("slow", {"x": 1, "stale": "a driver's own"}, fresh_seconds=6.0)
    rounds.publish("unknown", {"x": 2})
    rounds.fail("broken", "no answer")
    rounds._finish(1)
    assert gathering.readings() == {"slow": {"x": 1}, "unknown": {"x": 2}, "broken": {"error": "no answer"}}
    clock.advance(6.5)
    rounds._finish(2)
    assert gathering.readings() == {"slow": {"x": 1, "stale": 6}, "unknown": {"x": 2}, "broken": {"error": "no answer"}}
    rounds.publish("slow", {"x": 3}, fresh_seconds=6.0)
    rounds._finish(3)
    assert gathering.readings()["slow"] == {"x": 3}


def test_the_further_keys_of_an_old_reading_say_that_they_are_old_too() -> None:
    clock = VirtualClock()
    gathering = Gathering(1.0, clock)
    gathering.rounds.publish("slow", {"x": 1}, {"dht22": {"temp": 1}}, fresh_seconds=6.0)
    gathering.rounds._finish(1)
    assert gathering.readings() == {"slow": {"x": 1}, "dht22": {"temp": 1}}
    clock.advance(6.5)
    gathering.rounds._finish(2)
    assert gathering.readings() == {"slow": {"x": 1, "stale": 6}, "dht22": {"temp": 1, "stale": 6}}


def test_what_the_driver_measured_stands_beside_the_values_that_are_adjusted() -> None:
    gathering = Gathering(1.0, VirtualClock())
    adjusted = (AdjustedValue(("air", "temperature"), 21.4), AdjustedValue(("lux",), 3))
    gathering.rounds.publish("room", {"air": {"temperature": 20}, "lux": 4, "adjusted": 1}, adjusted=adjusted)
    gathering.rounds._finish(1)
    assert gathering.readings()["room"] == {
        "air": {"temperature": 20},
        "lux": 4,
        "adjusted": {"air.temperature": 21.4, "lux": 3},
    }
