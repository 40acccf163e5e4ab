"""When the simulated BME680 measures: in forced mode, for as long as the data sheet says, and what it skips."""

from __future__ import annotations

import pytest

from hostcore.devices.bme680_compensation import Calibration
from tests.bme680_bench import (
    CTRL_GAS_1,
    CTRL_HUM,
    CTRL_MEAS,
    FORCED_16X,
    GAS_MEASURING,
    GAS_WAIT,
    MEASURING,
    NEW_DATA,
    WAIT_100_MS,
    WARMING_ROOM,
    Bench,
    Codes,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestForcedMode:
    # Bosch's API: 1 ms to wake up, 1.963 ms a conversion, 477 µs times 4 for switching, times 5 for the gas slot.
    @pytest.mark.parametrize(
        ("osrs_h", "ctrl_meas", "conversions"),
        [
            (0, 0b000_000_01, 0),
            (1, 0b001_001_01, 1 + 1 + 1),
            (2, 0b100_011_01, 2 + 8 + 4),
            (5, 0b101_101_01, 16 + 16 + 16),
            (7, 0b111_110_01, 16 + 16 + 16),
        ],
    )
    def test_it_takes_as_long_as_the_oversampling_asks_for(
        self, bench: Bench, osrs_h: int, ctrl_meas: int, conversions: int
    ) -> None:
        expected = 0.001 + conversions * 0.001963 + 9 * 0.000477
        bench.write(CTRL_HUM, osrs_h, CTRL_MEAS, ctrl_meas)
        bench.clock.advance(expected - 1e-6)
        assert bench.status() == MEASURING
        bench.clock.advance(1e-6)
        assert bench.status() == NEW_DATA

    @pytest.mark.parametrize(
        ("gas_wait", "milliseconds"),
        [(0x00, 0), (0x3F, 63), (0x40 | 25, 100), (0x80 | 25, 400), (0xC0 | 25, 1600), (0xFF, 4032)],
    )
    def test_the_heating_time_is_added_with_its_multiplication_factor(
        self, bench: Bench, gas_wait: int, milliseconds: int
    ) -> None:
        bench.write(GAS_WAIT, gas_wait, CTRL_GAS_1, 0x10, CTRL_MEAS, 0x01)
        bench.clock.advance(0.001 + 9 * 0.000477 + milliseconds / 1000 - 1e-6)
        assert bench.status() == MEASURING | GAS_MEASURING
        bench.clock.advance(1e-6)
        assert bench.status() == NEW_DATA

    def test_gas_is_measured_after_temperature_pressure_and_humidity(self, bench: Bench) -> None:
        bench.write(GAS_WAIT, WAIT_100_MS, CTRL_GAS_1, 0x10, CTRL_HUM, 1, CTRL_MEAS, 0b001_001_01)
        before_gas = 0.001 + 3 * 0.001963 + 4 * 0.000477
        bench.clock.advance(before_gas - 1e-6)
        assert bench.status() == MEASURING
        bench.clock.advance(1e-6)
        assert bench.status() == MEASURING | GAS_MEASURING

    def test_it_returns_to_sleep_and_keeps_the_oversampling(self, bench: Bench) -> None:
        bench.write(CTRL_MEAS, FORCED_16X)
        assert bench.read(CTRL_MEAS)[0] == FORCED_16X
        bench.clock.advance(1.0)
        assert bench.read(CTRL_MEAS)[0] == FORCED_16X & 0b1111_1100

    def test_until_it_ends_the_data_registers_hold_the_old_values(self) -> None:
        bench = Bench(WARMING_ROOM)
        cold = bench.measure()
        bench.clock.advance(100.0)
        bench.write(CTRL_MEAS, FORCED_16X)
        bench.clock.advance(0.05)
        assert bench.codes() == cold
        assert bench.status() == NEW_DATA | MEASURING
        bench.clock.advance(0.05)
        assert bench.codes().temperature > cold.temperature

    def test_the_air_is_sensed_when_the_measurement_starts(self) -> None:
        bench = Bench(WARMING_ROOM)
        bench.write(CTRL_MEAS, FORCED_16X)
        bench.clock.advance(200.0)
        assert Calibration().temperature(bench.codes().temperature) == pytest.approx(22.0, abs=0.001)

    def test_the_index_of_the_set_point_comes_with_the_data(self, bench: Bench) -> None:
        bench.write(CTRL_GAS_1, 0x17)
        bench.measure()
        assert bench.status() == NEW_DATA | 7

    @pytest.mark.parametrize("mode", [0b00, 0b10, 0b11])
    def test_no_other_mode_measures(self, bench: Bench, mode: int) -> None:
        bench.write(CTRL_MEAS, 0b001_001_00 | mode)
        assert bench.read(CTRL_MEAS)[0] == 0b001_001_00
        bench.clock.advance(1.0)
        assert bench.status() == 0


class TestWritingWhileMeasuring:
    def test_a_mode_change_waits_for_the_end_of_the_measurement(self, bench: Bench) -> None:
        duration = 0.001 + 9 * 0.000477
        bench.write(CTRL_MEAS, 0x01)
        bench.write(CTRL_MEAS, 0x01)
        bench.clock.advance(duration)
        assert bench.status() == NEW_DATA | MEASURING
        bench.clock.advance(duration)
        assert bench.status() == NEW_DATA

    def test_other_writes_are_ignored_until_the_mode_change_took_effect(self, bench: Bench) -> None:
        bench.write(CTRL_MEAS, 0x01)
        bench.write(CTRL_MEAS, 0x20, CTRL_MEAS, 0x40, CTRL_HUM, 0x05)
        bench.clock.advance(1.0)
        assert bench.read(CTRL_MEAS) == b"\x20"
        assert bench.read(CTRL_HUM) == b"\x00"
        bench.write(CTRL_HUM, 0x05)
        assert bench.read(CTRL_HUM) == b"\x05"

    def test_new_settings_do_not_change_the_measurement_under_way(self, bench: Bench) -> None:
        bench.write(CTRL_MEAS, 0x01)
        bench.write(CTRL_HUM, 0x05, GAS_WAIT, 0xFF, CTRL_GAS_1, 0x10)
        bench.clock.advance(0.001 + 9 * 0.000477)
        assert bench.status() == NEW_DATA


class TestSkippedMeasurements:
    def test_what_is_skipped_gives_half_scale(self, bench: Bench) -> None:
        assert bench.measure(0x01) == Codes(0x80000, 0x80000, 0x8000, 0, 0)

    def test_each_can_be_skipped_on_its_own(self, bench: Bench) -> None:
        bench.write(CTRL_HUM, 0x05)
        everything = bench.measure()
        assert bench.measure(0b000_101_01) == Codes(everything.pressure, 0x80000, everything.humidity, 0, 0)
        assert bench.measure(0b101_000_01) == Codes(0x80000, everything.temperature, everything.humidity, 0, 0)
