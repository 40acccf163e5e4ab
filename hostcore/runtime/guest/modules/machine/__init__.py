"""MicroPython's `machine`: the part of it that drivers use, on a Raspberry Pi's buses."""

from ._i2c import I2C, SoftI2C

__all__ = ["I2C", "SoftI2C"]
