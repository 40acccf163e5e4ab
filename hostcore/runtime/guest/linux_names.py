"""Makes Python name the platform and its errors as on Raspberry Pi OS, because drivers look at both."""

import errno
import sys

ERRNO = {
    "EPERM": 1,
    "ENOENT": 2,
    "EIO": 5,
    "ENXIO": 6,
    "EBADF": 9,
    "EAGAIN": 11,
    "EWOULDBLOCK": 11,
    "ENOMEM": 12,
    "EACCES": 13,
    "EBUSY": 16,
    "ENODEV": 19,
    "EINVAL": 22,
    "ENOTTY": 25,
    "EBADMSG": 74,
    "EPROTO": 71,
    "EOVERFLOW": 75,
    "EOPNOTSUPP": 95,
    "ENOTSUP": 95,
    "ETIMEDOUT": 110,
    "EREMOTEIO": 121,
}
"""Error numbers of Linux that concern buses (asm-generic/errno-base.h and errno.h). WASI has other numbers, and no
EREMOTEIO."""


class LinuxError(OSError):
    """An OSError with a number of Linux. Of `OSError(71)` Python makes a ProcessLookupError, which WASI means by 71."""


def use_linux_names() -> None:
    """Set `sys.platform` to "linux", and the numbers of `errno` to those of Linux."""
    sys.platform = "linux"
    for name, number in ERRNO.items():
        setattr(errno, name, number)
        errno.errorcode[number] = name
