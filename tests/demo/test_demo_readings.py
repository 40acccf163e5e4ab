"""Records of `poll` functions, as this host's readings and as pages of the demo:plugin contract look for them."""

from __future__ import annotations

from typing import Any

import pytest

from hostcore.adjustments.paths import value_at
from hostcore.backends.base import SystemStatus
from hostcore.compat.demo.contract import BME680_POLL, DHT22_POLL, PI_POLL
from hostcore.compat.demo.cpu import CpuMeter
from hostcore.compat.demo.readings import Poll, Polled, gather


def poll_of(function: str, fields: str) -> Poll:
    """A poll whose records, here tuples, have these fields."""

    def plain(answer: Any) -> Any:
        return [plain(each) for each in answer] if isinstance(answer, list) else dict(zip(names, answer, strict=True))

    names = fields.split()
    return Poll(function, plain)


DHT22 = poll_of(DHT22_POLL, "sensor_id temperature humidity timestamp_ms")
BME680 = poll_of(
    BME680_POLL, "sensor_id temperature humidity pressure gas_resistance iaq_score iaq_accuracy timestamp_ms"
)
PI = poll_of(PI_POLL, "cpu_temp cpu_usage memory_used_mb memory_total_mb uptime_seconds timestamp_ms")


def aliases_of(polled: Polled) -> dict[str, dict[str, object]]:
    """The values that pages find under their own keys, if the settings adjust nothing."""
    return {
        alias: {key: value_at(polled.reading, path) for key, path in paths.items()}
        for alias, paths in polled.aliases.items()
    }


def test_each_sensor_has_an_object_under_its_id_and_the_first_one_an_alias() -> None:
    polled = gather([(DHT22, [("in", 21.5, 40.0, 7), ("out", 3.0, 80.0, 7)])])
    assert polled.reading == {
        "in": {"temperature": 21.5, "humidity": 40.0, "timestamp_ms": 7},
        "out": {"temperature": 3.0, "humidity": 80.0, "timestamp_ms": 7},
    }
    assert aliases_of(polled) == {"dht22": {"temp": 21.5, "humidity": 40.0}}


def test_a_bme680_has_the_keys_that_its_pages_know() -> None:
    polled = gather([(BME680, [("air", 21.5, 40.0, 1013.25, 120.5, 42, 3, 7)])])
    assert polled.reading["air"]["gas_resistance"] == 120.5
    assert aliases_of(polled) == {
        "bme680": {"temp": 21.5, "humidity": 40.0, "pressure": 1013.25, "gas": 120.5, "iaq": 42}
    }


def test_the_computer_has_no_id_so_its_fields_stand_alone() -> None:
    polled = gather([(PI, (48.5, 7.25, 900, 3800, 86400, 7))])
    assert polled.reading["cpu_usage"] == 7.25
    assert aliases_of(polled) == {
        "pi": {"cpu_temp": 48.5, "memory_used_mb": 900, "memory_total_mb": 3800, "uptime_seconds": 86400}
    }


def test_a_component_with_several_polls_has_one_reading() -> None:
    polled = gather([(DHT22, [("in", 21.5, 40.0, 7)]), (BME680, []), (PI, (48.5, 7.25, 900, 3800, 86400, 7))])
    assert polled.reading.keys() >= {"in", "cpu_temp"}
    assert polled.aliases.keys() == {"dht22", "pi"}


def test_fewer_and_more_fields_are_no_trouble() -> None:
    other = poll_of(DHT22_POLL, "sensor_id temperature battery_low level history")
    polled = gather([(other, [("in", 21.5, True, None, [1.5, 2.5])])])
    assert polled.reading == {"in": {"temperature": 21.5, "battery_low": True, "level": None, "history": [1.5, 2.5]}}
    assert aliases_of(polled) == {"dht22": {"temp": 21.5}}


def test_records_in_a_list_without_an_id_are_numbered() -> None:
    nameless = poll_of(DHT22_POLL, "temperature")
    assert gather([(nameless, [(1.0,), (2.0,)])]).reading == {
        "dht22_1": {"temperature": 1.0},
        "dht22_2": {"temperature": 2.0},
    }


def test_two_records_of_one_sensor_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"dht22-logic\.poll returned a second record of 'in'"):
        gather([(DHT22, [("in", 1.0, 1.0, 1), ("in", 2.0, 2.0, 2)])])
    with pytest.raises(ValueError, match=r"bme680-logic\.poll returned a second record"):
        gather([(DHT22, [("in", 1.0, 1.0, 1)]), (BME680, [("in", 21.5, 40.0, 1013.25, 120.5, 42, 3, 7)])])


def test_no_record_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^dht22-logic\.poll and bme680-logic\.poll returned no reading$"):
        gather([(DHT22, []), (BME680, [])])


def test_how_busy_the_computer_is_counts_from_the_last_look() -> None:
    meter = CpuMeter()
    looks = [(100.0, 90.0), (110.0, 90.0), (110.0, 90.0), (120.0, 100.0), (121.0, 99.0)]
    percents = [meter.percent(SystemStatus(48.5, 0.3, 1, 2, uptime, idle)) for uptime, idle in looks]
    assert percents == pytest.approx([10.0, 100.0, 100.0, 0.0, 100.0])
