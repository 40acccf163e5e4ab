"""CircuitPython's `busio`, as Adafruit-Blinka 10 offers it on a Raspberry Pi."""

from ._i2c import I2C

__all__ = ["I2C"]
