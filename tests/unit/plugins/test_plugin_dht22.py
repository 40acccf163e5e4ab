"""The driver of the DHT22: decodes pulses, spares the sensor, reports what cannot be decoded."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.backends.simulated.line import SimulatedLine
from hostcore.devices.dht22 import Dht22
from hostcore.devices.environment import Quantity
from hostcore.errors import PluginReportedError
from tests.workbench import FaultyLine, Workbench, cause

few = settings(max_examples=25, deadline=None)


def bench_with_dht22(temperature: float = 21.5, humidity: float = 45.0) -> tuple[Workbench, FaultyLine]:
    bench = Workbench({Quantity.TEMPERATURE: temperature, Quantity.HUMIDITY: humidity})
    sensor = Dht22(bench.clock, bench.environment)
    bench.lines[4] = line = FaultyLine(SimulatedLine(bench.clock, threading.Event(), sensor))
    bench.clock.advance(2.0)
    return bench, line


@few
@given(temperature=st.floats(-40, 80), humidity=st.floats(0, 99.9))
def test_dht22_reads_the_air(temperature: float, humidity: float) -> None:
    reading = bench_with_dht22(temperature, humidity)[0].plugin("dht22").read()
    assert reading["temperature"] == pytest.approx(temperature, abs=0.0501)
    assert reading["humidity"] == pytest.approx(humidity, abs=0.0501)


def test_dht22_reads_temperatures_below_zero() -> None:
    assert bench_with_dht22(temperature=-10.1)[0].plugin("dht22").read()["temperature"] == -10.1


def test_dht22_does_not_trust_the_labels_of_edges() -> None:
    bench, line = bench_with_dht22()
    line.change = lambda edges: [replace(edge, rising=True) for edge in edges]
    assert bench.plugin("dht22").read() == {"temperature": 21.5, "humidity": 45.0}


def test_dht22_reads_with_or_without_the_edges_before_the_first_bit() -> None:
    for dropped in (1, 2):
        bench, line = bench_with_dht22()
        line.change = lambda edges, dropped=dropped: edges[dropped:]  # type: ignore[misc]
        assert bench.plugin("dht22").read() == {"temperature": 21.5, "humidity": 45.0}


def test_dht22_repeats_its_reading_while_the_sensor_must_rest() -> None:
    bench, line = bench_with_dht22()
    plugin = bench.plugin("dht22")
    first = plugin.read()
    bench.clock.advance(1.5)
    assert plugin.read() == first
    assert len(line.captures) == 1
    bench.clock.advance(0.5)
    plugin.read()
    assert len(line.captures) == 2


def test_dht22_waits_out_the_rest_for_a_call_that_comes_a_little_early() -> None:
    bench, line = bench_with_dht22()
    plugin = bench.plugin("dht22")
    started_at = bench.clock.monotonic_ns()
    plugin.read()
    bench.clock.advance(1.9)
    plugin.read()
    assert len(line.captures) == 2
    assert bench.clock.monotonic_ns() - started_at >= 2e9


def test_dht22_lets_the_sensor_rest_after_a_failure_too() -> None:
    bench, line = bench_with_dht22()
    line.change = lambda edges: ()
    plugin = bench.plugin("dht22")
    with pytest.raises(PluginReportedError):
        plugin.read()
    failed_at = bench.clock.monotonic_ns()
    line.change = lambda edges: edges
    assert plugin.read() == {"temperature": 21.5, "humidity": 45.0}
    assert bench.clock.monotonic_ns() - failed_at > 1.9e9


def test_dht22_reports_that_nobody_answers() -> None:
    with pytest.raises(PluginReportedError, match="no answer on GPIO 17: check wiring") as error:
        Workbench().plugin("dht22", line=17).read()
    assert cause(error) == "SensorError"


@few
@given(bit=st.integers(0, 39))
def test_dht22_reports_any_bit_of_the_wrong_length(bit: int) -> None:
    """A bit that is read as its opposite: all later edges move by the 44 µs between a 0 and a 1."""
    bench, line = bench_with_dht22()
    start, end = 2 + 2 * bit, 4 + 2 * bit

    def flip(edges: Any) -> Any:
        is_one = edges[end].time_ns - edges[start].time_ns > 98_000
        shift = -44_000 if is_one else 44_000
        return [*edges[:end], *(replace(edge, time_ns=edge.time_ns + shift) for edge in edges[end:])]

    line.change = flip
    with pytest.raises(PluginReportedError, match="checksum of "):
        bench.plugin("dht22").read()


@few
@given(lost=st.integers(2, 82), count=st.integers(1, 3))
def test_dht22_reports_lost_edges(lost: int, count: int) -> None:
    bench, line = bench_with_dht22()
    line.change = lambda edges: [*edges[:lost], *edges[lost + count :]]
    with pytest.raises(PluginReportedError, match=r"damaged answer|checksum of "):
        bench.plugin("dht22").read()
