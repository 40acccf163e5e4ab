"""MicroPython's `machine`: the part of it that drivers use, on a Raspberry Pi's buses."""

from ._i2c import I2C, SoftI2C
from ._spi import SPI, SoftSPI
from ._uart import UART

__all__ = ["I2C", "SPI", "UART", "SoftI2C", "SoftSPI"]
