"""The wires between a published driver and the simulated chips."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence

from hostcore.devices.base import I2cTarget

BLOCK_MAX = 32
"""Longest SMBus block in bytes (System Management Bus Specification 2.0, section 5.5.7)."""


class SimulatedSmbus:
    """The methods of `smbus2.SMBus` that drivers use, on a bus with simulated chips.

    If no chip acknowledges the address or a byte, each call raises OSError 121, as the Pi's I2C driver does.

    Args:
        targets: the chips by their 7-bit address.
    """

    def __init__(self, targets: Mapping[int, I2cTarget]) -> None:
        self._targets = targets

    def read_byte_data(self, i2c_addr: int, register: int) -> int:
        return self._transaction(i2c_addr, bytes((register,)), 1)[0]

    def write_byte_data(self, i2c_addr: int, register: int, value: int) -> None:
        self._transaction(i2c_addr, bytes((register, value)))

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int) -> list[int]:
        if length > BLOCK_MAX:
            raise ValueError(f"block of {length} bytes; at most {BLOCK_MAX}")
        return list(self._transaction(i2c_addr, bytes((register,)), length))

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: Sequence[int]) -> None:
        if len(data) > BLOCK_MAX:
            raise ValueError(f"block of {len(data)} bytes; at most {BLOCK_MAX}")
        self._transaction(i2c_addr, bytes((register, *data)))

    def _transaction(self, address: int, data: bytes, read_length: int = 0) -> bytes:
        """Write `data`, then read after a repeated start if `read_length` is not 0, then send the stop condition."""
        target = self._targets.get(address)
        if target is None:
            raise _not_acknowledged()
        try:
            if not target.start(reading=False) or target.write(data) < len(data):
                raise _not_acknowledged()
            if not read_length:
                return b""
            if not target.start(reading=True):
                raise _not_acknowledged()
            return target.read(read_length)
        finally:
            target.stop()


def _not_acknowledged() -> OSError:
    return OSError(errno.EREMOTEIO, "Remote I/O error")
