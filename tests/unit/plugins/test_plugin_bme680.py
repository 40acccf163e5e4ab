"""The driver of the BME680: right readings, right timing, every way to fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import bme680
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.devices.bme680 import Bme680
from hostcore.devices.environment import Quantity, Signal, Step
from hostcore.errors import PluginReportedError
from hostcore.kept_state.state import KeptState
from tests.plain_python import PlainPlugin
from tests.wires import SimulatedSmbus
from tests.workbench import Workbench, bench_with, cause, plug_in, tamper

few = settings(max_examples=25, deadline=None)

AIR: dict[Quantity, st.SearchStrategy[float]] = {
    Quantity.TEMPERATURE: st.floats(-40, 85),
    Quantity.HUMIDITY: st.floats(0, 100),
    Quantity.PRESSURE: st.floats(300, 1100),
    Quantity.GAS_RESISTANCE: st.floats(2_000, 10e6),
}
GAS_STEP = 0.0015  # the gas code has 10 bits


@few
@given(air=st.fixed_dictionaries(AIR))
def test_bme680_reads_the_air(air: dict[Quantity, float | Signal]) -> None:
    plugin = bench_with(Bme680, 0x77, air).plugin("bme680")
    plugin.read()  # the first one doesn't know yet how warm the plate is when it is cold
    reading = plugin.read()
    assert reading["temperature"] == pytest.approx(air[Quantity.TEMPERATURE], abs=0.01)
    assert reading["humidity"] == pytest.approx(air[Quantity.HUMIDITY], abs=0.02)
    assert reading["pressure"] == pytest.approx(air[Quantity.PRESSURE], abs=0.02)
    assert reading["gas_resistance"] == pytest.approx(air[Quantity.GAS_RESISTANCE], rel=GAS_STEP)


@contextmanager
def library_on(bench: Workbench) -> Iterator[bme680.BME680]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bme680, "time", SimpleNamespace(sleep=bench.clock.advance))
        library = bme680.BME680(0x77, SimulatedSmbus(bench.i2c))
        library.set_gas_heater_profile(320, 150)
        yield library


@few
@given(air=st.fixed_dictionaries(AIR))
def test_bme680_reads_the_same_as_the_published_library(air: dict[Quantity, float | Signal]) -> None:
    bench = bench_with(Bme680, 0x77, air)
    with library_on(bench) as library:
        for _ in range(2):  # it returns the measurement before
            library.get_sensor_data()
            bench.clock.advance(1.0)
    reading = bench.plugin("bme680").read()

    # The library rounds as Bosch's integer arithmetic does.
    assert reading["temperature"] == pytest.approx(library.data.temperature, abs=0.02)
    assert reading["humidity"] == pytest.approx(library.data.humidity, abs=0.1)
    assert reading["pressure"] == pytest.approx(library.data.pressure, abs=0.15)
    assert reading["gas_resistance"] == pytest.approx(library.data.gas_resistance, rel=0.02)


@pytest.mark.parametrize("code", [0, pytest.param(512, marks=pytest.mark.thorough), 1023])
@pytest.mark.parametrize("gas_range", range(16))
def test_bme680_converts_gas_codes_of_each_range_as_the_published_library_does(gas_range: int, code: int) -> None:
    bench = bench_with(Bme680, 0x77)
    with library_on(bench) as library:
        expected = library._calc_gas_resistance_low(code, gas_range)
    gas = (code << 6 | 0x30 | gas_range).to_bytes(2, "big")
    tamper(bench, 0x77, lambda data: data[:13] + gas if len(data) == 15 else data)
    assert bench.plugin("bme680").read()["gas_resistance"] == pytest.approx(expected, rel=1e-4, abs=1)


def test_bme680_smooths_temperature_and_pressure() -> None:
    """The filter takes one part new, three parts old."""
    signals: dict[Quantity, float | Signal] = {Quantity.TEMPERATURE: Signal(20, steps=(Step(60, 24),))}
    bench = bench_with(Bme680, 0x77, signals)
    plugin = bench.plugin("bme680")
    plugin.read()
    bench.clock.advance(60)
    assert plugin.read()["temperature"] == pytest.approx(21, abs=0.02)


def test_bme680_sleeps_while_the_sensor_measures_and_no_longer() -> None:
    bench = bench_with(Bme680, 0x77)
    plugin = bench.plugin("bme680")
    plugin.read()
    before = bench.clock.monotonic_ns()
    plugin.read()
    assert 0.180 < (bench.clock.monotonic_ns() - before) / 1e9 < 0.182


def test_bme680_configures_a_sensor_that_lost_its_power_unnoticed() -> None:
    bench = bench_with(Bme680, 0x77)
    plugin = bench.plugin("bme680")
    before = plugin.read()
    plug_in(bench, Bme680, 0x77)
    bench.clock.advance(1.0)
    assert plugin.read() == before


@pytest.mark.parametrize(("chip_id", "variant"), [(0x58, 0), (0x61, 1)])
def test_bme680_refuses_another_chip(chip_id: int, variant: int) -> None:
    bench = bench_with(Bme680, 0x77)
    answers = iter([bytes([chip_id]), bytes([variant])])
    tamper(bench, 0x77, lambda _: next(answers))
    with pytest.raises(PluginReportedError, match=f"not a BME680: chip id {chip_id:#04x}, variant {variant:#04x}"):
        bench.plugin("bme680").read()


@pytest.mark.parametrize("status", [0x00, 0x10, 0x20])
def test_bme680_leaves_out_gas_that_is_not_valid_or_was_not_hot_enough(status: int) -> None:
    bench = bench_with(Bme680, 0x77)
    tamper(bench, 0x77, lambda data: data[:14] + bytes([data[14] & 0x0F | status]) if len(data) == 15 else data)
    assert bench.plugin("bme680").read().keys() == {"temperature", "humidity", "pressure"}


@pytest.mark.parametrize("status", [0x00, 0x20, 0xA0])
def test_bme680_gives_up_on_a_measurement_that_does_not_end(status: int) -> None:
    bench = bench_with(Bme680, 0x77)
    tamper(bench, 0x77, lambda data: bytes([status]) + data[1:] if len(data) == 15 else data)
    with pytest.raises(PluginReportedError, match=r"no results after 0\.28 s") as error:
        bench.plugin("bme680").read()
    assert cause(error) == "SensorError"


def air_quality_over_time(**signals: Signal) -> tuple[Workbench, Callable[[], dict[str, Any]]]:
    air = {Quantity.HUMIDITY: Signal(40.0), **{Quantity(name): signal for name, signal in signals.items()}}
    bench = bench_with(Bme680, 0x77, {**air})
    plugin = bench.plugin("bme680")
    return bench, lambda: plugin.read()["air_quality"]


def test_air_quality_is_best_in_clean_air_of_comfortable_humidity_and_tells_how_it_is_made() -> None:
    _, air_quality = air_quality_over_time()
    quality = air_quality()
    assert quality["index"] == pytest.approx(100, abs=0.1)
    assert "not Bosch" in quality["method"]


def settle(air_quality: Callable[[], dict[str, Any]]) -> None:
    """Let the baseline of clean air follow, which needs three measurements."""
    for _ in range(3):
        air_quality()


@pytest.mark.parametrize(("quantity", "first"), [("pressure", 2), ("temperature", 5)])
def test_bme680_does_not_publish_what_it_cannot_measure(quantity: str, first: int) -> None:
    bench = bench_with(Bme680, 0x77)
    tamper(bench, 0x77, lambda data: data[:first] + bytes(3) + data[first + 3 :] if len(data) == 15 else data)
    with pytest.raises(PluginReportedError, match=f"{quantity} .* is beyond the range of a BME680"):
        bench.plugin("bme680").read()


def test_air_quality_forgets_one_resistance_that_arrived_wrong() -> None:
    bench, air_quality = air_quality_over_time()
    chip = bench.i2c[0x77]
    tamper(bench, 0x77, lambda data: data[:14] + bytes([data[14] & 0xF0]) if len(data) == 15 else data)
    air_quality()
    bench.i2c[0x77] = chip
    settle(air_quality)
    assert air_quality()["index"] == pytest.approx(100, abs=0.2)


def test_bme680_refuses_a_calibration_that_reads_differently_the_second_time() -> None:
    bench = bench_with(Bme680, 0x77)
    seen: list[bytes] = []

    def spoil_the_second(data: bytes) -> bytes:
        if len(data) == 23:
            seen.append(data)
        return bytes([data[0] ^ 1]) + data[1:] if len(data) == 23 and len(seen) == 2 else data

    tamper(bench, 0x77, spoil_the_second)
    plugin = bench.plugin("bme680")
    with pytest.raises(PluginReportedError, match="the calibration reads differently the second time"):
        plugin.read()
    assert plugin.read()["temperature"] == pytest.approx(21.5, abs=5)


def test_air_quality_falls_with_the_gas_resistance() -> None:
    bench, air_quality = air_quality_over_time(gas_resistance=Signal(200_000, steps=(Step(60, 100_000),)))
    settle(air_quality)
    bench.clock.advance(60)
    assert air_quality()["index"] == pytest.approx(25 + 75 / 2, abs=1)


def test_air_quality_falls_with_the_humidity_on_either_side() -> None:
    for humidity, expected in ((0.0, 75), (20.0, 87.5), (70.0, 87.5), (100.0, 75)):
        _, air_quality = air_quality_over_time(humidity=Signal(humidity))
        assert air_quality()["index"] == pytest.approx(expected, abs=0.2)


def test_air_quality_takes_cleaner_air_as_its_new_baseline_within_minutes() -> None:
    steps = (Step(10, 200_000), Step(600, 100_000))
    bench, air_quality = air_quality_over_time(gas_resistance=Signal(100_000, steps=steps))
    for _ in range(59):
        air_quality()
        bench.clock.advance(10)
    bench.clock.advance(10)
    assert air_quality()["index"] == pytest.approx(25 + 75 / 2, abs=1)


def minutes(bench: Workbench, plugin: PlainPlugin, count: int) -> None:
    """Read once a minute."""
    for _ in range(count):
        plugin.read()
        bench.clock.advance(60)


def test_air_quality_continues_with_the_baseline_of_the_same_chip() -> None:
    """The air is worse than it was when the baseline was found. A new baseline would call it clean."""
    steps = (Step(3600, 100_000),)
    bench, state = bench_with(Bme680, 0x77, {Quantity.GAS_RESISTANCE: Signal(200_000, steps=steps)}), KeptState()
    minutes(bench, bench.plugin("bme680", state), 15)
    bench.clock.advance(3600)
    assert bench.plugin("bme680", state).read()["air_quality"]["index"] < 65
    assert bench.plugin("bme680").read()["air_quality"]["index"] > 95


def test_the_baseline_is_kept_every_ten_minutes() -> None:
    worse = Signal(200_000, steps=tuple(Step(60 * minute, 200_000 - 1000 * minute) for minute in range(60)))
    bench, state = bench_with(Bme680, 0x77, {Quantity.GAS_RESISTANCE: worse}), KeptState()
    plugin = bench.plugin("bme680", state)
    minutes(bench, plugin, 10)
    assert state.unwritten()[1] == 0
    minutes(bench, plugin, 25)
    assert state.unwritten()[1] == 3


@pytest.mark.parametrize(
    "kept", ["null", "17", "{}", '{"chip": [1, 2], "baseline": 10}', '{"chip": "?", "baseline": "?"}']
)
def test_a_baseline_of_another_chip_or_form_is_not_used(kept: str) -> None:
    bench, state = bench_with(Bme680, 0x77), KeptState()
    state.save(kept)
    assert bench.plugin("bme680", state).read() == bench.plugin("bme680").read()


@pytest.mark.parametrize("baseline", ["0", "-5", '"much"', "null"])
def test_a_baseline_that_cannot_be_one_is_not_used(baseline: str) -> None:
    bench, state = bench_with(Bme680, 0x77), KeptState()
    plugin = bench.plugin("bme680", state)
    minutes(bench, plugin, 12)
    kept = json.loads(state.load() or "{}")
    state.save(json.dumps({**kept, "baseline": json.loads(baseline)}))
    assert bench.plugin("bme680", state).read()["air_quality"]["index"] > 95
