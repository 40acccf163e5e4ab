"""The values that a chip made of its chip file measures: those of the environment, or steady plausible ones."""

from __future__ import annotations

from collections.abc import Mapping

from hostcore.chips.model import Bits, Scale
from hostcore.devices.environment import Environment, Quantity
from hostcore.quick_dataclass import dataclass

UNITS: Mapping[str, tuple[Quantity, float]] = {
    "°C": (Quantity.TEMPERATURE, 1.0),
    "hPa": (Quantity.PRESSURE, 1.0),
    "Pa": (Quantity.PRESSURE, 100.0),
    "kPa": (Quantity.PRESSURE, 0.1),
    "lx": (Quantity.ILLUMINANCE, 1.0),
}
"""The quantity of a unit, and what one of the environment's unit is in this unit."""
HUMIDITY_UNITS = ("%", "%RH")
"""Units of relative humidity. Other values are in percent, too, so the name of the value decides."""
NOISY_BITS = 16
"""From this many bits on, the last digits of a number are noise."""
PLAUSIBLE = 0.6
"""Where a value without a quantity is within its range."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Measures with a chip's scales.

    Args:
        environment: the source of temperature, humidity, pressure and illuminance.
    """

    environment: Environment

    def number(self, name: str, bits: Bits, scale: Scale) -> int:
        """Return the number that the chip reports now, as a two's complement if it is signed.

        Args:
            name: the name of the value.
            bits: the bits of the number.
            scale: its scale. Without a quantity and a range, the number is neither 0 nor at its limit, and steady
                but for the noise of a long number.
        """
        value = self._measured(name, scale)
        if value is None:
            return bits.of(1 << bits.first + max(0, bits.width - 2)) + self._noise(bits)
        lowest, highest = bits.limits
        return min(max(lowest, scale.number(value)), highest)

    def _noise(self, bits: Bits) -> int:
        """The noise in the last digits of a long number. It follows that of the environment, which may have none."""
        if bits.width < NOISY_BITS:
            return 0
        return round(self.environment.value(Quantity.TEMPERATURE) * 100) % (1 << bits.width - NOISY_BITS + 2)

    def _measured(self, name: str, scale: Scale) -> float | None:
        """Return the value in the unit of `scale`; None if neither a quantity nor a range is known."""
        if scale.unit in UNITS:
            quantity, factor = UNITS[scale.unit]
            return _clamped(self.environment.value(quantity) * factor, scale)
        if scale.unit in HUMIDITY_UNITS and ("hum" in name.lower() or name.lower() in {"rh", "h"}):
            return _clamped(self.environment.value(Quantity.HUMIDITY), scale)
        if scale.low is not None and scale.high is not None:
            return scale.low + PLAUSIBLE * (scale.high - scale.low)
        return None


def _clamped(value: float, scale: Scale) -> float:
    value = value if scale.low is None else max(scale.low, value)
    return value if scale.high is None else min(value, scale.high)
