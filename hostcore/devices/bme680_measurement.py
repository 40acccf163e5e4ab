"""One measurement of the simulated BME680: its duration, and its result in the data registers.

"Data sheet" is Bosch's BST-BME680-DS001.
"""

from __future__ import annotations

import math

from hostcore.devices.bme680_compensation import Calibration
from hostcore.devices.environment import Environment, Quantity
from hostcore.quick_dataclass import dataclass

SKIPPED_CODE = 0x80000
"""Pressure or temperature code when its oversampling is 0 (data sheet section 5.3.2.4)."""
SKIPPED_HUMIDITY_CODE = 0x8000
"""Humidity code when its oversampling is 0 (data sheet section 5.3.2.1)."""
SKIPPED_DATA = (SKIPPED_CODE << 4).to_bytes(3, "big") * 2 + SKIPPED_HUMIDITY_CODE.to_bytes(2, "big") + bytes(5)
"""Registers 0x1F to 0x2B when nothing was measured; also their reset state (data sheet section 5.2)."""

OVERSAMPLING = (0, 1, 2, 4, 8, 16, 16, 16)
"""Conversions by osrs_x register code (data sheet section 5.3.2)."""
CONVERSION_NS = 1_963_000
"""One temperature, pressure or humidity conversion (BME68x Sensor API, `bme68x_get_meas_dur`)."""
SWITCHING_NS = 4 * 477_000
"""Switching between the three of them (ibid.)."""
GAS_CONVERSION_NS = 5 * 477_000
"""The gas slot, real or dummy (ibid.; data sheet section 5.3.5.5: a dummy one keeps the timing)."""
WAKE_UP_NS = 1_000_000
"""From sleep to the first conversion (ibid.)."""
NS_PER_MS = 1_000_000

TEMPERATURE_RANGE = (-40.0, 85.0)
"""Operating range, °C (data sheet section 1). Beyond it, the sensor reads the limit."""
PRESSURE_RANGE = (300.0, 1100.0)
"""Operating range, hPa (data sheet section 1). Beyond it, the sensor reads the limit."""

HEATER_TIME_CONSTANT_NS = 5_000_000
"""The plate approaches its target exponentially: to within 1 % after 23 ms (section 3.3.5: 20 to 30 ms)."""
HEATER_TOLERANCE = 0.01
"""The heater counts as stable if no more than this part of the temperature rise is missing."""
HEATER_LIMIT = 450.0
"""Highest temperature of the plate, °C: the 400 °C of section 3.3.5, plus room for the rounding of res_heat_x."""
LAYER_OPTIMUM = 320.0
"""Temperature of the plate, °C, to which the environment's gas resistance refers."""
LAYER_WIDTH = 150.0
"""Difference to the optimum, °C, at which the layer has twice this resistance."""


@dataclass(frozen=True, slots=True)
class SetPoint:
    """One of the ten heater set-points, and whether the heater is on."""

    res_heat: int
    """res_heat_x: the target, as a code for the heater's resistance."""
    gas_wait: int
    """gas_wait_x: the time to heat."""
    heat_off: bool
    """Whether ctrl_gas_0 switches the heater off."""

    @property
    def heating_ns(self) -> int:
        """0 to 4,032 ms: bits 5:0, times 1, 4, 16 or 64 ms according to bits 7:6 (data sheet section 5.3.3.3)."""
        return ((self.gas_wait & 0x3F) << 2 * (self.gas_wait >> 6)) * NS_PER_MS


@dataclass(frozen=True, slots=True)
class Settings:
    """The control registers at the start of a measurement."""

    osrs_t: int
    """Temperature oversampling, register code 0 to 7."""
    osrs_p: int
    """Pressure oversampling, register code 0 to 7."""
    osrs_h: int
    """Humidity oversampling, register code 0 to 7."""
    set_point: SetPoint | None
    """How to measure gas. None: do not measure it."""

    @property
    def tph_ns(self) -> int:
        """Time from the start until temperature, pressure and humidity are measured, in nanoseconds."""
        conversions = sum(OVERSAMPLING[code] for code in (self.osrs_t, self.osrs_p, self.osrs_h))
        return WAKE_UP_NS + conversions * CONVERSION_NS + SWITCHING_NS

    @property
    def total_ns(self) -> int:
        """Duration of the whole measurement, in nanoseconds."""
        heating_ns = self.set_point.heating_ns if self.set_point else 0
        return self.tph_ns + heating_ns + GAS_CONVERSION_NS


