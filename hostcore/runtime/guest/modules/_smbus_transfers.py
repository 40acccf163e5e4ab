"""SMBus transfers as Linux makes them of I2C messages, for `smbus2` and `smbus`.

The messages, the lengths and the packet error code (PEC) are those of the kernel's emulation of SMBus (kernel,
drivers/i2c/i2c-core-smbus.c, i2c_smbus_xfer_emulated). One thing is different: the controller of a Pi cannot read a
block whose length the device says, and Linux gives a wrong answer. Here 32 bytes are read, and cut to this length.
"""

import errno
import re
from collections.abc import Sequence
from dataclasses import dataclass

from host import i2c
from host._granted import granted
from linux_names import LinuxError

BLOCK_MAX = 32
"""Most bytes of a block (kernel, uapi/linux/i2c.h, I2C_SMBUS_BLOCK_MAX)."""
LAST_ADDRESS = 0x7F
"""The highest 7-bit address (kernel, drivers/i2c/i2c-dev.c, I2C_SLAVE)."""
_DEVICE = re.compile(r"/dev/i2c-(\d+)")
_POLYNOMIAL = 0x07
"""CRC-8 of the PEC: x^8 + x^2 + x + 1 (SMBus 3.2, section 6.4.1)."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device on a bus. Each transfer blocks until it is complete, and raises `host.BusError` if it fails."""

    bus: int
    address: int
    pec: bool
    """Whether transfers have a packet error code."""

    def quick(self) -> None:
        """Send only the address, for a write."""
        i2c.write(self.address, b"", bus=self.bus)

    def send(self, data: bytes) -> None:
        """Write `data`, with its PEC."""
        code = bytes([_pec(self._writes + data)]) if self.pec else b""
        i2c.write(self.address, data + code, bus=self.bus)

    def receive(self) -> int:
        """Read a byte without writing first."""
        (byte,) = self._proven(self._reads, i2c.read(self.address, 1 + self.pec, bus=self.bus))
        return byte

    def exchange(self, data: bytes, length: int) -> bytes:
        """Write `data`, and read `length` bytes after a repeated start."""
        received = i2c.transfer(self.address, data, length + self.pec, bus=self.bus)
        return self._proven(self._writes + data + self._reads, received)

    def exchange_block(self, data: bytes) -> list[int]:
        """Write `data`, and read a block: its length, and that number of bytes.

        Raises:
            OSError: EPROTO, because the device says a length that no block can have.
        """
        received = i2c.transfer(self.address, data, 1 + BLOCK_MAX + self.pec, bus=self.bus)
        if not 1 <= received[0] <= BLOCK_MAX:
            raise LinuxError(errno.EPROTO, "Protocol error")
        used = received[: 1 + received[0] + self.pec]
        return list(self._proven(self._writes + data + self._reads, used)[1:])

    def write_raw_block(self, data: bytes) -> None:
        """Write `data`. An I2C block has no PEC."""
        i2c.write(self.address, data, bus=self.bus)

    def read_raw_block(self, register: int, length: int) -> list[int]:
        """Write the register, and read `length` bytes after a repeated start. An I2C block has no PEC.

        Raises:
            OSError: EINVAL, because the length is more than 32.
        """
        if length > BLOCK_MAX:
            raise LinuxError(errno.EINVAL, "Invalid argument")
        return list(i2c.transfer(self.address, block([register]), length, bus=self.bus))

    @property
    def _writes(self) -> bytes:
        return bytes([self.address << 1])

    @property
    def _reads(self) -> bytes:
        return bytes([self.address << 1 | 1])

    def _proven(self, sent: bytes, received: bytes) -> bytes:
        if not self.pec:
            return received
        if _pec(sent + received[:-1]) != received[-1]:
            raise LinuxError(errno.EBADMSG, "Bad message")
        return received[:-1]


class OpenBus:
    """A bus that a driver has opened.

    Args:
        number: the number of the bus.

    Attributes:
        pec: whether transfers have a packet error code.
    """

    def __init__(self, number: int) -> None:
        self.number, self.pec = number, False

    def at(self, address: int) -> Device:
        """Return the device with this address.

        Raises:
            OSError: EINVAL, because it is no 7-bit address.
        """
        if not 0 <= address <= LAST_ADDRESS:
            raise LinuxError(errno.EINVAL, "Invalid argument")
        return Device(self.number, address, self.pec)


def open_bus(bus: int | str) -> OpenBus:
    """Open a bus by its number, or by the path of its device file. Does not block, and needs no permission.

    Raises:
        FileNotFoundError: host.toml has no such bus.
    """
    path = f"/dev/i2c-{bus}" if isinstance(bus, int) else bus
    found, buses = _DEVICE.fullmatch(path), granted().i2c_buses
    if found is None or int(found[1]) not in buses:
        known = ", ".join(f"i2c-{number}" for number in buses) or "no I2C bus"
        raise FileNotFoundError(errno.ENOENT, f"No such file or directory (host.toml has {known})", path)
    return OpenBus(int(found[1]))


def little_endian(word: bytes) -> int:
    """Return the word of 16 bits, of which the lower byte came first."""
    return int.from_bytes(word, "little")


def block(data: Sequence[int]) -> bytes:
    """Return the bytes of `data`, of which only the lowest 8 bits count, as in a C array."""
    return bytes(value & 0xFF for value in data)


def _pec(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ (_POLYNOMIAL if crc & 0x80 else 0)) & 0xFF
    return crc
