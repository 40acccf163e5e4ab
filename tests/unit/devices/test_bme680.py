"""The simulated BME680, as its data sheet (BST-BME680-DS001) describes it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.devices.bme680 import Bme680
from hostcore.devices.bme680_compensation import Calibration
from hostcore.devices.environment import Environment, Quantity, Signal, Step

STATUS, DATA, GAS_LSB = 0x1D, 0x1F, 0x2B
RES_HEAT, GAS_WAIT, CTRL_GAS_0, CTRL_GAS_1 = 0x5A, 0x64, 0x70, 0x71
CTRL_HUM, CTRL_MEAS, CONFIG, CHIP_ID, RESET, VARIANT = 0x72, 0x74, 0x75, 0xD0, 0xE0, 0xF0
NEW_DATA, GAS_MEASURING, MEASURING, GAS_VALID, HEAT_STABLE = 0x80, 0x40, 0x20, 0x20, 0x10

FORCED_16X = 0b101_101_01
ROOM = Signal(22.0)
WARMING_ROOM = Signal(22.0, steps=(Step(at=100.0, to=40.0),))
RES_HEAT_320 = 106
WAIT_100_MS = 0b01_011001


@dataclass(frozen=True, slots=True)
class Codes:
    """The raw codes in the data registers."""

    pressure: int
    temperature: int
    humidity: int
    gas: int
    gas_range: int


class Bench:
    """A chip in a room of 22 °C, 1000 hPa, 45 %RH, 100 kohm, and the wires to it."""

    def __init__(self, temperature: Signal = ROOM) -> None:
        self.clock = VirtualClock()
        signals = {
            Quantity.TEMPERATURE: temperature,
            Quantity.PRESSURE: Signal(1000.0),
            Quantity.HUMIDITY: Signal(45.0),
            Quantity.GAS_RESISTANCE: Signal(100_000.0),
        }
        self.chip = Bme680(self.clock, Environment(self.clock, signals))

    def write(self, *pairs: int) -> None:
        assert self.chip.start(reading=False)
        assert self.chip.write(bytes(pairs)) == len(pairs)
        self.chip.stop()

    def read(self, register: int, length: int = 1) -> bytes:
        assert self.chip.start(reading=False)
        assert self.chip.write(bytes((register,))) == 1
        assert self.chip.start(reading=True)
        data = self.chip.read(length)
        self.chip.stop()
        return data

    def status(self) -> int:
        return self.read(STATUS)[0]

    def measure(self, ctrl_meas: int = FORCED_16X) -> Codes:
        self.write(CTRL_MEAS, ctrl_meas)
        self.clock.advance(10.0)
        return self.codes()

    def codes(self) -> Codes:
        data = self.read(DATA, 13)
        return Codes(
            pressure=int.from_bytes(data[0:3], "big") >> 4,
            temperature=int.from_bytes(data[3:6], "big") >> 4,
            humidity=int.from_bytes(data[6:8], "big"),
            gas=int.from_bytes(data[11:13], "big") >> 6,
            gas_range=data[12] & 0x0F,
        )

    def gas_flags(self) -> int:
        return self.read(GAS_LSB)[0] & (GAS_VALID | HEAT_STABLE)


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestMemoryMap:
    def test_it_identifies_itself_as_a_bme680(self, bench: Bench) -> None:
        assert bench.read(CHIP_ID) == b"\x61"
        assert bench.read(VARIANT) == b"\x00"

    def test_after_power_up_it_sleeps_and_the_data_registers_hold_their_reset_state(self, bench: Bench) -> None:
        assert bench.status() == 0
        assert bench.read(CTRL_MEAS) == b"\x00"
        assert bench.read(DATA, 13) == bytes.fromhex("800000 800000 8000 000000 0000")

    def test_par_p10_is_at_0xa0(self, bench: Bench) -> None:
        assert bench.read(0xA0) == bytes((Calibration().par_p10,))

    def test_the_12_bit_humidity_parameters_share_a_byte(self, bench: Bench) -> None:
        h2_msb, shared, h1_msb = bench.read(0xE1, 3)
        assert h1_msb << 4 | shared & 0x0F == Calibration().par_h1
        assert h2_msb << 4 | shared >> 4 == Calibration().par_h2

    def test_reading_goes_on_to_the_next_register_and_past_the_last_to_the_first(self, bench: Bench) -> None:
        assert bench.read(0x89, 25) == b"".join(bench.read(register) for register in range(0x89, 0x89 + 25))
        assert bench.read(0xFF, 2) == bench.read(0xFF) + bench.read(0x00)

    def test_a_further_read_continues_where_the_last_one_ended(self, bench: Bench) -> None:
        bench.read(0x88, 2)
        bench.chip.start(reading=True)
        assert bench.chip.read(4) == bench.read(0x8A, 4)

    def test_a_write_is_pairs_of_address_and_value_without_auto_increment(self, bench: Bench) -> None:
        bench.write(CTRL_HUM, 0x05, RES_HEAT + 3, 0x73)
        assert bench.read(CTRL_HUM) == b"\x05"
        assert bench.read(RES_HEAT, 10) == bytes((0, 0, 0, 0x73, 0, 0, 0, 0, 0, 0))

    @pytest.mark.parametrize("register", [0x00, STATUS, DATA, GAS_LSB, 0x8A, 0xA0, CHIP_ID, 0xE9, VARIANT, 0x42])
    def test_a_write_to_a_register_that_is_read_only_or_does_not_exist_is_ignored(
        self, bench: Bench, register: int
    ) -> None:
        before = bench.read(register)
        bench.write(register, before[0] ^ 0xFF)
        assert bench.read(register) == before

    @pytest.mark.parametrize(
        ("register", "implemented"), [(CTRL_GAS_0, 0x08), (CTRL_GAS_1, 0x1F), (CTRL_HUM, 0x47), (CONFIG, 0x1D)]
    )
    def test_bits_that_do_not_exist_read_0(self, bench: Bench, register: int, implemented: int) -> None:
        bench.write(register, 0xFF)
        assert bench.read(register)[0] == implemented

    def test_a_quick_write_is_acknowledged_and_does_nothing(self, bench: Bench) -> None:
        bench.write()
        assert bench.status() == 0


class TestReset:
    def test_it_returns_every_register_to_its_reset_state_and_aborts_the_measurement(self, bench: Bench) -> None:
        bench.measure()
        bench.write(CTRL_HUM, 0x01, CONFIG, 0x08, CTRL_MEAS, FORCED_16X)
        bench.write(RESET, 0xB6)
        bench.clock.advance(10.0)
        assert bench.status() == 0
        assert bench.read(CTRL_HUM, 4) == bytes(4)
        assert bench.read(DATA, 13) == Bench().read(DATA, 13)

    def test_another_value_does_not_reset(self, bench: Bench) -> None:
        bench.write(CTRL_HUM, 0x01, RESET, 0xB7)
        assert bench.read(CTRL_HUM) == b"\x01"
        assert bench.read(RESET) == b"\x00"

    def test_the_calibration_reads_0_until_the_start_up_time_has_passed(self, bench: Bench) -> None:
        calibration = bench.read(0x8A, 23)
        bench.write(RESET, 0xB6)
        bench.clock.advance(0.001)
        assert bench.read(0x8A, 23) == bytes(23)
        bench.clock.advance(0.001)
        assert bench.read(0x8A, 23) == calibration


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


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("write"), st.binary(max_size=12)),
            st.tuples(st.just("read"), st.integers(0, 600)),
            st.tuples(st.just("wait"), st.floats(0, 10)),
        ),
        max_size=20,
    )
)
def test_nothing_that_a_plugin_can_send_breaks_it(steps: list[tuple[str, bytes | int | float]]) -> None:
    bench = Bench()
    for kind, argument in steps:
        if kind == "wait":
            bench.clock.advance(argument)
        elif kind == "write":
            assert bench.chip.start(reading=False)
            assert bench.chip.write(argument) == len(argument)
        else:
            assert bench.chip.start(reading=True)
            assert len(bench.chip.read(argument)) == argument
    bench.chip.stop()
    assert bench.read(CHIP_ID) == b"\x61"


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
