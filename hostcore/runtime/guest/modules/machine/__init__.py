"""MicroPython's `machine`: the part of it that drivers use, on a Raspberry Pi's buses."""

from ._spi import SPI, SoftSPI
from ._uart import UART

__all__ = ["SPI", "UART", "SoftSPI"]
