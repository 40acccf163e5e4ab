"""Parts that the scenes need and the simulated Pi does not have."""

from __future__ import annotations

from hostcore.devices.base import I2cTarget, SpiTarget
from hostcore.devices.dht22 import Dht22
from hostcore.devices.environment import Quantity

SPI_READ = 0x80
"""The bit of the first byte that asks for a read. It takes the place of a bit that all register numbers of Bosch's
sensors have (Bosch BST-BMP280-DS001, section 5.3.2)."""


class BoschOnSpi(SpiTarget):
    """A sensor of Bosch on SPI.

    Args:
        chip: the same sensor on I2C.
        is_late: whether its answers come one bit too late, as through a slow level shifter.
    """

    modes = frozenset({0, 3})

    def __init__(self, chip: I2cTarget, *, is_late: bool = False) -> None:
        self._chip, self._is_late = chip, is_late

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        number, is_read = bytes([data[0] | SPI_READ]), data[0] & SPI_READ
        self._chip.start(reading=False)
        self._chip.write(number if is_read else number + data[1:])
        answer = bytes(len(data))
        if is_read and len(data) > 1:
            self._chip.start(reading=True)
            answer = b"\x00" + self._chip.read(len(data) - 1)
        self._chip.stop()
        return (int.from_bytes(answer, "big") >> self._is_late).to_bytes(len(data), "big")


class Dht11(Dht22):
    """A DHT11: it speaks as a DHT22 does, with whole numbers and a decimal digit (DHT11 data sheet, section 5)."""

    def _measure(self) -> bytes:
        humidity = round(self._environment.value(Quantity.HUMIDITY))
        tenths = round(10 * self._environment.value(Quantity.TEMPERATURE))
        data = bytes([humidity, 0, tenths // 10, tenths % 10])
        return data + bytes([sum(data) & 0xFF])
