"""A device of the kernel's spidev driver, used without the library of that name, which needs a C compiler.

PyPI has that library as source only, and a small Pi should compile nothing. The numbers are those of
linux/spi/spidev.h, which programs can rely on.
"""

from __future__ import annotations

import os
from fcntl import ioctl

_READ_MODE, _WRITE_MODE = 0x8001_6B01, 0x4001_6B01
"""SPI_IOC_RD_MODE and SPI_IOC_WR_MODE: they read and write the settings as one byte."""
_CLOCK_MODE = 0x03
"""SPI_CPHA and SPI_CPOL."""
_CS_HIGH, _NO_CS = 0x04, 0x40
"""SPI_CS_HIGH and SPI_NO_CS."""


class SpiNode:
    """The opened file of a device, and its settings, under the names that they have in the library.

    Args:
        path: the file, /dev/spidevB.C.

    Raises:
        OSError: the file cannot be opened, or is not one of spidev. Later: the kernel refused a setting.
    """

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            (self._settings,) = ioctl(self._file, _READ_MODE, bytes(1))
        except OSError:
            self.close()
            raise

    def fileno(self) -> int:
        """The number of the opened file."""
        return self._file

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    @property
    def mode(self) -> int:
        """The mode of the clock, 0 to 3. Setting it is a call of the kernel, as it is with the others."""
        return self._settings & _CLOCK_MODE

    @mode.setter
    def mode(self, mode: int) -> None:
        self._write(self._settings & ~_CLOCK_MODE | mode)

    @property
    def cshigh(self) -> bool:
        """Whether the chip select is active while it is high."""
        return bool(self._settings & _CS_HIGH)

    @cshigh.setter
    def cshigh(self, is_high: bool) -> None:
        self._write(self._settings & ~_CS_HIGH | (_CS_HIGH if is_high else 0))

    @property
    def no_cs(self) -> bool:
        """Whether the controller leaves the chip select alone."""
        return bool(self._settings & _NO_CS)

    @no_cs.setter
    def no_cs(self, is_left: bool) -> None:
        self._write(self._settings & ~_NO_CS | (_NO_CS if is_left else 0))

    def _write(self, settings: int) -> None:
        ioctl(self._file, _WRITE_MODE, bytes((settings,)))
        self._settings = settings
