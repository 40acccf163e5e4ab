"""SPI devices of the Linux kernel, through spidev (kernel, Documentation/spi/spidev.rst)."""

from __future__ import annotations

import errno

from spidev import SpiDev

from hostcore.backends.base import SpiDevice, SpiSettings
from hostcore.backends.linux.file import DeviceFile
from hostcore.backends.linux.node import described
from hostcore.backends.linux.setup import spi_missing, spi_path
from hostcore.errors import BusError, BusFaultError, BusTimeoutError, UnsupportedError
from hostcore.place import BusName, Place

_FAULTS: dict[int, tuple[type[BusError], str]] = {
    errno.EMSGSIZE: (UnsupportedError, "more bytes than spidev takes at once; raise spidev.bufsiz in cmdline.txt"),
    errno.EINVAL: (UnsupportedError, "the controller cannot do this mode or speed"),
    errno.ETIMEDOUT: (BusTimeoutError, "the transfer did not end in time"),
}


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
        self._file: DeviceFile[SpiDev] = DeviceFile(
            spi_path(bus, chip_select),
            lambda: _opened(bus, chip_select),
            lambda: spi_missing(bus, chip_select),
            gone=(errno.ENODEV, errno.ESHUTDOWN),
        )

    def transfer(self, data: bytes, settings: SpiSettings) -> bytes:
        if not data:
            return b""
        device = self._file.handle()
        try:
            if device.mode & 3 != settings.mode:
                device.mode = settings.mode
            return bytes(device.xfer2(data, settings.speed_hz))
        except OSError as error:
            raise self._failure(error) from error

    def close(self) -> None:
        """Close the device; the next transfer opens it again."""
        self._file.close()

    def _failure(self, error: OSError) -> BusError:
        lost = self._file.lost(error)
        if lost is not None:
            return lost
        kind, meaning = _FAULTS.get(error.errno or 0, (BusFaultError, "the transfer failed"))
        return kind(f"{meaning}: {described(error)}", self._place, device=str(self._file.path))


def _opened(bus: int, chip_select: int) -> SpiDev:
    device = SpiDev()
    try:
        device.open(bus, chip_select)
    except OSError:
        device.close()
        raise
    return device
