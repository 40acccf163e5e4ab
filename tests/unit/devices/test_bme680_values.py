"""What the simulated BME680 measures: its resolution, its filter, its gas sensor, and the compensation of its codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.devices.bme680 import Bme680
from hostcore.devices.bme680_compensation import Calibration
from hostcore.devices.environment import Environment, Quantity, Signal
from tests.bme680_bench import (
    CONFIG,
    CTRL_GAS_0,
    CTRL_GAS_1,
    CTRL_HUM,
    CTRL_MEAS,
    DATA,
    FORCED_16X,
    GAS_VALID,
    GAS_WAIT,
    HEAT_STABLE,
    RES_HEAT,
    RES_HEAT_320,
    WAIT_100_MS,
    WARMING_ROOM,
    Bench,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestResolution:
    @pytest.mark.parametrize(("osrs", "multiple"), [(1, 16), (2, 8), (3, 4), (4, 2)])
    def test_without_filter_it_is_16_bits_and_one_more_for_each_step_of_oversampling(
        self, osrs: int, multiple: int
    ) -> None:
        codes, exact = Bench().measure(osrs << 5 | osrs << 2 | 0x01), Bench().measure()
        assert codes.temperature % multiple == codes.pressure % multiple == 0
        assert abs(codes.temperature - exact.temperature) <= multiple / 2
        assert abs(codes.pressure - exact.pressure) <= multiple / 2

    def test_with_the_filter_it_is_20_bits_at_any_oversampling(self, bench: Bench) -> None:
        exact = Bench().measure()
        bench.write(CONFIG, 1 << 2)
        assert bench.measure(0b001_001_01) == exact


class TestFilter:
    @pytest.mark.parametrize("setting", range(1, 8))
    def test_a_step_arrives_by_one_part_of_the_rest_with_each_measurement(self, setting: int) -> None:
        bench = Bench(WARMING_ROOM)
        parts = 2**setting
        bench.write(CONFIG, setting << 2)
        before = bench.measure().temperature
        bench.clock.advance(100.0)
        reached = [bench.measure().temperature for _ in range(5)]

        after = Calibration().temperature_code(40.0)
        rest = [(after - before) * (1 - 1 / parts) ** (n + 1) for n in range(5)]
        assert reached == pytest.approx([after - r for r in rest], abs=1)

    def test_the_output_reaches_a_constant_input(self) -> None:
        bench = Bench(WARMING_ROOM)
        bench.write(CONFIG, 3 << 2)
        bench.measure()
        bench.clock.advance(100.0)
        for _ in range(150):
            reached = bench.measure().temperature
        assert reached == Calibration().temperature_code(40.0)

    def test_pressure_is_filtered_and_humidity_is_not(self) -> None:
        # A temperature step moves the raw codes of both at constant air pressure and humidity.
        filtered, direct = (Bench(WARMING_ROOM) for _ in range(2))
        filtered.write(CONFIG, 5 << 2)
        for bench in (filtered, direct):
            bench.write(CTRL_HUM, 0x01)
            bench.measure()
            bench.clock.advance(100.0)
        lagging, present = filtered.measure(), direct.measure()
        assert abs(lagging.pressure - present.pressure) > 1000
        assert lagging.humidity == present.humidity

    def test_writing_config_restarts_it(self) -> None:
        bench = Bench(WARMING_ROOM)
        bench.write(CONFIG, 7 << 2)
        bench.measure()
        bench.clock.advance(100.0)
        bench.write(CONFIG, 7 << 2)
        assert bench.measure().temperature == Calibration().temperature_code(40.0)

    def test_a_skipped_measurement_leaves_its_memory_alone(self) -> None:
        bench = Bench(WARMING_ROOM)
        bench.write(CONFIG, 1 << 2)
        before = bench.measure().temperature
        bench.clock.advance(100.0)
        assert bench.measure(0x01).temperature == 0x80000
        middle = (before + Calibration().temperature_code(40.0)) / 2
        assert bench.measure().temperature == pytest.approx(middle, abs=1)


class TestGas:
    def heat(self, bench: Bench, *, res_heat: int = RES_HEAT_320, gas_wait: int = WAIT_100_MS) -> float:
        bench.write(RES_HEAT, res_heat, GAS_WAIT, gas_wait, CTRL_GAS_1, 0x10)
        codes = bench.measure()
        return Calibration().gas_resistance(codes.gas, codes.gas_range)

    def test_at_320_degrees_it_is_the_resistance_of_the_environment(self, bench: Bench) -> None:
        assert self.heat(bench) == pytest.approx(100_000, rel=0.002)
        assert bench.gas_flags() == GAS_VALID | HEAT_STABLE

    def test_without_run_gas_no_conversion_takes_place(self, bench: Bench) -> None:
        bench.measure()
        assert bench.gas_flags() == 0

    def test_a_set_point_that_does_not_exist_leaves_the_conversion_out(self, bench: Bench) -> None:
        bench.write(CTRL_GAS_1, 0x10 | 10)
        bench.measure()
        assert bench.gas_flags() == 0

    def test_it_uses_the_set_point_that_nb_conv_selects(self, bench: Bench) -> None:
        bench.write(RES_HEAT + 4, RES_HEAT_320, GAS_WAIT + 4, WAIT_100_MS, CTRL_GAS_1, 0x14)
        bench.measure()
        assert bench.gas_flags() == GAS_VALID | HEAT_STABLE

    @pytest.mark.parametrize(("gas_wait", "stable"), [(0, 0), (15, 0), (20, 0), (30, HEAT_STABLE), (0xFF, HEAT_STABLE)])
    def test_the_heater_needs_20_to_30_ms(self, bench: Bench, gas_wait: int, stable: int) -> None:
        self.heat(bench, gas_wait=gas_wait)
        assert bench.gas_flags() == GAS_VALID | stable

    @pytest.mark.parametrize("res_heat", [0, 255])
    def test_a_target_below_the_air_or_beyond_reach_is_never_stable(self, bench: Bench, res_heat: int) -> None:
        self.heat(bench, res_heat=res_heat, gas_wait=0xFF)
        assert bench.gas_flags() == GAS_VALID

    def test_with_the_heater_off_the_conversion_finds_a_cold_plate(self, bench: Bench) -> None:
        bench.write(CTRL_GAS_0, 0x08)
        cold = self.heat(bench)
        assert bench.gas_flags() == GAS_VALID
        assert cold > 4 * 100_000

    def test_a_plate_at_another_temperature_has_another_resistance(self, bench: Bench) -> None:
        resistances = [self.heat(bench, res_heat=res_heat) for res_heat in (79, 93, RES_HEAT_320)]
        assert resistances == sorted(resistances, reverse=True)
        assert resistances[0] > 1.5 * resistances[-1]


class TestCompensation:
    calibration = Calibration()

    def test_it_agrees_with_readings_published_for_this_calibration(self) -> None:
        temperature = self.calibration.temperature(501240)
        assert temperature == pytest.approx(26.69, abs=0.01)
        assert self.calibration.pressure(353485, temperature) == pytest.approx(987.12, abs=0.06)
        assert self.calibration.humidity(19019, temperature) == pytest.approx(42.402, abs=0.02)
        assert self.calibration.gas_resistance(0, 0) == pytest.approx(12_946_860, abs=1)

    @given(temperature=st.floats(-40, 85), pressure=st.floats(300, 1100), humidity=st.floats(0, 100))
    def test_no_other_code_is_nearer_to_the_value(self, temperature: float, pressure: float, humidity: float) -> None:
        of_t = self.calibration.temperature

        def of_p(code: int) -> float:
            return self.calibration.pressure(code, temperature)

        def of_h(code: int) -> float:
            return self.calibration.humidity(code, temperature)

        for convert, code, value in (
            (of_t, self.calibration.temperature_code(temperature), temperature),
            (of_p, self.calibration.pressure_code(pressure, temperature), pressure),
            (of_h, self.calibration.humidity_code(humidity, temperature), humidity),
        ):
            error = abs(convert(code) - value)
            assert error <= abs(convert(code - 1) - value)
            assert error <= abs(convert(code + 1) - value)

    @given(resistance=st.floats(180, 12.9e6))
    def test_a_gas_code_is_right_to_one_part_in_a_thousand(self, resistance: float) -> None:
        assert self.calibration.gas_resistance(*self.calibration.gas_code(resistance)) == pytest.approx(
            resistance, rel=0.001
        )

    @pytest.mark.parametrize(("resistance", "code"), [(1.0, (1023, 15)), (1e9, (0, 0))])
    def test_a_resistance_off_the_scale_gives_the_end_of_the_scale(
        self, resistance: float, code: tuple[int, int]
    ) -> None:
        assert self.calibration.gas_code(resistance) == code


@pytest.mark.parametrize("quantity", list(Quantity))
@pytest.mark.parametrize("extreme", [-1e9, 1e9])
def test_air_beyond_its_range_is_read_as_the_limit(quantity: Quantity, extreme: float) -> None:
    clock = VirtualClock()
    chip = Bme680(clock, Environment(clock, {quantity: Signal(extreme)}))
    chip.start(reading=False)
    chip.write(bytes((CTRL_HUM, 1, CTRL_GAS_1, 0x10, CTRL_MEAS, FORCED_16X)))
    clock.advance(1.0)
    chip.start(reading=False)
    chip.write(bytes((DATA,)))
    chip.start(reading=True)
    data = chip.read(13)

    calibration = Calibration()
    temperature = calibration.temperature(int.from_bytes(data[3:6], "big") >> 4)
    assert -40.001 <= temperature <= 85.001
    assert 299.9 <= calibration.pressure(int.from_bytes(data[0:3], "big") >> 4, temperature) <= 1100.1
    assert -0.1 <= calibration.humidity(int.from_bytes(data[6:8], "big"), temperature) <= 100.1
