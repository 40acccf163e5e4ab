"""The device files /dev/i2c-N, for drivers that open them, choose a device with `fcntl.ioctl`, and read and write.

Every transfer is one of the host, with the plugin's permissions. There are no other device files. See kernel,
Documentation/i2c/dev-interface.rst.
"""

import builtins
import errno
import io
import os
import re
from collections.abc import Callable
from typing import Any

from host import i2c

I2C_SLAVE, I2C_SLAVE_FORCE = 0x0703, 0x0706
"""The requests that choose the device (kernel, uapi/linux/i2c-dev.h)."""
LAST_ADDRESS = 0x7F
FIRST_DESCRIPTOR = 1000
"""Above all descriptors that WASI gives."""
_DEVICE = re.compile(r"/dev/i2c-(\d+)")
_files: dict[int, "I2cFile"] = {}
"""The open files by their descriptors."""


class I2cFile(io.RawIOBase):
    """An open /dev/i2c-N.

    Args:
        bus: the number of the bus.
    """

    def __init__(self, bus: int) -> None:
        self._bus, self._address = bus, 0
        self._descriptor = max(_files, default=FIRST_DESCRIPTOR - 1) + 1
        _files[self._descriptor] = self

    def choose(self, address: int) -> None:
        """Send the following transfers to this address.

        Raises:
            OSError: EINVAL, because it has more than 7 bits.
        """
        if not 0 <= address <= LAST_ADDRESS:
            raise OSError(errno.EINVAL, "Invalid argument")
        self._address = address

    def fileno(self) -> int:
        """Return the descriptor, for `fcntl.ioctl` and the functions of `os`."""
        return self._descriptor

    def readable(self) -> bool:
        """Return True."""
        return True

    def writable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes from the device in one transfer; 1 byte without a size."""
        return i2c.read(self._address, 1 if size < 0 else size, bus=self._bus) if size else b""

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` from the device in one transfer."""
        view = memoryview(buffer).cast("B")
        view[:] = self.read(len(view))
        return len(view)

    def write(self, data: Any) -> int:
        """Write `data` to the device in one transfer."""
        content = bytes(data)
        i2c.write(self._address, content, bus=self._bus)
        return len(content)

    def close(self) -> None:
        """Close the file."""
        _files.pop(self._descriptor, None)
        super().close()


def opened(descriptor: int) -> I2cFile | None:
    """Return the open file with this descriptor; None if it is not a device file."""
    return _files.get(descriptor)


def let_open_find_devices() -> None:
    """Let `open` and the functions of `os` use /dev/i2c-N."""
    builtins.open = io.open = _or_else(builtins.open, "file", _bus_of, _open)  # type: ignore[assignment]
    os.open = _or_else(os.open, "path", _bus_of, lambda bus, *_how, **_options: _open(bus).fileno())  # type: ignore[assignment]
    os.read = _or_else(os.read, "", _files.get, lambda file, size: file.read(size))  # type: ignore[assignment]
    os.write = _or_else(os.write, "", _files.get, lambda file, data: file.write(data))  # type: ignore[assignment]
    os.close = _or_else(os.close, "", _files.get, lambda file: file.close())  # type: ignore[assignment]


def _open(bus: int, *_how: object, **_options: object) -> I2cFile:
    return I2cFile(bus)


def _bus_of(path: object) -> int | None:
    found = _DEVICE.fullmatch(path) if isinstance(path, str) else None
    return None if found is None else int(found[1])


def _or_else(
    function: Callable[..., Any], first: str, find: Callable[[Any], Any], use: Callable[..., Any]
) -> Callable[..., Any]:
    """Return `function`, except that `use` handles a first argument for which `find` finds something.

    A caller may give the first argument by its name, which is `first`.
    """

    def chosen(*arguments: Any, **options: Any) -> Any:
        found = find(arguments[0] if arguments else options.get(first))
        return function(*arguments, **options) if found is None else use(found, *arguments[1:], **options)

    return chosen
