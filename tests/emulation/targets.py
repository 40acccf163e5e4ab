"""Simple parts for an emulated bus."""

from __future__ import annotations

import itertools

from hostcore.devices.base import I2cTarget


class Memory(I2cTarget):
    """256 registers with a pointer that increments, as in a 24C02 EEPROM that writes without delay.

    Args:
        content: the first registers. The others are 0xFF.
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
    """Acknowledges its address only for reading, or only for writing, as a ghost or a write-only clock chip does."""

    def __init__(self, *, reading: bool) -> None:
        super().__init__()
        self._reading = reading

    def start(self, reading: bool) -> bool:
        return reading is self._reading and super().start(reading)


class Recorder(I2cTarget):
    """Records what happens on the wires, and sends the bytes of `answers` in turn, over and over.

    Args:
        answers: the bytes to send.
        accepts: how many bytes of a message it acknowledges.

    Attributes:
        seen: the condition "start to write", "start to read" or "stop", the bytes of a write, the length of a read.
    """

    def __init__(self, answers: bytes, accepts: int = 8192) -> None:
        self.seen: list[object] = []
        self._answers, self._accepts = itertools.cycle(answers), accepts

    def start(self, reading: bool) -> bool:
        self.seen.append("start to read" if reading else "start to write")
        return True

    def write(self, data: bytes) -> int:
        self.seen.append(data)
        return min(len(data), self._accepts)

    def read(self, length: int) -> bytes:
        self.seen.append(length)
        return bytes(itertools.islice(self._answers, length))

    def stop(self) -> None:
        self.seen.append("stop")
