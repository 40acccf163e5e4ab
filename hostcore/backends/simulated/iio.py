"""A sensor that a driver of the simulated Pi's kernel reads: a BME280 in the simulated environment."""

from __future__ import annotations

from hostcore.backends.base import Iio
from hostcore.devices.environment import Environment, Quantity
from hostcore.errors import UnsupportedError

NAME = "bme280"
"""The driver's name for it (kernel, drivers/iio/pressure/bmp280-core.c)."""
CHANNELS = {
    "humidityrelative": (Quantity.HUMIDITY, 1000.0, 0),
    "pressure": (Quantity.PRESSURE, 0.1, 6),
    "temp": (Quantity.TEMPERATURE, 1000.0, 0),
}
"""For each channel: its quantity, the factor from the quantity's unit to the kernel's, and the number of decimals
(kernel, Documentation/ABI/testing/sysfs-bus-iio)."""


class SimulatedIio(Iio):
    """One BME280.

    Args:
        environment: the environment of the sensor.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def devices(self) -> tuple[str, ...]:
        return (NAME,)

    def channels(self, device: str) -> tuple[str, ...]:
        if device != NAME:
            raise UnsupportedError(f"the simulated Pi's kernel reads no sensor {device}; there is {NAME}")
        return tuple(CHANNELS)

    def read(self, device: str, channel: str) -> float:
        if channel not in self.channels(device):
            raise UnsupportedError(f"{device} has no channel {channel}; it has {', '.join(CHANNELS)}")
        quantity, factor, decimals = CHANNELS[channel]
        return round(self._environment.value(quantity) * factor, decimals)
