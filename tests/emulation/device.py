"""Devices in the emulated /dev, and their files after a process has opened them."""

from __future__ import annotations

import errno
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from tests.emulation.faults import Faults


class Device(ABC):
    """A device that can be unplugged.

    Attributes:
        faults: the fault of each transfer; see `tests.emulation.faults`.
        open_files: number of open files of the device.
    """

    gone_errno = errno.ENODEV
    """The errno of an open file after its device was unplugged."""

    def __init__(self) -> None:
        self.faults: Faults = iter(())
        self.connection: object | None = None
        self.open_files = 0
        self._counted = threading.Condition()

    def plug(self) -> None:
        """Connect the device. Files that were opened before an unplug keep failing."""
        self.connection = object()

    def unplug(self) -> None:
        """Disconnect the device. Its open files fail from now on."""
        self.connection = None

    @abstractmethod
    def open(self) -> DeviceFile:
        """Open the device. Each process gets its own file."""

    def count(self, change: int) -> None:
        """Change the number of open files by `change`."""
        with self._counted:
            self.open_files += change
            self._counted.notify_all()

    def is_closed_within(self, seconds: float) -> bool:
        """Whether every process closes the device within `seconds`. The end of a process is noticed a moment later."""
        with self._counted:
            return self._counted.wait_for(lambda: not self.open_files, seconds)


class DeviceFile(ABC):
    """A device file that a process has opened. A method raises OSError if the system call fails."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._connection = device.connection
        device.count(+1)

    def check(self) -> None:
        """Raise the device's `gone_errno` if it was unplugged after the file was opened."""
        if self._connection is None or self._connection is not self._device.connection:
            raise OSError(self._device.gone_errno, "unplugged")

    def push_to(self, send: Callable[[bytes], None]) -> None:
        """Receive the function that puts bytes into the file for the process to read. Most devices ignore it."""
        return

    @abstractmethod
    def ioctl(self, request: int, payload: bytes) -> tuple[int, bytes]:
        """Return the call's result, and the data for the memory that its argument points to."""

    def read(self, length: int) -> bytes:
        """Read up to `length` bytes."""
        raise OSError(errno.EINVAL, "no read")

    def write(self, data: bytes) -> int:
        """Write `data`. Returns the number of bytes accepted."""
        raise OSError(errno.EINVAL, "no write")

    def close(self) -> None:
        """Called when the process has closed the file, or ended."""
        self._device.count(-1)
