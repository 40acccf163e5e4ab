"""Sensors that a kernel driver reads (industrial I/O), with the kernel's names and units.

Temperatures are in thousandths of °C, relative humidity in thousandths of a percent, pressure in kilopascals.
"""

from wit_world.imports import python_wire

from ._arguments import text
from ._wire import ask


def devices() -> list[str]:
    """List the devices that this plugin may read, such as ``["dht11@4"]``."""
    return ask(python_wire.iio_devices)


def channels(device: str) -> list[str]:
    """List the channels of `device`, such as ``["humidityrelative", "temp"]``."""
    return ask(python_wire.iio_channels, text("device", device))


def read(device: str, channel: str) -> float:
    """Measure one channel, in the kernel's unit. Can block for seconds."""
    return ask(python_wire.iio_read, text("device", device), text("channel", channel))
