"""Sensors that a driver of the kernel's reads itself (dht11, bmp280, ...): industrial I/O in /sys.

The way out where user space is not fast enough, or where an overlay has given a sensor to the kernel for good.
Source of names and units: kernel, Documentation/ABI/testing/sysfs-bus-iio.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hostcore.backends.linux_faults import meaning_of
from hostcore.backends.linux_node import described, text_in
from hostcore.errors import BusFaultError

DEVICES = Path("/sys/bus/iio/devices")
"""Where they are."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the kernel calls a quantity and measures it in, and what this project does."""

    channel: str
    quantity: str
    unit: str
    factor: float


_KINDS = (
    _Kind("temp", "temperature", "°C", 0.001),
    _Kind("humidityrelative", "humidity", "%", 0.001),
    _Kind("pressure", "pressure", "hPa", 10.0),
    _Kind("illuminance", "illuminance", "lux", 1.0),
    _Kind("resistance", "gas_resistance", "ohm", 1.0),
)


@dataclass(frozen=True, slots=True)
class IioReading:
    """One value of a sensor."""

    quantity: str
    """``temperature``, ``humidity``, ``pressure``, ``illuminance`` or ``gas_resistance``."""
    value: float
    """In `unit`."""
    unit: str
    """``°C``, ``%``, ``hPa``, ``lux`` or ``ohm``."""


class IioSensor:
    """One sensor of the kernel's.

    Args:
        folder: its folder in `DEVICES`.

    Attributes:
        name: what its driver calls it, such as ``dht11`` or ``bmp280``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = text_in(folder / "name") or folder.name

    @property
    def number(self) -> int:
        """N of ``iio:deviceN``."""
        return int(self._folder.name.removeprefix("iio:device"))

    def read(self) -> tuple[IioReading, ...]:
        """Everything it measures. Blocks for as long as the measurement takes; a DHT11's driver waits up to 2 s.

        Raises:
            BusError: the driver could not read the sensor; on a long wire that is common, try again.
        """
        try:
            return tuple(
                IioReading(kind.quantity, value * kind.factor, kind.unit)
                for kind in _KINDS
                if (value := self._value(kind.channel)) is not None
            )
        except OSError as error:
            failure, meaning = meaning_of(error)
            raise failure(f"{self.name} ({self._folder.name}): {meaning}: {described(error)}") from error
        except ValueError as error:
            raise BusFaultError(
                f"{self.name} ({self._folder.name}): the driver's answer is no number: {error}"
            ) from error

    def _value(self, channel: str) -> float | None:
        """In the kernel's unit, or None where it has no such channel."""
        done = self._folder / f"in_{channel}_input"
        if done.exists():
            return float(done.read_text())
        raw = self._folder / f"in_{channel}_raw"
        if not raw.exists():
            return None
        return (float(raw.read_text()) + self._constant(channel, "offset", 0.0)) * self._constant(channel, "scale", 1.0)

    def _constant(self, channel: str, name: str, otherwise: float) -> float:
        file = self._folder / f"in_{channel}_{name}"
        return float(file.read_text()) if file.exists() else otherwise


def iio_sensors() -> tuple[IioSensor, ...]:
    """All sensors that the kernel reads itself, by their number."""
    return tuple(sorted((IioSensor(folder) for folder in DEVICES.glob("iio:device*")), key=lambda each: each.number))
