"""SPI devices of the Linux kernel's spidev driver (kernel, Documentation/spi/spidev.rst).

The library spidev opens them if it is installed. PyPI has it as source only, so most Pis do without it.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterator, Sequence
from ctypes import addressof, c_char
from fcntl import ioctl
from typing import Protocol

from hostcore.backends.linux.file import DeviceFile
from hostcore.backends.linux.node import described
from hostcore.backends.linux.setup import spi_missing, spi_path
from hostcore.backends.linux.spi_node import SpiNode
from hostcore.backends.spi import (
    SpiDelay,
    SpiDevice,
    SpiOperation,
    SpiRead,
    SpiSelect,
    SpiSettings,
    SpiWrite,
    is_answered,
    length_of,
    sent_by,
)
from hostcore.errors import BusError, BusFaultError, BusTimeoutError, UnsupportedError
from hostcore.place import BusName, Place
from hostcore.quick_dataclass import dataclass

try:
    from spidev import SpiDev
except ImportError:
    SpiDev = None

_FAULTS: dict[int, tuple[type[BusError], str]] = {
    errno.EMSGSIZE: (UnsupportedError, "more bytes than spidev takes at once; raise spidev.bufsiz in cmdline.txt"),
    errno.EINVAL: (UnsupportedError, "the controller cannot do this mode, speed or chip select"),
    errno.ETIMEDOUT: (BusTimeoutError, "the transfer did not end in time"),
}


_TRANSFER = struct.Struct("=QQIIHBBBBBx")
"""struct spi_ioc_transfer (linux/spi/spidev.h): the addresses of the bytes to send and of those received, their number,
the clock, the delay, and fields that stay 0."""
_ONE_MESSAGE = 0x4000_6B00
"""SPI_IOC_MESSAGE(0) of linux/spi/spidev.h. The size of the transfers is added from bit 16 on."""
LONGEST_DELAY = 0xFFFF
"""Microseconds of the longest delay after one transfer (linux/spi/spidev.h, the type of delay_usecs)."""


class _Opened(Protocol):
    """An opened device, with the settings that its next transfers have."""

    mode: int
    cshigh: bool
    no_cs: bool

    def fileno(self) -> int:
        """The number of the opened file."""

    def close(self) -> None:
        """Close the file."""


class LinuxSpiDevice(SpiDevice):
    """The device /dev/spidevB.C. If its adapter is unplugged, transfers fail until it is plugged in again.

    Args:
        bus: B.
        chip_select: C.

    Raises:
        UnsupportedError: the device does not exist or cannot be used. The message says what to do.
    """

    def __init__(self, bus: int, chip_select: int) -> None:
        self._place = Place(BusName.spi(bus), chip_select)
        self._file: DeviceFile[_Opened] = DeviceFile(
            spi_path(bus, chip_select),
            lambda: _opened(bus, chip_select),
            lambda: spi_missing(bus, chip_select),
            gone=(errno.ENODEV, errno.ESHUTDOWN),
        )

    def transaction(self, operations: Sequence[SpiOperation], settings: SpiSettings) -> tuple[bytes, ...]:
        data = bytearray(b"".join(map(sent_by, operations)))
        if data or any(isinstance(each, SpiDelay) for each in operations):
            device = self._file.handle()
            try:
                _configure(device, settings)
                _exchange(device.fileno(), operations, data, settings.speed_hz)
            except OSError as error:
                raise self._failure(error) from error
        return tuple(_answers(operations, bytes(data)))

    def close(self) -> None:
        """Close the device; the next transfer opens it again."""
        self._file.close()

    def _failure(self, error: OSError) -> BusError:
        lost = self._file.lost(error)
        if lost is not None:
            return lost
        kind, meaning = _FAULTS.get(error.errno or 0, (BusFaultError, "the transfer failed"))
        return kind(f"{meaning}: {described(error)}", self._place, device=str(self._file.path))


def _opened(bus: int, chip_select: int) -> _Opened:
    if SpiDev is None:
        return SpiNode(str(spi_path(bus, chip_select)))
    device: _Opened = SpiDev(bus, chip_select)
    return device


def _configure(device: _Opened, settings: SpiSettings) -> None:
    """Change the settings of the device that differ. Each change is a call of the kernel."""
    if device.mode != settings.mode:
        device.mode = settings.mode
    is_high = settings.select is SpiSelect.HIGH and settings.line is None
    if device.cshigh is not is_high:
        device.cshigh = is_high
    at_rest = settings.select is SpiSelect.NONE or settings.line is not None
    if device.no_cs is not at_rest:
        try:
            device.no_cs = at_rest
        except OSError as error:
            if settings.line is None or error.errno != errno.EINVAL:
                raise  # with a line, only that line selects the right chip: it does not matter what else is selected


def _exchange(file: int, operations: Sequence[SpiOperation], data: bytearray, speed_hz: int) -> None:
    """Do one message. `data` holds the bytes to send, and then those received for all but the writes."""
    memory = (c_char * len(data)).from_buffer(data)
    transfers = b"".join(
        _TRANSFER.pack(each.send, each.receive, each.length, speed_hz, each.delay, 0, 0, 0, 0, 0)
        for each in _transfers(operations, addressof(memory))
    )
    ioctl(file, _ONE_MESSAGE + (len(transfers) << 16), transfers)


@dataclass(slots=True)
class _Transfer:
    """One struct spi_ioc_transfer. An address of 0 sends zeros, or drops the received bytes."""

    send: int
    receive: int
    length: int
    delay: int = 0


def _transfers(operations: Sequence[SpiOperation], address: int) -> list[_Transfer]:
    """The transfers of a message whose bytes are at `address`. A delay follows the transfer before it, or else one
    without bytes."""
    transfers: list[_Transfer] = []
    for each in operations:
        if not isinstance(each, SpiDelay):
            send = 0 if isinstance(each, SpiRead) else address
            receive = 0 if isinstance(each, SpiWrite) else address
            transfers.append(_Transfer(send, receive, length_of(each)))
            address += length_of(each)
            continue
        for start in range(0, each.microseconds, LONGEST_DELAY):
            if not transfers or transfers[-1].delay:
                transfers.append(_Transfer(0, 0, 0))
            transfers[-1].delay = min(LONGEST_DELAY, each.microseconds - start)
    return transfers


def _answers(operations: Sequence[SpiOperation], data: bytes) -> Iterator[bytes]:
    start = 0
    for each in operations:
        end = start + length_of(each)
        if is_answered(each):
            yield data[start:end]
        start = end
