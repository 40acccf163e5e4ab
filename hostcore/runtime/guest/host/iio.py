"""Sensors that a driver of the kernel's reads itself (industrial I/O), with the kernel's names and units.

Temperatures come in thousandths of °C, relative humidity in thousandths of a percent, pressure in kilopascals.
"""

from wit_world.imports import python_wire

from ._arguments import text
from ._wire import ask


def devices() -> list[str]:
    """The devices that there are and that this plugin may read, such as ``["dht11@4"]``."""
    return ask(python_wire.iio_devices)


def channels(device: str) -> list[str]:
    """What can be read from `device`, such as ``["humidityrelative", "temp"]``."""
    return ask(python_wire.iio_channels, text("device", device))


def read(device: str, channel: str) -> float:
    """Measure one channel, in the kernel's unit; may take seconds."""
    return ask(python_wire.iio_read, text("device", device), text("channel", channel))
