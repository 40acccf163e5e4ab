"""CircuitPython's `busio`, as Adafruit-Blinka 10 offers it on a Raspberry Pi."""

from ._i2c import I2C
from ._spi import SPI
from ._uart import UART

__all__ = ["I2C", "SPI", "UART"]
