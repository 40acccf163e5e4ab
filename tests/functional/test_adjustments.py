"""Adjustments of a running host: everybody gets the adjusted value, the raw one is beside, and changes hold at once."""

from __future__ import annotations

import pytest

from hostcore.events import (
    AdjustedValue,
    PluginReloaded,
    ReadingPublished,
    RoundCompleted,
    StateChanged,
    ValuesDescribed,
)
from tests.supervised import SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

SENSOR = """
import host
host.describe("temperature", unit="°C", device_class="temperature", decimals=1)
def read():
    return {"temperature": 21.4, "door": "open"}
"""


def settings(**adjust: object) -> dict[str, dict[str, object]]:
    return {"plugins.sensor.adjust.temperature": adjust}


@pytest.fixture
def sensor(supervised: SupervisedHost) -> SupervisedHost:
    """A host whose sensor is not adjusted yet."""
    supervised.write("sensor", SENSOR)
    supervised.start()
    supervised.reading("sensor", lambda reading: reading["temperature"] == 21.4)
    return supervised


def test_a_change_of_host_toml_holds_at_once_and_loads_no_plugin_again(sensor: SupervisedHost) -> None:
    sensor.configure(settings(decimals=2, unit="K", rename="air"))
    described = sensor.wait_for(ValuesDescribed, "sensor", lambda event: event.values[0].key == "air")
    assert described.values[0].quantity.unit == "K"
    assert described.values[0].quantity.is_set
    assert sensor.reading("sensor", lambda reading: "air" in reading) == {"air": 21.4, "door": "open"}
    loads = len(sensor.of(StateChanged, "sensor"))
    sensor.configure()
    assert sensor.reading("sensor", lambda reading: "temperature" in reading)["temperature"] == 21.4
    assert not sensor.of(PluginReloaded, "sensor")
    assert len(sensor.of(StateChanged, "sensor")) == loads


def test_rounds_have_the_adjusted_value_and_events_the_raw_one_beside(supervised: SupervisedHost) -> None:
    supervised.write("sensor", SENSOR)
    supervised.configure()
    with supervised.config.open("a", encoding="utf-8") as file:
        file.write("[plugins.sensor.adjust.temperature]\nfilters = [{ offset = -1.5 }]\n")
    supervised.start()
    event = supervised.wait_for(ReadingPublished, "sensor")
    assert event.reading == {"temperature": 19.9, "door": "open"}
    assert event.adjusted == (AdjustedValue(("temperature",), 21.4),)
    finished = supervised.wait_for(RoundCompleted, where=lambda event: "sensor" in event.readings)
    assert finished.readings["sensor"]["temperature"] == 19.9


def test_a_key_that_the_driver_does_not_have_is_told_once(supervised: SupervisedHost) -> None:
    supervised.write("sensor", SENSOR)
    supervised.configure({"plugins.sensor.adjust.temprature": {"rename": "air"}})
    supervised.start()
    line = supervised.line("sensor", "host.toml adjusts temprature")
    assert "it publishes: temperature, door" in line.text
