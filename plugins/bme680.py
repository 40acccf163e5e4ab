"""Bosch BME680: temperature, humidity, pressure and gas resistance over I2C.

Sources: Bosch's data sheet "BME680", BST-BME680-DS001, whose section numbers are given below, and Bosch's BME68x Sensor
API (bme68x.c), for the measuring time and the floating-point arithmetic.

Settings, with their defaults::

    [plugins.bme680.settings]
    address = 0x77  # 0x76 where the SDO pin is low
    bus = 1         # default: the first bus of host.toml
"""

import math
import struct
import time
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

import host
from host import i2c, state

# Registers, 5.2
CHIP_ID, VARIANT, RESET, RESULTS = 0xD0, 0xF0, 0xE0, 0x1D
CALIBRATION_1, CALIBRATION_2, CALIBRATION_3 = 0x8A, 0xE1, 0x00
RES_HEAT_0, GAS_WAIT_0, CTRL_GAS_1, CTRL_HUM, CTRL_MEAS, CONFIG = 0x5A, 0x64, 0x71, 0x72, 0x74, 0x75

# Their values, 5.3
BME680_ID, BME680_VARIANT, RESET_COMMAND = 0x61, 0x00, 0xB6
HUMIDITY_2X, TEMPERATURE_8X, PRESSURE_4X = 2, 4 << 5, 3 << 2  # oversampling, as in Bosch's examples
FILTER_3 = 2 << 2  # temperature and pressure: one part new, three parts old
FORCED_MODE = 1  # measure once, then sleep
RUN_GAS = 1 << 4  # measure gas too, with heater set-point 0
HEATER_148_MS = 1 << 6 | 37  # 37 steps of 4 ms
NEW_DATA, MEASURING = 0x80, 0x20  # in the first byte of the results; NEW_DATA stays set during the next measurement
GAS_VALID, HEATER_STABLE, GAS_RANGE = 0x20, 0x10, 0x0F  # in the last byte of the results

RANGES = {"temperature": (-40, 85), "pressure": (300, 1100)}  # °C and hPa, section 1

HEATER_TEMPERATURE = 320  # °C, as in Bosch's examples
RESET_TIME = 0.01  # s
MEASURING_TIME = 0.148 + 1e-6 * (1963 * (2 + 8 + 4) + 477 * 4 + 477 * 5 + 1000)  # s, bme68x_get_meas_dur()
POLL_TIME, POLLS = 0.005, 20  # s, and the number of further tries if the results need longer

GAIN_ERROR = {5: -1.0, 7: -0.8, 10: -0.2, 11: -0.5, 13: -1.0}  # %, by gas range: calc_gas_resistance_low()
RANGE_ERROR = {4: 0.1, 5: 0.7, 7: -0.8, 8: -0.1}  # %, by gas range

host.describe("temperature", unit="°C", device_class="temperature", state_class="measurement", decimals=2)
host.describe("humidity", unit="%", device_class="humidity", state_class="measurement", decimals=2)
host.describe("pressure", unit="hPa", device_class="atmospheric_pressure", state_class="measurement", decimals=2)
host.describe("gas_resistance", unit="Ω", state_class="measurement", decimals=0)  # Home Assistant has no class for it
# The index has no class either: Home Assistant's aqi is higher where the air is worse.
host.describe("air_quality.index", state_class="measurement", decimals=1, name="Air quality")
host.describe("air_quality.method", name="Air quality method")


def setup() -> None:
    """Identify the sensor, reset it, read its calibration, and set its filter."""
    identity = transfer([CHIP_ID], 1)[0], transfer([VARIANT], 1)[0]
    if identity != (BME680_ID, BME680_VARIANT):
        raise host.SensorError(f"not a BME680: chip id {identity[0]:#04x}, variant {identity[1]:#04x}")
    transfer([RESET, RESET_COMMAND])
    time.sleep(RESET_TIME)
    Sensor.calibration = read_calibration()
    transfer([CONFIG, FILTER_3])
    Sensor.air_quality.resume(Sensor.calibration.chip)


def read() -> dict[str, object]:
    """Measure once. Takes a fifth of a second.

    Returns:
        temperature (°C), humidity (%) and pressure (hPa). Also gas_resistance (ohm) and air_quality (see `AirQuality`)
        if the gas measurement is valid and the heater was hot enough, which may not be so at first.

    Raises:
        host.SensorError: the measurement does not end, or its result cannot be.
    """
    results = measure()
    temperature = Sensor.calibration.temperature(int.from_bytes(results[5:8], "big") >> 4)
    pressure = Sensor.calibration.pressure(int.from_bytes(results[2:5], "big") >> 4, temperature)
    humidity = Sensor.calibration.humidity(int.from_bytes(results[8:10], "big"), temperature)
    require_possible(temperature, pressure)
    Sensor.air_temperature = temperature
    reading: dict[str, object] = {
        "temperature": round(temperature, 2),
        "humidity": round(humidity, 2),
        "pressure": round(pressure, 2),
    }
    status = results[14]
    if status & GAS_VALID and status & HEATER_STABLE:
        resistance = Sensor.calibration.gas_resistance(int.from_bytes(results[13:15], "big") >> 6, status & GAS_RANGE)
        reading["gas_resistance"] = round(resistance)
        reading["air_quality"] = Sensor.air_quality.rate(resistance, humidity)
        Sensor.air_quality.keep(Sensor.calibration.chip)
    return reading


