"""A chip that has a byte in every register. It stands for any chip, so that a library can complete a reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice

from hostcore.devices.base import SPI_MODES, I2cTarget, SpiTarget, UartTarget


@dataclass(frozen=True)
class Contents:
    """What a register file holds."""

    registers: Mapping[int, bytes] = field(default_factory=dict)
    """Registers that always read the same, such as a chip ID: the bytes from each of these numbers on."""
    fill: int = 0x80
    """The byte in all other registers."""
    words: bytes = b""
    """The words that a chip without registers answers with, over and over; by default two bytes of the fill."""
    keeps: bool = True
    """Whether the other registers keep what is written to them."""
    refuses: int | None = None
    """A register that does not acknowledge what is written to it."""
    pointer: int = 1
    """The bytes of a register's number."""
    checksum: str = ""
    """What the chip sends after each word, one of `CHECKSUMS`; "" for none."""
    sends: bytes = b""
    """What the chip sends over and over, if it has no registers at all."""

    def fixed(self, number: int) -> bytes | None:
        """Return the bytes that always read the same from this register on; None if it is another register."""
        if number in self.registers:
            return self.registers[number]
        around = (held[number - first :] for first, held in self.registers.items() if first < number)
        return next((held for held in around if held), None)


def crc8(data: bytes, polynomial: int, start: int) -> int:
    """Return the CRC-8 of `data`, the highest bit first."""
    crc = start
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ polynomial) & 0xFF if crc & 0x80 else crc << 1
    return crc


CHECKSUMS: Mapping[str, Callable[[bytes], int]] = {
    "sensirion": lambda data: crc8(data, 0x31, 0xFF),
    "htu": lambda data: crc8(data, 0x31, 0x00),
    "smbus": lambda data: crc8(data, 0x07, 0x00),
}
"""Sensirion SHT4x, 4.4; TE Connectivity HTU21D, "CRC-8 Checksum"; SMBus 3.2, 5.4 (over all bytes of the message)."""


class RegisterFile(I2cTarget):
    """A register file at an I2C address. It acknowledges everything.

    Args:
        contents: what it holds.
        address: its 7-bit address, which an SMBus checksum covers.
    """

    def __init__(self, contents: Contents, address: int) -> None:
        self._contents, self._address = contents, address
        self._written: dict[int, int] = {}
        self._pointer = 0
        self._message = b""
        self._stream = cycle(contents.sends)

    def start(self, reading: bool) -> bool:
        self._message += bytes([self._address << 1 | reading])
        return True

    def write(self, data: bytes) -> int:
        self._message += data
        size = self._contents.pointer
        self._pointer = int.from_bytes(data[:size])
        if self._pointer == self._contents.refuses:
            return min(len(data), size)
        if self._contents.keeps:
            self._written.update({self._pointer + at: byte for at, byte in enumerate(data[size:])})
        return len(data)

    def read(self, length: int) -> bytes:
        if self._contents.sends:
            return bytes(islice(self._stream, length))
        if self._contents.checksum:
            return self._words(length)
        sent = b""
        while len(sent) < length:
            held = self._contents.fixed(self._pointer) or bytes([self._written.get(self._pointer, self._contents.fill)])
            sent += held
            self._pointer += len(held)
        return sent[:length]

    def stop(self) -> None:
        self._message = b""

    def _words(self, length: int) -> bytes:
        """Words of two bytes, each with its checksum."""
        checksum = CHECKSUMS[self._contents.checksum]
        covered = self._message if self._contents.checksum == "smbus" else b""
        held = self._contents.registers.get(self._pointer) or self._contents.words or bytes([self._contents.fill] * 2)
        words = cycle(held)
        sent = b""
        while len(sent) < length:
            word = bytes(islice(words, 2))
            sent += word + bytes([checksum(covered + word)])
        return sent[:length]


class SpiRegisterFile(SpiTarget):
    """A register file behind a chip select. The first byte is the register's number, whose highest bit means reading.

    Bosch counts that bit as a part of the number, and others do not. So a register is also found with the bit cleared.

    Args:
        contents: what it holds.
    """

    modes = SPI_MODES

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._pointer: int | None = None

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        return bytes(map(self._exchange, data))

    def deselect(self) -> None:
        self._pointer = None

    def _exchange(self, byte: int) -> int:
        if self._pointer is None:
            self._pointer = byte
            return self._contents.fill
        number, self._pointer = self._pointer, self._pointer + 1
        held = self._contents.fixed(number) or self._contents.fixed(number & 0x7F) or bytes([self._contents.fill])
        return held[0]


class Repeater(UartTarget):
    """A device at a serial port that sends the same bytes over and over.

    Args:
        sent: the bytes; none at all are possible.
    """

    def __init__(self, sent: bytes) -> None:
        self._sent = sent
        self._at = 0

    def receive(self, data: bytes) -> None:
        """Ignore what is sent, except that the answer to it starts with the first byte."""
        self._at = 0

    def send(self, limit: int) -> bytes:
        if not self._sent:
            return b""
        part = self._sent[self._at : self._at + limit]
        self._at = (self._at + len(part)) % len(self._sent)
        return part
