"""An emulated SPI device with the interface of the kernel's spidev driver.

Source: the kernel's Documentation/spi/spidev.rst and linux/spi/spidev.h.
"""

from __future__ import annotations

import errno
import struct
import threading
from dataclasses import dataclass

from hostcore.devices.base import SpiTarget
from tests.emulation.device import Device, DeviceFile

MAGIC = 0x6B
"""SPI_IOC_MAGIC, the letter k."""
MESSAGE, MODE, LSB_FIRST, BITS_PER_WORD, MAX_SPEED_HZ, MODE32 = range(6)
"""The numbers of spidev's ioctls."""
READS = 2
"""_IOC_READ of asm-generic/ioctl.h: the caller reads the setting."""
FORMATS = {MODE: "=B", LSB_FIRST: "=B", BITS_PER_WORD: "=B", MAX_SPEED_HZ: "=I", MODE32: "=I"}
CLOCK_MODE = 0x03
"""SPI_CPHA and SPI_CPOL."""
KNOWN_MODES = 0x0F
"""SPI_CPHA, SPI_CPOL, SPI_CS_HIGH and SPI_LSB_FIRST, which most controllers support."""

_TRANSFER = struct.Struct("=QQIIHBBBBBx")


@dataclass(frozen=True, slots=True)
class SeenTransfer:
    """A message that reached the chip."""

    data: bytes
    speed_hz: int
    mode: int


class SpiSlot(Device):
    """A chip behind a chip select.

    Args:
        target: the simulated chip.
        bufsiz: bytes of the longest message (a parameter of spidev).
        fastest_hz: the clock's default and maximum.
    """

    gone_errno = errno.ESHUTDOWN

    def __init__(self, target: SpiTarget, *, bufsiz: int = 4096, fastest_hz: int = 125_000_000) -> None:
        super().__init__()
        self.seen: list[SeenTransfer] = []
        self.settings = {MODE: 0, LSB_FIRST: 0, BITS_PER_WORD: 8, MAX_SPEED_HZ: fastest_hz}
        self._target, self._bufsiz, self._fastest_hz = target, bufsiz, fastest_hz
        self._lock = threading.Lock()

    def message(self, data: bytes, speed_hz: int) -> bytes:
        """Select the chip, send `data`, receive as many bytes, and deselect the chip."""
        with self._lock:
            fault = next(self.faults, None)
            if fault is not None:
                fault.strike()
            if len(data) > self._bufsiz:
                raise OSError(errno.EMSGSIZE, "longer than bufsiz")
            speed = min(speed_hz or self.settings[MAX_SPEED_HZ], self._fastest_hz)
            mode = self.settings[MODE] & CLOCK_MODE
            self.seen.append(SeenTransfer(data, speed, mode))
            return self._target.exchange(data, speed, mode)

    def open(self) -> SpiFile:
        return SpiFile(self)


class SpiFile(DeviceFile):
    """An opened /dev/spidevB.C. Its settings belong to the device, not to the file."""

    def __init__(self, slot: SpiSlot) -> None:
        super().__init__(slot)
        self._slot = slot

    def ioctl(self, request: int, payload: bytes) -> tuple[int, bytes]:
        direction, magic, number = request >> 30, request >> 8 & 0xFF, request & 0xFF
        if magic != MAGIC or (number and number not in FORMATS):
            raise OSError(errno.ENOTTY, "no such ioctl")
        if number == MESSAGE:
            return self._message(payload, count=(request >> 16 & 0x3FFF) // _TRANSFER.size)
        setting = MODE if number == MODE32 else number
        if direction == READS:
            return 0, struct.pack(FORMATS[number], self._slot.settings[setting])
        self._set(setting, *struct.unpack(FORMATS[number], payload))
        return 0, b""

    def _message(self, payload: bytes, count: int) -> tuple[int, bytes]:
        speeds = [_TRANSFER.unpack_from(payload, index * _TRANSFER.size)[3] for index in range(count)]
        sent = payload[count * _TRANSFER.size :]
        received = self._slot.message(sent, max(speeds, default=0))
        return len(sent), received

    def _set(self, setting: int, value: int) -> None:
        if setting == MODE and value & ~KNOWN_MODES:
            raise OSError(errno.EINVAL, "unsupported mode bits")
        if setting == BITS_PER_WORD and value not in (0, 8):
            raise OSError(errno.EINVAL, "unsupported word size")
        self._slot.settings[setting] = value

    def write(self, data: bytes) -> int:
        self._slot.message(data, 0)
        return len(data)

    def read(self, length: int) -> bytes:
        return self._slot.message(bytes(length), 0)
