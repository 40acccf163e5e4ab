"""Sensors that a driver of the kernel's reads itself (industrial I/O), with the kernel's names and units.

Temperatures come in thousandths of °C, relative humidity in thousandths of a percent, pressure in kilopascals.
"""

def devices() -> list[str]:
    """The devices that there are and that this plugin may read, such as ``["dht11@4"]``."""

def channels(device: str) -> list[str]:
    """What can be read from `device`, such as ``["humidityrelative", "temp"]``."""

def read(device: str, channel: str) -> float:
    """Measure one channel, in the kernel's unit; may take seconds."""