def require_possible(temperature: float, pressure: float) -> None:
    """Raise `host.SensorError` for a value beyond the sensor's range. A bit arrived wrong: there is no checksum."""
    for name, value, unit in (("temperature", temperature, "°C"), ("pressure", pressure, "hPa")):
        low, high = RANGES[name]
        if not low <= round(value) <= high:
            raise host.SensorError(
                f"{name} {value:.2f} {unit} is beyond the range of a BME680, {low} to {high} {unit}: check the wiring"
            )


def measure() -> bytes:
    """Configure the sensor, measure and wait (3.2.1). Returns the 15 bytes of results."""
    heater = Sensor.calibration.heater(HEATER_TEMPERATURE, Sensor.air_temperature)
    how = [CTRL_HUM, HUMIDITY_2X, GAS_WAIT_0, HEATER_148_MS, RES_HEAT_0, heater, CTRL_GAS_1, RUN_GAS]
    transfer([*how, CTRL_MEAS, TEMPERATURE_8X | PRESSURE_4X | FORCED_MODE])
    time.sleep(MEASURING_TIME)
    for _ in range(POLLS):
        results = transfer([RESULTS], 15)
        if results[0] & (NEW_DATA | MEASURING) == NEW_DATA:
            return results
        time.sleep(POLL_TIME)
    raise host.SensorError(f"the BME680 has no results after {MEASURING_TIME + POLLS * POLL_TIME:.2f} s")


def transfer(data: Iterable[int], read_length: int = 0) -> bytes:
    """Write `data` to the sensor, then read `read_length` bytes.

    To read registers, write the address of the first one. To write registers, write address, value, address, value and
    so on (6.2).
    """
    settings = host.settings()
    return i2c.transfer(settings.get("address", 0x77), data, read_length, bus=settings.get("bus"))


class Calibration(NamedTuple):
    """The parameters that Bosch measured for this chip, and the arithmetic that uses them (3.4).

    ``t`` is (par_t1, par_t2, ...), and so on for the other letters.
    """

    t: tuple[int, ...]
    p: tuple[int, ...]
    h: tuple[int, ...]
    g: tuple[int, ...]
    heater_range: int
    heater_value: int
    switching_error: int

    @property
    def chip(self) -> list[int]:
        """Parameters that tell this chip from others."""
        return [*self.t, *self.p, *self.h, *self.g]

    def temperature(self, code: int) -> float:
        """Temperature in °C."""
        t1, t2, t3 = self.t
        offset = code / 16384 - t1 / 1024
        return (offset * t2 + (offset / 8) ** 2 * t3 * 16) / 5120

    def pressure(self, code: int, temperature: float) -> float:
        """Pressure in hPa."""
        p1, p2, p3, p4, p5, p6, p7, p8, p9, p10 = self.p
        fine = temperature * 2560 - 64000
        offset = ((fine**2 * p6 / 131072 + fine * p5 * 2) / 4 + p4 * 65536) / 4096
        slope = (1 + (fine**2 * p3 / 16384 + fine * p2) / 524288 / 32768) * p1
        linear = (1048576 - code - offset) * 6250 / slope
        bend = linear**2 * p9 / 2147483648 + linear * p8 / 32768 + (linear / 256) ** 3 * p10 / 131072 + p7 * 128
        return (linear + bend / 16) / 100

    def humidity(self, code: int, temperature: float) -> float:
        """Relative humidity in %."""
        h1, h2, h3, h4, h5, h6, h7 = self.h
        offset = code - h1 * 16 - temperature * h3 / 2
        linear = offset * h2 / 262144 * (1 + temperature * h4 / 16384 + temperature**2 * h5 / 1048576)
        return min(max(0.0, linear + linear**2 * (h6 / 16384 + temperature * h7 / 2097152)), 100.0)

    def gas_resistance(self, code: int, gas_range: int) -> float:
        """Gas resistance in ohm."""
        gain = (1340 + 5 * self.switching_error) * (1 + GAIN_ERROR.get(gas_range, 0) / 100)
        full_scale = 8e6 / (1 << gas_range) / (1 + RANGE_ERROR.get(gas_range, 0) / 100)
        return full_scale * gain / (gain + code - 512)

    def heater(self, target: float, air: float) -> int:
        """The value of RES_HEAT_0 for a plate of `target` °C in air of `air` °C (3.3.5)."""
        g1, g2, g3 = self.g
        resistance = (g1 / 16 + 49) * (1 + (g2 / 32768 * 0.0005 + 0.00235) * target) + g3 / 1024 * air
        value = 3.4 * (resistance * 4 / (4 + self.heater_range) / (1 + self.heater_value * 0.002) - 25)
        return min(max(0, int(value)), 255)


