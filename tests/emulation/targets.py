"""Parts for an emulated bus that are simpler than any sensor."""

from __future__ import annotations

from hostcore.devices.base import I2cTarget


class Memory(I2cTarget):
    """256 registers behind a pointer that counts on by itself, as in a 24C02 EEPROM that needs no time to write.

    Args:
        content: the first registers; the others hold 0xFF.
    """

    def __init__(self, content: bytes = b"") -> None:
        self.content = bytearray(content.ljust(256, b"\xff"))
        self._pointer = 0
        self._pointer_follows = False

    def start(self, reading: bool) -> bool:
        self._pointer_follows = not reading
        return True

    def write(self, data: bytes) -> int:
        if self._pointer_follows and data:
            self._pointer, self._pointer_follows = data[0], False
            return 1 + self.write(data[1:])
        for byte in data:
            self.content[self._pointer] = byte
            self._pointer = (self._pointer + 1) % 256
        return len(data)

    def read(self, length: int) -> bytes:
        received = bytes(self.content[(self._pointer + offset) % 256] for offset in range(length))
        self._pointer = (self._pointer + length) % 256
        return received

    def stop(self) -> None:
        pass


class Picky(Memory):
    """Acknowledges its address for only one direction, as a ghost on the bus or a write-only clock chip does."""

    def __init__(self, *, reading: bool) -> None:
        super().__init__()
        self._reading = reading

    def start(self, reading: bool) -> bool:
        return reading is self._reading and super().start(reading)
