"""An emulated SPI device with the interface of the kernel's spidev driver.

Source: the kernel's Documentation/spi/spidev.rst and linux/spi/spidev.h.
"""

from __future__ import annotations

import errno
import struct
import threading
import time
from collections.abc import Sequence
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
CS_HIGH, NO_CS = 0x04, 0x40
"""SPI_CS_HIGH and SPI_NO_CS."""
PI_4_MODES = CLOCK_MODE | CS_HIGH | NO_CS
"""What the controller of a Pi up to model 4 supports, apart from three wires (drivers/spi/spi-bcm2835.c)."""
PI_5_MODES = CLOCK_MODE | CS_HIGH
"""What the controller of a Pi 5 supports (drivers/spi/spi-dw-core.c; CS_HIGH by its chip selects, which are GPIOs)."""

_TRANSFER = struct.Struct("=QQIIHBBBBBx")


@dataclass(frozen=True, slots=True)
class Transfer:
    """A struct spi_ioc_transfer. A speed of 0 is the device's own."""

    data: bytes
    speed_hz: int = 0
    delay_us: int = 0
    cs_change: int = 0


@dataclass(frozen=True, slots=True)
class SeenTransfer:
    """A transfer on the wires."""

    data: bytes
    speed_hz: int
    mode: int
    delay_us: int = 0
    """Microseconds of rest after it."""
    is_last: bool = True
    """Whether the chip select went back to rest after it."""
    select: int = 0
    """CS_HIGH, NO_CS or 0 for a chip select that is active while it is low."""


class SpiSlot(Device):
    """A chip behind a chip select.

    Args:
        target: the simulated chip.
        bufsiz: bytes of the longest message (a parameter of spidev).
        fastest_hz: the clock's default and maximum.
        modes: the mode bits that the controller supports.
    """

    gone_errno = errno.ESHUTDOWN

    def __init__(
        self,
        target: SpiTarget,
        *,
        bufsiz: int = 4096,
        fastest_hz: int = 125_000_000,
        modes: int = PI_4_MODES,
    ) -> None:
        super().__init__()
        self.seen: list[SeenTransfer] = []
        self.settings = {MODE: 0, LSB_FIRST: 0, BITS_PER_WORD: 8, MAX_SPEED_HZ: fastest_hz}
        self.modes = modes
        self._target, self._bufsiz, self._fastest_hz = target, bufsiz, fastest_hz
        self._lock = threading.Lock()

    def message(self, transfers: Sequence[Transfer]) -> bytes:
        """Select the chip, do all transfers, and deselect the chip. Returns all received bytes."""
        with self._lock:
            fault = next(self.faults, None)
            if fault is not None:
                fault.strike()
            if sum(len(each.data) for each in transfers) > self._bufsiz:
                raise OSError(errno.EMSGSIZE, "longer than bufsiz")
            return b"".join(self._transfer(each, each is transfers[-1]) for each in transfers)

    def _transfer(self, transfer: Transfer, is_last: bool) -> bytes:
        speed = min(transfer.speed_hz or self.settings[MAX_SPEED_HZ], self._fastest_hz)
        mode, select = self.settings[MODE] & CLOCK_MODE, self.settings[MODE] & (CS_HIGH | NO_CS)
        is_last = is_last is not bool(transfer.cs_change)  # on the last transfer, the flag keeps the chip selected
        self.seen.append(SeenTransfer(transfer.data, speed, mode, transfer.delay_us, is_last, select))
        received = bytes(len(transfer.data)) if select else self._target.exchange(transfer.data, speed, mode)
        time.sleep(transfer.delay_us / 1e6)
        if is_last and not select:
            self._target.deselect()
        return received

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
        transfers, start = [], count * _TRANSFER.size
        for index in range(count):
            _, _, length, speed_hz, delay_us, bits, cs_change, *_ = _TRANSFER.unpack_from(
                payload, index * _TRANSFER.size
            )
            if bits not in (0, 8):
                raise OSError(errno.EINVAL, "unsupported word size")
            transfers.append(Transfer(payload[start : start + length], speed_hz, delay_us, cs_change))
            start += length
        received = self._slot.message(transfers)
        return len(received), received

    def _set(self, setting: int, value: int) -> None:
        if setting == MODE and value & ~self._slot.modes:
            raise OSError(errno.EINVAL, "unsupported mode bits")
        if setting == BITS_PER_WORD and value not in (0, 8):
            raise OSError(errno.EINVAL, "unsupported word size")
        if setting == MAX_SPEED_HZ and not value:
            raise OSError(errno.EINVAL, "no speed")
        self._slot.settings[setting] = value

    def write(self, data: bytes) -> int:
        self._slot.message([Transfer(data)])
        return len(data)

    def read(self, length: int) -> bytes:
        return self._slot.message([Transfer(bytes(length))])
