"""The package `adafruit-extended-bus`: buses by their numbers."""

from busio import I2C

__all__ = ["ExtendedI2C"]


class ExtendedI2C(I2C):
    """The I2C bus i2c-`bus_id`.

    Args:
        bus_id: the number of the bus.
        frequency: no effect: the kernel sets the speed of a bus.
    """

    def __init__(self, bus_id: int, frequency: int = 400_000) -> None:
        self._bus = bus_id
