"""What stands behind a file in the emulated /dev, and that file once a process has opened it."""

from __future__ import annotations

import errno
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from tests.emulation.faults import Faults


class Device(ABC):
    """A device that can be unplugged.

    Attributes:
        faults: what goes wrong with each transfer; see `tests.emulation.faults`.
        open_files: how often it is open now.
    """

    gone_errno = errno.ENODEV
    """What a file fails with that was open when its device was unplugged."""

    def __init__(self) -> None:
        self.faults: Faults = iter(())
        self.connection: object | None = None
        self.open_files = 0
        self._counted = threading.Condition()

    def plug(self) -> None:
        """Appear; files that were open before stay dead."""
        self.connection = object()

    def unplug(self) -> None:
        """Vanish under those who have it open."""
        self.connection = None

    @abstractmethod
    def open(self) -> DeviceFile:
        """A file descriptor of its own for one process."""

    def count(self, change: int) -> None:
        """So many files of it more are open now."""
        with self._counted:
            self.open_files += change
            self._counted.notify_all()

    def is_closed_within(self, seconds: float) -> bool:
        """Whether nobody has it open any more: a process that ends is noticed a moment later."""
        with self._counted:
            return self._counted.wait_for(lambda: not self.open_files, seconds)


class DeviceFile(ABC):
    """A device file that a process has opened. Every method raises OSError for what the system call fails with."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._connection = device.connection
        device.count(+1)

    def check(self) -> None:
        """Raise the device's `gone_errno` where it was unplugged since the file was opened."""
        if self._connection is None or self._connection is not self._device.connection:
            raise OSError(self._device.gone_errno, "unplugged")

    def push_to(self, send: Callable[[bytes], None]) -> None:
        """From now on `send` puts bytes into the file for the process to read. Most devices have no use for it."""
        return

    @abstractmethod
    def ioctl(self, request: int, payload: bytes) -> tuple[int, bytes]:
        """The call's result, and what goes where its argument points."""

    def read(self, length: int) -> bytes:
        """Up to `length` bytes."""
        raise OSError(errno.EINVAL, "no read")

    def write(self, data: bytes) -> int:
        """How many bytes of `data` were taken."""
        raise OSError(errno.EINVAL, "no write")

    def close(self) -> None:
        """The process has closed it, or ended."""
        self._device.count(-1)
