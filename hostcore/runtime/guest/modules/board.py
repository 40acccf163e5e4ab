"""CircuitPython's `board`, as Adafruit-Blinka 10 offers it on a Raspberry Pi with 40 pins.

`I2C()`, `SPI()` and `UART()` are the first buses of these kinds in host.toml.
"""

import busio
from microcontroller.pin import Pin

board_id = "RASPBERRY_PI_4B"

D0, D1, D2, D3, D4, D5, D6, D7, D8, D9 = map(Pin, range(10))
D10, D11, D12, D13, D14, D15, D16, D17, D18, D19 = map(Pin, range(10, 20))
D20, D21, D22, D23, D24, D25, D26, D27 = map(Pin, range(20, 28))

SDA, SCL = D2, D3
CE1, CE0 = D7, D8
MISO, MOSI = D9, D10
SCLK = SCK = D11
TX = TXD = D14
RX = RXD = D15
MISO_1, MOSI_1 = D19, D20
SCLK_1 = SCK_1 = D21


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
