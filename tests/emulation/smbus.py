"""SMBus calls of the emulated kernel, made from I2C messages like i2c-core does for adapters without SMBus.

Source: the kernel's Documentation/i2c/smbus-protocol.rst; linux/i2c.h for kinds, functions and the data's layout.
"""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass
from enum import IntEnum

from smbus2 import I2cFunc
from smbus2.smbus2 import I2C_SMBUS_BLOCK_MAX, I2C_SMBUS_READ

from tests.emulation.i2c_message import I2cMessage

_CALL = struct.Struct("=BBxxI")


I2C_BLOCK_BROKEN = 6
"""The older form of I2C_BLOCK_DATA, which always reads 32 bytes. libi2c still uses it for that (linux/i2c.h)."""


class Kind(IntEnum):
    """The `size` of a struct i2c_smbus_ioctl_data."""

    QUICK = 0
    BYTE = 1
    BYTE_DATA = 2
    WORD_DATA = 3
    PROC_CALL = 4
    BLOCK_DATA = 5
    I2C_BLOCK_DATA = 8


NEEDED = {
    Kind.QUICK: (I2cFunc.SMBUS_QUICK, I2cFunc.SMBUS_QUICK),
    Kind.BYTE: (I2cFunc.SMBUS_WRITE_BYTE, I2cFunc.SMBUS_READ_BYTE),
    Kind.BYTE_DATA: (I2cFunc.SMBUS_WRITE_BYTE_DATA, I2cFunc.SMBUS_READ_BYTE_DATA),
    Kind.WORD_DATA: (I2cFunc.SMBUS_WRITE_WORD_DATA, I2cFunc.SMBUS_READ_WORD_DATA),
    Kind.PROC_CALL: (I2cFunc.SMBUS_PROC_CALL, I2cFunc.SMBUS_PROC_CALL),
    Kind.BLOCK_DATA: (I2cFunc.SMBUS_WRITE_BLOCK_DATA, I2cFunc.SMBUS_READ_BLOCK_DATA),
    Kind.I2C_BLOCK_DATA: (I2cFunc.SMBUS_WRITE_I2C_BLOCK, I2cFunc.SMBUS_READ_I2C_BLOCK),
}
"""Functions that an adapter needs to write, and to read."""


@dataclass(frozen=True, slots=True)
class SmbusCall:
    """A struct i2c_smbus_ioctl_data."""

    reading: bool
    command: int
    kind: Kind
    data: bytes
    """The part of union i2c_smbus_data that this kind uses."""

    @classmethod
    def unpack(cls, payload: bytes) -> SmbusCall:
        """Decode a call. Raises EINVAL like i2c-dev."""
        read_write, command, kind = _CALL.unpack_from(payload)
        data = payload[_CALL.size :]
        if kind == I2C_BLOCK_BROKEN:
            kind = Kind.I2C_BLOCK_DATA
            data = bytes((I2C_SMBUS_BLOCK_MAX,)) if read_write == I2C_SMBUS_READ else data
        if read_write > 1 or kind not in Kind.__members__.values():
            raise OSError(errno.EINVAL, "no such SMBus call")
        return cls(read_write == I2C_SMBUS_READ, command, Kind(kind), data)

    def messages(self, address: int) -> list[I2cMessage]:
        """The I2C messages of this call."""
        reads = self._reads()
        messages = [] if self._only_reads else [I2cMessage.write(address, bytes(self._writes()))]
        return messages if reads is None else [*messages, I2cMessage.read(address, reads)]

    def reply(self, received: bytes) -> bytes:
        """The caller's union i2c_smbus_data after a call that read `received`."""
        match self.kind:
            case Kind.WORD_DATA | Kind.PROC_CALL if received:
                return struct.pack("=H", int.from_bytes(received, "little"))
            case Kind.BLOCK_DATA if received:
                return received[: 1 + _checked(received[0], errno.EPROTO)]
            case Kind.I2C_BLOCK_DATA if received:
                return bytes((len(received), *received))
        return received

    @property
    def _only_reads(self) -> bool:
        return self.reading and self.kind in (Kind.QUICK, Kind.BYTE)

    def _writes(self) -> list[int]:
        if self.kind is Kind.QUICK:
            return []
        if self.kind is Kind.PROC_CALL or (not self.reading and self.kind is Kind.WORD_DATA):
            (word,) = struct.unpack("=H", self.data)
            return [self.command, *word.to_bytes(2, "little")]
        if self.reading or self.kind is Kind.BYTE:
            return [self.command]
        if self.kind is Kind.BYTE_DATA:
            return [self.command, self.data[0]]
        block = self.data[: 1 + _checked(self.data[0], errno.EINVAL)]
        return [self.command, *(block if self.kind is Kind.BLOCK_DATA else block[1:])]

    def _reads(self) -> int | None:
        if self.kind is Kind.PROC_CALL:
            return 2
        if not self.reading:
            return None
        lengths = {Kind.QUICK: 0, Kind.BYTE: 1, Kind.BYTE_DATA: 1, Kind.WORD_DATA: 2, Kind.BLOCK_DATA: 33}
        return lengths[self.kind] if self.kind in lengths else _checked(self.data[0], errno.EINVAL)


def _checked(length: int, error: int) -> int:
    if not 1 <= length <= I2C_SMBUS_BLOCK_MAX:
        raise OSError(error, "block length")
    return length