class IirFilter:
    """The low pass behind the temperature or the pressure ADC (data sheet sections 3.3.4 and 5.3.2.4).

    The first code passes unchanged. The memory is finer than a code, so that the output reaches a constant input.

    Args:
        setting: filter<2:0> of the config register; the coefficient is 0, 1, 3, ... 127.
    """

    def __init__(self, setting: int) -> None:
        self._coefficient = (1 << setting) - 1
        self._memory: float | None = None

    def output(self, adc: int, osrs: int) -> int:
        """The 20-bit code for the data register. A skipped measurement does not change the filter's memory."""
        if not osrs:
            return SKIPPED_CODE
        before = adc if self._memory is None else self._memory
        self._memory = (before * self._coefficient + adc) / (self._coefficient + 1)
        return round(self._memory) if self._coefficient else _at_resolution(adc, osrs)


@dataclass(frozen=True, slots=True)
class HotPlate:
    """The gas sensor's plate when the gas conversion takes place."""

    temperature: float
    """°C."""
    stable: bool
    """Whether it has reached its target."""

    @classmethod
    def heated(cls, target: float, ambient: float, heating_ns: int) -> HotPlate:
        """The plate after heating from `ambient` towards `target`, both in °C."""
        missing = math.exp(-heating_ns / HEATER_TIME_CONSTANT_NS)
        reachable = min(max(ambient, target), HEATER_LIMIT)
        stable = ambient < target <= HEATER_LIMIT and missing <= HEATER_TOLERANCE
        return cls(reachable - (reachable - ambient) * missing, stable)

    def layer_resistance(self, at_optimum: float) -> float:
        """Resistance of the metal-oxide layer on this plate in ohm, calculated from that at 320 °C.

        The curve is chosen, not measured. A metal-oxide sensor works where its resistance depends least on its
        temperature, so the curve is a parabola around 320 °C: twice the resistance at 170 °C, about five times when
        cold.
        """
        return at_optimum * (1 + ((self.temperature - LAYER_OPTIMUM) / LAYER_WIDTH) ** 2)


class Sensors:
    """The sensing elements with their ADCs and filters.

    Args:
        environment: the environment of the sensor.
        calibration: the calibration parameters of this chip.
        filter_setting: filter<2:0> of the config register.
    """

    def __init__(self, environment: Environment, calibration: Calibration, filter_setting: int) -> None:
        self._environment = environment
        self._calibration = calibration
        self._temperature_filter = IirFilter(filter_setting)
        self._pressure_filter = IirFilter(filter_setting)

    def measure(self, settings: Settings) -> bytes:
        """Measure the present air once. Returns the 13 data registers 0x1F to 0x2B."""
        calibration = self._calibration
        temperature = _within(self._environment.value(Quantity.TEMPERATURE), TEMPERATURE_RANGE)
        pressure = _within(self._environment.value(Quantity.PRESSURE), PRESSURE_RANGE)
        humidity = self._environment.value(Quantity.HUMIDITY)

        pressure_code = calibration.pressure_code(pressure, temperature)
        temperature_code = calibration.temperature_code(temperature)
        humidity_code = calibration.humidity_code(humidity, temperature) if settings.osrs_h else SKIPPED_HUMIDITY_CODE
        return (
            (self._pressure_filter.output(pressure_code, settings.osrs_p) << 4).to_bytes(3, "big")
            + (self._temperature_filter.output(temperature_code, settings.osrs_t) << 4).to_bytes(3, "big")
            + humidity_code.to_bytes(2, "big")
            + bytes(3)
            + self._gas(settings.set_point, temperature)
        )

    def _gas(self, set_point: SetPoint | None, ambient: float) -> bytes:
        """gas_r_msb and gas_r_lsb (data sheet sections 5.3.4.4 to 5.3.5.6)."""
        if set_point is None:
            return bytes(2)
        plate = HotPlate(ambient, stable=False)
        if not set_point.heat_off:
            target = self._calibration.heater_temperature(set_point.res_heat, ambient)
            plate = HotPlate.heated(target, ambient, set_point.heating_ns)
        resistance = plate.layer_resistance(self._environment.value(Quantity.GAS_RESISTANCE))
        code, gas_range = self._calibration.gas_code(resistance)
        gas_valid = 1
        return bytes((code >> 2, (code & 3) << 6 | gas_valid << 5 | plate.stable << 4 | gas_range))


def _at_resolution(adc: int, osrs: int) -> int:
    """Without the filter the resolution is 16 + (osrs - 1) of the 20 bits (data sheet sections 3.3.1 and 3.3.2)."""
    step = 1 << max(0, 5 - osrs)
    return min(round(adc / step) * step, (1 << 20) - step)


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(limits[0], value), limits[1])
