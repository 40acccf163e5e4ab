"""Pimoroni's `bme680` package, written for the real chip, runs unmodified on the simulated one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import bme680
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.devices.bme680 import Bme680
from hostcore.devices.environment import Environment, Quantity, Signal
from tests.wires import SimulatedSmbus

# The library has Bosch's integer formulas, which differ by so much from the floating-point ones over the whole range.
CELSIUS, HECTOPASCAL, PERCENT = 0.01, 0.12, 0.08
# The heater's target is a register of 4 °C a step, and in those formulas the air's temperature hardly enters it:
# the plate is up to 15 °C away from where it should be, which the layer's resistance shows.
GAS_PART = 0.015


@dataclass(frozen=True, slots=True)
class Air:
    """Constant air."""

    temperature: float = 23.4
    pressure: float = 987.65
    humidity: float = 41.5
    gas_resistance: float = 123_456.0

    def signals(self) -> dict[Quantity, Signal]:
        return {
            Quantity.TEMPERATURE: Signal(self.temperature),
            Quantity.PRESSURE: Signal(self.pressure),
            Quantity.HUMIDITY: Signal(self.humidity),
            Quantity.GAS_RESISTANCE: Signal(self.gas_resistance),
        }


@contextmanager
def library_in(air: Air, address: int = 0x76) -> Iterator[tuple[bme680.BME680, VirtualClock]]:
    """The library's sensor object, initialised, on a chip in this air; its sleeps move the virtual clock."""
    clock = VirtualClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bme680, "time", SimpleNamespace(sleep=clock.advance))
        chip = Bme680(clock, Environment(clock, air.signals()))
        yield bme680.BME680(address, SimulatedSmbus({address: chip})), clock


def measure_anew(sensor: bme680.BME680, clock: VirtualClock) -> bme680.constants.FieldData:
    """The library returns what was measured before the call, so: start a measurement, let it end, call again."""
    sensor.get_sensor_data()
    clock.advance(5.0)
    assert sensor.get_sensor_data()
    return sensor.data


@pytest.mark.parametrize("address", [bme680.I2C_ADDR_PRIMARY, bme680.I2C_ADDR_SECONDARY])
def test_the_library_finds_the_chip_at_either_address(address: int) -> None:
    with library_in(Air(), address) as (sensor, _):
        assert sensor.chip_id == bme680.CHIP_ID
        assert sensor._variant == bme680.VARIANT_LOW


def test_the_library_reports_an_address_where_nobody_acknowledges() -> None:
    with pytest.raises(RuntimeError, match="Unable to identify BME680 at 0x77"):
        bme680.BME680(0x77, SimulatedSmbus({}))


def test_the_library_reads_the_calibration_of_the_chip() -> None:
    with library_in(Air()) as (sensor, _):
        read = sensor.calibration_data
        assert (read.par_t1, read.par_t2, read.par_t3) == (26041, 26469, 3)
        assert [getattr(read, f"par_p{n}") for n in range(1, 11)] == [
            *(36673, -10515, 88, 7310, -129, 30, 46, -3177, -2379, 30),
        ]
        assert [getattr(read, f"par_h{n}") for n in range(1, 8)] == [676, 1029, 0, 45, 20, 120, -100]
        assert (read.par_gh1, read.par_gh2, read.par_gh3) == (-30, -24754, 18)
        assert (read.res_heat_range, read.res_heat_val, read.range_sw_err) == (1, 48, 0)


@settings(deadline=None)
@given(
    air=st.builds(
        Air,
        temperature=st.floats(-40, 85),
        pressure=st.floats(300, 1100),
        humidity=st.floats(0, 100),
        gas_resistance=st.floats(200, 12e6),
    )
)
def test_the_library_reads_the_air_over_the_whole_range_of_the_sensor(air: Air) -> None:
    with library_in(air) as (sensor, clock):
        sensor.set_gas_heater_profile(320, 150)
        data = measure_anew(sensor, clock)

    assert data.temperature == pytest.approx(air.temperature, abs=CELSIUS)
    assert data.pressure == pytest.approx(air.pressure, abs=HECTOPASCAL)
    assert data.humidity == pytest.approx(air.humidity, abs=PERCENT)
    assert data.gas_resistance == pytest.approx(air.gas_resistance, rel=GAS_PART)
    assert data.heat_stable


