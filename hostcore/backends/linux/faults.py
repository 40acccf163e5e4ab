"""The meaning of the kernel's error numbers for an I2C bus, and for a sensor that a kernel driver reads."""

from __future__ import annotations

import errno

from hostcore.errors import (
    ArbitrationLostError,
    BusError,
    BusFaultError,
    BusTimeoutError,
    NoAcknowledgeError,
    UnsupportedError,
)

_NO_ACKNOWLEDGE = "no device acknowledged its address, or it refused a byte; check wiring, power and address"
FAULTS: dict[int, tuple[type[BusError], str]] = {
    errno.ENXIO: (NoAcknowledgeError, _NO_ACKNOWLEDGE),
    errno.EREMOTEIO: (NoAcknowledgeError, _NO_ACKNOWLEDGE),  # what i2c-bcm2835 says instead
    errno.EAGAIN: (ArbitrationLostError, "another controller won the bus; try again"),
    errno.ETIMEDOUT: (BusTimeoutError, "the transfer did not end in time; does the device stretch the clock?"),
    errno.EBUSY: (BusTimeoutError, "the bus stayed busy for too long; try again"),
    errno.EIO: (BusFaultError, "the wires misbehaved, or a device held the clock for too long"),  # both in i2c-bcm2835
    errno.EPROTO: (BusFaultError, "the device broke the protocol"),
    errno.EBADMSG: (BusFaultError, "the checksum was wrong"),
    errno.ESHUTDOWN: (BusFaultError, "the adapter is suspended"),
    errno.EINVAL: (UnsupportedError, "the kernel refuses such a transfer"),
    errno.EOPNOTSUPP: (UnsupportedError, "the adapter cannot do such a transfer"),
}
"""The class and the text for each error number (Documentation/i2c/fault-codes.rst). All others are bus faults."""


def meaning_of(error: OSError) -> tuple[type[BusError], str]:
    """The error class to raise for `error`, and a text that says what happened."""
    return FAULTS.get(error.errno or 0, (BusFaultError, "the transfer failed"))
