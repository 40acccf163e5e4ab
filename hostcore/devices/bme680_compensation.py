"""The arithmetic of the BME680: from codes to physical values, as in a driver, and back, as in the chip.

Source of every formula and constant, unless one says otherwise: Bosch's BME68x Sensor API, bme68x.c, the
floating-point variants (`calc_temperature`, `calc_pressure`, `calc_humidity`, `calc_gas_resistance_low`,
`calc_res_heat`), which the data sheet BST-BME680-DS001 refers to in section 3.4. Names of parameters are Bosch's.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Callable, Mapping

from hostcore.quick_dataclass import dataclass

GAS_RANGES = 16
"""The number of ranges of the gas conversion (data sheet section 3.4.1)."""
GAS_RANGE_GAIN = (1, 1, 1, 1, 1, 0.99, 1, 0.992, 1, 1, 0.998, 0.995, 1, 0.99, 1, 1)
"""const_array1, by gas range (data sheet section 3.4.1)."""
GAS_RANGE_OHM = tuple(
    8_000_000 / (1 << gas_range) / (1 + error)
    for gas_range, error in enumerate((0, 0, 0, 0, 0.001, 0.007, 0, -0.008, -0.001, 0, 0, 0, 0, 0, 0, 0))
)
"""const_array2 in ohm, by gas range (data sheet section 3.4.1)."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The parameters that Bosch measured for one chip and stored in it.

    The defaults are those of a real BME680, published in issue 11 of pimoroni/bme680-python.
    """

    par_t1: int = 26041
    """0xE9/0xEA, unsigned."""
    par_t2: int = 26469
    """0x8A/0x8B, signed."""
    par_t3: int = 3
    """0x8C, signed."""
    par_p1: int = 36673
    """0x8E/0x8F, unsigned."""
    par_p2: int = -10515
    """0x90/0x91, signed."""
    par_p3: int = 88
    """0x92, signed."""
    par_p4: int = 7310
    """0x94/0x95, signed."""
    par_p5: int = -129
    """0x96/0x97, signed."""
    par_p6: int = 30
    """0x99, signed."""
    par_p7: int = 46
    """0x98, signed."""
    par_p8: int = -3177
    """0x9C/0x9D, signed."""
    par_p9: int = -2379
    """0x9E/0x9F, signed."""
    par_p10: int = 30
    """0xA0, unsigned."""
    par_h1: int = 676
    """0xE2<3:0>/0xE3, unsigned, 12 bits."""
    par_h2: int = 1029
    """0xE2<7:4>/0xE1, unsigned, 12 bits."""
    par_h3: int = 0
    """0xE4, signed."""
    par_h4: int = 45
    """0xE5, signed."""
    par_h5: int = 20
    """0xE6, signed."""
    par_h6: int = 120
    """0xE7, unsigned."""
    par_h7: int = -100
    """0xE8, signed."""
    par_gh1: int = -30
    """0xED, signed."""
    par_gh2: int = -24754
    """0xEB/0xEC, signed."""
    par_gh3: int = 18
    """0xEE, signed."""
    res_heat_val: int = 48
    """0x00, signed."""
    res_heat_range: int = 1
    """0x02<5:4>, unsigned, 2 bits."""
    range_sw_err: int = 0
    """0x04<7:4>, signed, 4 bits."""

    def registers(self) -> Mapping[int, int]:
        """The parameters as bytes in the chip's memory, by register address."""
        first = struct.pack(
            "<hbxHhbxhhbbxxhhB",
            *(self.par_t2, self.par_t3, self.par_p1, self.par_p2, self.par_p3, self.par_p4, self.par_p5),
            *(self.par_p7, self.par_p6, self.par_p8, self.par_p9, self.par_p10),
        )
        second = bytes(
            (self.par_h2 >> 4, (self.par_h2 & 0x0F) << 4 | self.par_h1 & 0x0F, self.par_h1 >> 4)
        ) + struct.pack(
            "<bbbBbHhbb",
            *(self.par_h3, self.par_h4, self.par_h5, self.par_h6, self.par_h7),
            *(self.par_t1, self.par_gh2, self.par_gh1, self.par_gh3),
        )
        heater = {0x00: self.res_heat_val & 0xFF, 0x02: self.res_heat_range << 4, 0x04: (self.range_sw_err & 0x0F) << 4}
        return heater | dict(enumerate(first, start=0x8A)) | dict(enumerate(second, start=0xE1))

    def temperature(self, adc: float) -> float:
        """Degrees Celsius for a 20-bit temperature code."""
        offset = adc / 16384 - self.par_t1 / 1024
        return (offset * self.par_t2 + (offset / 8) ** 2 * self.par_t3 * 16) / 5120

    def pressure(self, adc: float, temperature: float) -> float:
        """Hectopascals for a 20-bit pressure code at `temperature` °C."""
        fine = temperature * 5120 / 2 - 64000
        zero = (fine * fine * self.par_p6 / 131072 + fine * self.par_p5 * 2) / 4 + self.par_p4 * 65536
        slope = (self.par_p3 * fine * fine / 16384 + self.par_p2 * fine) / 524288
        linear = (1048576 - adc - zero / 4096) * 6250 / ((1 + slope / 32768) * self.par_p1)
        square = self.par_p9 * linear * linear / 2147483648
        cube = (linear / 256) ** 3 * self.par_p10 / 131072
        return (linear + (square + linear * self.par_p8 / 32768 + cube + self.par_p7 * 128) / 16) / 100

    def humidity(self, adc: float, temperature: float) -> float:
        """Percent relative humidity for a 16-bit humidity code at `temperature` °C, not limited to 0 to 100."""
        offset = adc - (self.par_h1 * 16 + self.par_h3 / 2 * temperature)
        slope = 1 + self.par_h4 / 16384 * temperature + self.par_h5 / 1048576 * temperature * temperature
        linear = offset * self.par_h2 / 262144 * slope
        return linear + (self.par_h6 / 16384 + self.par_h7 / 2097152 * temperature) * linear * linear

    def gas_resistance(self, adc: float, gas_range: int) -> float:
        """Ohm for a 10-bit gas code in one of the 16 gas ranges."""
        gain = self._gas_gain(gas_range)
        return gain * GAS_RANGE_OHM[gas_range] / (adc - 512 + gain)

    def heater_temperature(self, res_heat: int, ambient: float) -> float:
        """The target of the hot plate in °C for a res_heat_x register, in air of `ambient` °C."""
        resistance = (res_heat / 3.4 + 25) * (4 + self.res_heat_range) / 4 * (1 + self.res_heat_val * 0.002)
        at_zero = self.par_gh1 / 16 + 49
        coefficient = self.par_gh2 / 32768 * 0.0005 + 0.00235
        return ((resistance - self.par_gh3 / 1024 * ambient) / at_zero - 1) / coefficient

    def temperature_code(self, temperature: float) -> int:
        """The 20-bit code that is nearest to `temperature` °C."""
        return _nearest_code(20, self.temperature, temperature)

    def pressure_code(self, pressure: float, temperature: float) -> int:
        """The 20-bit code that is nearest to `pressure` hPa at `temperature` °C."""
        return _nearest_code(20, lambda code: -self.pressure(code, temperature), -pressure)

    def humidity_code(self, humidity: float, temperature: float) -> int:
        """The 16-bit code that is nearest to `humidity` %RH at `temperature` °C."""
        return _nearest_code(16, lambda code: self.humidity(code, temperature), humidity)

    def gas_code(self, resistance: float) -> tuple[int, int]:
        """The 10-bit code and the gas range that are nearest to `resistance` ohm, which is above 0."""

        def code(gas_range: int) -> int:
            gain = self._gas_gain(gas_range)
            return min(max(0, round(gain * GAS_RANGE_OHM[gas_range] / resistance + 512 - gain)), 1023)

        codes = [(code(gas_range), gas_range) for gas_range in range(GAS_RANGES)]
        return min(codes, key=lambda found: abs(self.gas_resistance(*found) - resistance))

    def _gas_gain(self, gas_range: int) -> float:
        return (1340 + 5 * self.range_sw_err) * GAS_RANGE_GAIN[gas_range]


def _nearest_code(bits: int, convert: Callable[[int], float], target: float) -> int:
    """The code with `bits` bits whose converted value is nearest to `target`. `convert` must not decrease."""
    codes = range(1 << bits)
    reached = bisect_left(codes, target, key=convert)
    return min(codes[max(0, reached - 1) : reached + 1], key=lambda code: abs(convert(code) - target))