@pytest.mark.parametrize("filter_size", [bme680.FILTER_SIZE_0, bme680.FILTER_SIZE_3, bme680.FILTER_SIZE_127])
@pytest.mark.parametrize("oversampling", [bme680.OS_1X, bme680.OS_2X, bme680.OS_4X, bme680.OS_8X, bme680.OS_16X])
def test_every_oversampling_and_filter_reads_the_same_air(oversampling: int, filter_size: int) -> None:
    air = Air()
    with library_in(air) as (sensor, clock):
        sensor.set_temperature_oversample(oversampling)
        sensor.set_pressure_oversample(oversampling)
        sensor.set_humidity_oversample(oversampling)
        sensor.set_filter(filter_size)
        data = measure_anew(sensor, clock)

        assert sensor.get_temperature_oversample() == oversampling
        assert sensor.get_pressure_oversample() == oversampling
        assert sensor.get_humidity_oversample() == oversampling
        assert sensor.get_filter() == filter_size
    assert data.temperature == pytest.approx(air.temperature, abs=CELSIUS)
    assert data.pressure == pytest.approx(air.pressure, abs=HECTOPASCAL)
    assert data.humidity == pytest.approx(air.humidity, abs=PERCENT)


@pytest.mark.parametrize("profile", range(10))
def test_each_of_the_ten_heater_profiles_can_be_selected(profile: int) -> None:
    air = Air()
    with library_in(air) as (sensor, clock):
        sensor.set_gas_heater_profile(320, 100, nb_profile=profile)
        sensor.select_gas_heater_profile(profile)
        data = measure_anew(sensor, clock)

        assert sensor.get_gas_heater_profile() == profile
    assert data.gas_index == profile
    assert data.heat_stable
    assert data.gas_resistance == pytest.approx(air.gas_resistance, rel=GAS_PART)


@pytest.mark.parametrize("target", [200, 250, 320, 400])
def test_the_heater_is_stable_over_the_range_of_targets_that_the_library_allows(target: int) -> None:
    with library_in(Air()) as (sensor, clock):
        sensor.set_gas_heater_profile(target, 30)
        assert measure_anew(sensor, clock).heat_stable


def test_a_heater_time_too_short_is_not_stable() -> None:
    with library_in(Air()) as (sensor, clock):
        sensor.set_gas_heater_profile(320, 10)
        assert not measure_anew(sensor, clock).heat_stable


def test_a_heater_switched_off_is_not_stable() -> None:
    with library_in(Air()) as (sensor, clock):
        sensor.set_gas_heater_profile(320, 150)
        sensor.set_gas_heater_status(bme680.DISABLE_HEATER >> bme680.HCTRL_POS)
        assert not measure_anew(sensor, clock).heat_stable


def test_without_gas_measurement_the_gas_is_not_valid() -> None:
    with library_in(Air()) as (sensor, clock):
        sensor.set_gas_status(bme680.DISABLE_GAS_MEAS)
        assert not measure_anew(sensor, clock).status & (bme680.GASM_VALID_MSK | bme680.HEAT_STAB_MSK)


def test_the_example_that_polls_once_a_second_gets_gas_readings_with_150_ms_of_heating() -> None:
    """Heating outlasts the library's polling; the example works on the real chip all the same."""
    air = Air()
    with library_in(air) as (sensor, clock):
        sensor.set_gas_heater_profile(320, 150)
        stable = []
        for _ in range(3):
            assert sensor.get_sensor_data()
            stable.append(sensor.data.heat_stable)
            clock.advance(1.0)

    assert stable == [False, True, True]
    assert sensor.data.gas_resistance == pytest.approx(air.gas_resistance, rel=GAS_PART)
