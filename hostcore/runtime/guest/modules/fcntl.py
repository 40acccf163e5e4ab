"""`fcntl`, as far as drivers use it to choose a device of /dev/i2c-N."""

import errno
from typing import Any

import device_files

LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN = 1, 2, 4, 8
"""Operations of `flock` (flock(2))."""


def ioctl(fd: Any, request: int, arg: Any = 0, mutate_flag: bool = True) -> int:
    """Choose the device of an open /dev/i2c-N: `request` is I2C_SLAVE (0x0703), and `arg` the address.

    Raises:
        OSError: ENOTTY, because the file or the request is another one.
    """
    file = device_files.opened(_descriptor(fd))
    if file is None or request not in {device_files.I2C_SLAVE, device_files.I2C_SLAVE_FORCE}:
        raise OSError(
            errno.ENOTTY,
            f"Inappropriate ioctl for device (0x{request:04x}): the sandbox has only I2C_SLAVE, for /dev/i2c-N. Use "
            "smbus2, spidev or serial, which this host provides",
        )
    file.choose(arg)
    return 0


def flock(fd: Any, operation: int) -> None:
    """Do nothing for an open /dev/i2c-N: the host keeps the transfers of plugins apart.

    Raises:
        OSError: EBADF, because the file is another one.
    """
    if device_files.opened(_descriptor(fd)) is None:
        raise OSError(errno.EBADF, "Bad file descriptor")


lockf = flock


def _descriptor(file: Any) -> int:
    return file if isinstance(file, int) else file.fileno()