def read_calibration() -> Calibration:
    """Read the parameters twice. The chip sends no checksum, and a wrong bit here would spoil all readings to come.

    Raises:
        host.SensorError: the two differ.
    """
    first, second = calibration_bytes(), calibration_bytes()
    if first != second:
        raise host.SensorError("the calibration reads differently the second time: check wiring and pull-ups")
    return calibration_of(*first)


def calibration_bytes() -> tuple[bytes, bytes, bytes]:
    """The three places of the parameters."""
    return transfer([CALIBRATION_1], 23), transfer([CALIBRATION_2], 14), transfer([CALIBRATION_3], 5)


def calibration_of(part_1: bytes, part_2: bytes, part_3: bytes) -> Calibration:
    """The parameters in these bytes, low bytes first (tables 11 to 15 and section 3.4)."""
    t2, t3, p1, p2, p3, p4, p5, p7, p6, p8, p9, p10 = struct.unpack("<hbxHhbxhhbbxxhhB", part_1)
    h2, h1_h2, h1, h3, h4, h5, h6, h7, t1, g2, g1, g3 = struct.unpack("<BBBbbbBbHhbb", part_2)
    heater_value, heater_range, switching_error = struct.unpack("<bxBxb", part_3)
    return Calibration(
        t=(t1, t2, t3),
        p=(p1, p2, p3, p4, p5, p6, p7, p8, p9, p10),
        h=(h1 << 4 | h1_h2 & 0x0F, h2 << 4 | h1_h2 >> 4, h3, h4, h5, h6, h7),
        g=(g1, g2, g3),
        heater_range=heater_range >> 4 & 0x03,
        heater_value=heater_value,
        switching_error=switching_error >> 4,
    )


class AirQuality:
    """An index of the air quality, from 100 (best) to 0 (worst), calculated from gas resistance and humidity.

    Three quarters of the index compare the gas resistance with that of clean air, because dirty air lowers it. The
    resistance of clean air is a baseline, which follows a higher resistance within minutes and a lower one within days.
    It follows the median of three resistances, because one that arrived wrong would spoil it for a day. The baseline is
    kept across restarts, for the same chip. Without one, the index means little in the first half hour. It never means
    much in a room without fresh air. One quarter is the distance of the humidity from 40 %. The index is not the IAQ of
    Bosch's BSEC library, which is closed and calibrated.
    """

    METHOD = "75 % gas resistance / clean-air baseline, 25 % humidity near 40 %; not Bosch's IAQ"
    RISE, FALL = 120.0, 86_400.0  # s, time constants of the baseline
    LATEST = 3  # resistances
    KEEP_EVERY = 600.0  # s

    def __init__(self) -> None:
        self.baseline = 0.0
        self.is_settled = False
        self.rated_at = self.kept_at = time.monotonic()
        self.latest: deque[float] = deque(maxlen=self.LATEST)

    def resume(self, chip: list[int]) -> None:
        """Continue with the baseline that was kept, if it is one of this chip and nothing was measured yet."""
        match state.load():
            case {"chip": kept, "baseline": int() | float() as baseline} if kept == chip and baseline > 0:
                if not self.latest:
                    self.baseline, self.rated_at, self.is_settled = baseline, time.monotonic(), True

    def keep(self, chip: list[int]) -> None:
        """Keep the baseline, every ten minutes."""
        if self.is_settled and time.monotonic() - self.kept_at >= self.KEEP_EVERY:
            state.save({"chip": chip, "baseline": self.baseline})
            self.kept_at = time.monotonic()

    def rate(self, gas_resistance: float, humidity: float) -> dict[str, object]:
        """The index, and how it is calculated."""
        self.follow(gas_resistance)
        gas = min(gas_resistance / self.baseline, 1)
        comfort = humidity / 40 if humidity < 40 else (100 - humidity) / 60
        return {"index": round(75 * gas + 25 * comfort, 1), "method": self.METHOD}

    def follow(self, gas_resistance: float) -> None:
        """Move the baseline. Until there are three resistances, their median is the baseline at once."""
        now = time.monotonic()
        self.latest.append(gas_resistance)
        median = sorted(self.latest)[(len(self.latest) - 1) // 2]
        time_constant = self.RISE if median > self.baseline else self.FALL
        share = -math.expm1((self.rated_at - now) / time_constant) if self.is_settled else 1.0
        self.baseline += (median - self.baseline) * share
        self.rated_at = now
        self.is_settled |= len(self.latest) == self.LATEST


class Sensor:
    """The state of the sensor."""

    calibration: Calibration
    air_temperature = 25.0  # °C
    air_quality = AirQuality()
