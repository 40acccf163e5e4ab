"""The probes that an I2C adapter supports, determined as in i2cdetect (i2c-tools, tools/i2cdetect.c)."""

from __future__ import annotations

from smbus2 import I2cFunc, SMBus

from hostcore.backends.base import I2cOperation, I2cRead, I2cWrite
from hostcore.backends.linux.file import unplugged
from hostcore.backends.linux.setup import i2c_path

_NEEDED: dict[I2cOperation, I2cFunc] = {
    I2cWrite(b""): I2cFunc.SMBUS_QUICK,
    I2cRead(1): I2cFunc.SMBUS_READ_BYTE,
}
"""Kernel, Documentation/i2c/functionality.rst."""


def probes_offered(number: int) -> tuple[I2cOperation, ...]:
    """The probes that the adapter of /dev/i2c-N supports, according to itself. Nothing is sent on the wires.

    Raises:
        BusFaultError: the bus, which was open before, cannot be opened any more.
    """
    try:
        with SMBus(number) as bus:
            return tuple(operation for operation, function in _NEEDED.items() if bus.funcs & function)
    except OSError as error:
        raise unplugged(i2c_path(number), error) from error
