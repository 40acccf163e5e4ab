"""Parts that the scenes need and the simulated Pi does not have."""

from __future__ import annotations

from collections.abc import Mapping

from hostcore.devices.base import SPI_MODES, SpiTarget
from hostcore.devices.dht22 import Dht22
from hostcore.devices.environment import Quantity

SPI_READ = 0x80
"""The bit of the first byte that asks for a read (Bosch BST-BMP280-DS001, section 5.3.2)."""


class SpiRegisters(SpiTarget):
    """A chip on SPI whose first byte is the number of a register.

    Args:
        contents: the bytes from a register on, by its number.
        modes: the modes that it understands.
        is_late: whether its answers come one bit too late, as with a clock that is too fast for the wires.
    """

    def __init__(
        self, contents: Mapping[int, bytes], modes: frozenset[int] = SPI_MODES, *, is_late: bool = False
    ) -> None:
        self._contents, self.modes, self._is_late = dict(contents), modes, is_late

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        number, is_read = data[0] & ~SPI_READ, data[0] & SPI_READ
        known = self._contents.get(number, b"") if is_read else b""
        answer = (b"\x00" + known).ljust(len(data), b"\x00")[: len(data)]
        return (int.from_bytes(answer, "big") >> self._is_late).to_bytes(len(data), "big")


class Dht11(Dht22):
    """A DHT11: it speaks as a DHT22 does, with whole numbers and a decimal digit (DHT11 data sheet, section 5)."""

    def _measure(self) -> bytes:
        humidity = round(self._environment.value(Quantity.HUMIDITY))
        tenths = round(10 * self._environment.value(Quantity.TEMPERATURE))
        data = bytes([humidity, 0, tenths // 10, tenths % 10])
        return data + bytes([sum(data) & 0xFF])
