"""The device files /dev/i2c-N, for drivers that open them without a library.

There are no files in the sandbox. `open`, `os.open`, `os.read`, `os.write` and `os.close` know these names and their
descriptors, and leave all else to Python. The module `fcntl` sets the address of the device.

Opening a file does not block, and needs no permission. A transfer blocks until it is complete, and raises
`host.BusError`, an OSError.

Source: kernel, Documentation/i2c/dev-interface.rst.
"""

import builtins
import errno
import io
import os
from collections.abc import Buffer
from typing import Any

from host import i2c
from host._granted import granted
from linux_names import LinuxError

FIRST_DESCRIPTOR = 1000
"""More than any descriptor of a file that Python has open in the sandbox."""
LONGEST = 8192
"""Most bytes of one read or write. A longer one is cut (kernel, drivers/i2c/i2c-dev.c)."""
LAST_ADDRESS = 0x7F
"""The highest 7-bit address (kernel, drivers/i2c/i2c-dev.c, I2C_SLAVE)."""
_PREFIX = "/dev/i2c-"

_os_open, _os_read, _os_write, _os_close = os.open, os.read, os.write, os.close


class I2cFile:
    """An open device file.

    Args:
        bus: the number of the bus.

    Attributes:
        address: the address of the device, see `select`.
    """

    def __init__(self, bus: int) -> None:
        self._bus, self.address = bus, 0

    def select(self, address: int) -> None:
        """Use the device with this address. Raises EINVAL if it is no 7-bit address."""
        if not 0 <= address <= LAST_ADDRESS:
            raise LinuxError(errno.EINVAL, "Invalid argument")
        self.address = address

    def read(self, length: int) -> bytes:
        """Read `length` bytes from the device."""
        return i2c.read(self.address, min(length, LONGEST), bus=self._bus) if length else b""

    def write(self, data: Buffer) -> int:
        """Write `data` to the device. Returns the number of bytes."""
        content = bytes(memoryview(data)[:LONGEST])
        i2c.write(self.address, content, bus=self._bus)
        return len(content)


class I2cStream(io.RawIOBase):
    """An open device file as `open` returns it.

    Args:
        descriptor: its descriptor.
        path: the path of the device file.
        mode: such as "rb" or "r+b".
    """

    def __init__(self, descriptor: int, path: str, mode: str) -> None:
        self._descriptor, self.name, self.mode = descriptor, path, mode

    def fileno(self) -> int:
        """Return the descriptor, for `fcntl.ioctl`."""
        self._require_open()
        return self._descriptor

    def readable(self) -> bool:
        """Return whether the mode allows to read."""
        return "r" in self.mode or "+" in self.mode

    def writable(self) -> bool:
        """Return whether the mode allows to write."""
        return set(self.mode) & set("wa+") != set()

    def readinto(self, buffer: Any) -> int:
        """Read as many bytes as fit into `buffer`."""
        self._require_open()
        if not self.readable():
            raise io.UnsupportedOperation("File not open for reading")
        received = file_of(self._descriptor).read(len(buffer))
        buffer[: len(received)] = received
        return len(received)

    def write(self, data: Any) -> int:
        """Write `data`. Returns the number of bytes."""
        self._require_open()
        if not self.writable():
            raise io.UnsupportedOperation("File not open for writing")
        return file_of(self._descriptor).write(data)

    def close(self) -> None:
        """Close the file."""
        _files.pop(self._descriptor, None)
        super().close()

    def _require_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")


_files: dict[int, I2cFile] = {}


def file_of(descriptor: int) -> I2cFile:
    """Return the open device file with this descriptor. Raises EBADF if there is none."""
    if descriptor not in _files:
        raise _bad_descriptor()
    return _files[descriptor]


def is_descriptor(descriptor: int) -> bool:
    """Return whether the descriptor is, or was, that of a device file."""
    return descriptor >= FIRST_DESCRIPTOR


def use_i2c_files() -> None:
    """Let Python's functions for files know the device files. Call it after all others that replace `open`."""
    other_open = builtins.open

    def opened(file: Any, mode: str = "r", buffering: int = -1, *arguments: Any, **options: Any) -> Any:
        if _is_device(file):
            return _opened_stream(file, mode, buffering)
        return other_open(file, mode, buffering, *arguments, **options)

    builtins.open = io.open = opened
    os.open, os.read, os.write, os.close = _opened, _read, _written, _closed


def _opened_stream(path: str, mode: str, buffering: int) -> I2cStream:
    if "b" not in mode and not buffering:
        raise ValueError("can't have unbuffered text I/O")
    if buffering:
        raise io.UnsupportedOperation(f"a buffer cannot be used on {path}: open it in binary mode with buffering=0")
    return I2cStream(_opened(path, os.O_RDWR), path, mode)


def _opened(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
    if not _is_device(path):
        return _os_open(path, flags, *arguments, **options)
    number, buses = path.removeprefix(_PREFIX), granted().i2c_buses
    if number not in map(str, buses):
        known = ", ".join(f"i2c-{each}" for each in buses) or "no I2C bus"
        raise FileNotFoundError(errno.ENOENT, f"No such file or directory (host.toml has {known})", path)
    descriptor = next(
        each for each in range(FIRST_DESCRIPTOR, FIRST_DESCRIPTOR + len(_files) + 1) if each not in _files
    )
    _files[descriptor] = I2cFile(int(number))
    return descriptor


def _read(descriptor: int, length: int, /) -> bytes:
    return file_of(descriptor).read(length) if is_descriptor(descriptor) else _os_read(descriptor, length)


def _written(descriptor: int, data: Buffer, /) -> int:
    return file_of(descriptor).write(data) if is_descriptor(descriptor) else _os_write(descriptor, data)


def _closed(fd: int) -> None:
    if not is_descriptor(fd):
        _os_close(fd)
    elif _files.pop(fd, None) is None:
        raise _bad_descriptor()


def _bad_descriptor() -> LinuxError:
    return LinuxError(errno.EBADF, "Bad file descriptor")


def _is_device(path: object) -> bool:
    return isinstance(path, str) and path.startswith(_PREFIX)
