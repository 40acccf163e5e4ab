"""CircuitPython's `board`, as Adafruit-Blinka 10 offers it on a Raspberry Pi with 40 pins.

`I2C()`, `SPI()` and `UART()` are the first buses of these kinds in host.toml.
"""

import busio
from microcontroller.pin import *  # noqa: F403 - the names of all pins
from microcontroller.pin import MISO, MOSI, RXD, SCL, SCLK, SDA, TXD

__blinka__ = True
board_id = "RASPBERRY_PI_4B"
TX, RX = TXD, RXD


def I2C() -> busio.I2C:  # noqa: N802 - the name in CircuitPython
    """Return the first I2C bus."""
    return busio.I2C(SCL, SDA)


def STEMMA_I2C() -> busio.I2C:  # noqa: N802
    """Return the first I2C bus."""
    return I2C()


def SPI() -> busio.SPI:  # noqa: N802
    """Return the first SPI bus."""
    return busio.SPI(SCLK, MOSI, MISO)


def UART() -> busio.UART:  # noqa: N802
    """Return the first serial port."""
    return busio.UART(TX, RX)
