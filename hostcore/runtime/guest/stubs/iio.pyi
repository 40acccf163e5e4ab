"""Sensors that a kernel driver reads (industrial I/O), with the kernel's names and units.

Temperatures are in thousandths of °C, relative humidity in thousandths of a percent, pressure in kilopascals.
"""

def devices() -> list[str]:
    """List the devices that this plugin may read, such as ``["dht11@4"]``."""

def channels(device: str) -> list[str]:
    """List the channels of `device`, such as ``["humidityrelative", "temp"]``."""

def read(device: str, channel: str) -> float:
    """Measure one channel, in the kernel's unit. Can block for seconds."""
