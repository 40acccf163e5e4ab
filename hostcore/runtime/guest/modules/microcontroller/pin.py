"""The pins on the header of a Raspberry Pi, and the buses that they carry (Adafruit-Blinka 10, bcm2711/pin.py)."""


class Pin:
    """A pin of the header. It equals the BCM number of its line."""

    def __init__(self, bcm_number: int) -> None:
        self.id = bcm_number

    def __repr__(self) -> str:
        return str(self.id)

    def __eq__(self, other: object) -> bool:
        return self.id == (other.id if isinstance(other, Pin) else other)

    def __hash__(self) -> int:
        return hash(self.id)


D0, D1, D2, D3, D4, D5, D6, D7, D8, D9 = map(Pin, range(10))
D10, D11, D12, D13, D14, D15, D16, D17, D18, D19 = map(Pin, range(10, 20))
D20, D21, D22, D23, D24, D25, D26, D27 = map(Pin, range(20, 28))

SDA, SCL = D2, D3
CE1, CE0 = D7, D8
MISO, MOSI = D9, D10
SCLK = SCK = D11
TXD, RXD = D14, D15
MISO_1, MOSI_1 = D19, D20
SCLK_1 = SCK_1 = D21

i2cPorts = ((1, SCL, SDA), (0, D1, D0))  # noqa: N816 - Blinka's names
"""Number, SCL and SDA of each I2C bus. Number 1 is the first bus of the host (host.toml), whatever its number."""
spiPorts = ((0, SCLK, MOSI, MISO), (1, SCLK_1, MOSI_1, MISO_1))  # noqa: N816
"""Number, SCLK, MOSI and MISO of each SPI bus."""
uartPorts = ((1, TXD, RXD),)  # noqa: N816
"""Number, TXD and RXD of the serial port."""
