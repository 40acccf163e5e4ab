"""An SPI chip for tests that respects the clock's mode, as most chips do: a flash memory with a single command."""

from __future__ import annotations

from hostcore.devices.base import SpiTarget

READ_ID = b"\x9f\x00\x00\x00"
"""The command, and three bytes to read the answer (Winbond W25Q32JV data sheet, 8.2.27 Read JEDEC ID)."""
ID_ANSWER = b"\x00\xef\x40\x16"
"""The answer of the chip."""


class SpiFlash(SpiTarget):
    """A Winbond W25Q32JV. It supports modes 0 and 3 (data sheet, 6.1.1).

    Attributes:
        heard: the bytes of each transfer, as the chip received them.
    """

    modes = frozenset({0, 3})

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        self.heard.append(data)
        return ID_ANSWER if data.startswith(READ_ID[:1]) else bytes(len(data))
