"""Python's `fcntl`, for the device files /dev/i2c-N. All other files of the sandbox refuse its calls.

Source of the requests: kernel, uapi/linux/i2c-dev.h.
"""

import errno
from typing import Any, NoReturn

from i2c_files import I2cFile, file_of, is_descriptor
from linux_names import LinuxError

F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL = 0, 1, 2, 3, 4
FD_CLOEXEC = 1
LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN = 1, 2, 4, 8

I2C_RETRIES, I2C_TIMEOUT, I2C_TENBIT, I2C_PEC = 0x0701, 0x0702, 0x0704, 0x0708
I2C_SLAVE, I2C_SLAVE_FORCE = 0x0703, 0x0706
I2C_RDWR, I2C_SMBUS = 0x0707, 0x0720


def ioctl(fd: Any, request: int, arg: Any = 0, mutate_flag: bool = True, /) -> int:
    """Set the address of the device behind an open /dev/i2c-N (I2C_SLAVE). Settings of the adapter have no effect.

    Raises:
        OSError: ENOTTY, because the request or the file is another one; EINVAL, because the address is not possible.
    """
    file = _device(fd)
    if request in {I2C_SLAVE, I2C_SLAVE_FORCE}:
        file.select(arg)
    elif request == I2C_TENBIT and arg:
        raise LinuxError(errno.EINVAL, "Invalid argument: only 7-bit addresses can be used")
    elif request in {I2C_RDWR, I2C_SMBUS}:
        raise LinuxError(errno.EOPNOTSUPP, "Operation not supported: use smbus2, which this host provides")
    elif request not in {I2C_RETRIES, I2C_TIMEOUT, I2C_TENBIT, I2C_PEC}:
        _refuse()
    return 0


def fcntl(fd: Any, cmd: int, arg: Any = 0, /) -> int:
    """Do nothing on an open /dev/i2c-N."""
    _device(fd)
    return 0


def flock(fd: Any, operation: int, /) -> None:
    """Do nothing on an open /dev/i2c-N: no other process has it."""
    _device(fd)


def lockf(fd: Any, cmd: int, len: int = 0, start: int = 0, whence: int = 0, /) -> None:  # noqa: A002
    """Do nothing on an open /dev/i2c-N: no other process has it."""
    _device(fd)


def _device(fd: Any) -> I2cFile:
    descriptor = fd if isinstance(fd, int) else fd.fileno()
    if not is_descriptor(descriptor):
        _refuse()
    return file_of(descriptor)


def _refuse() -> NoReturn:
    raise LinuxError(
        errno.ENOTTY,
        "Inappropriate ioctl for device: the sandbox has only the device files /dev/i2c-N; for others use spidev and "
        "serial, which this host provides",
    )
