"""I2C messages (struct i2c_msg of linux/i2c.h), and their encoding by the preloaded library."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from smbus2.smbus2 import I2C_M_RD

I2C_M_RECV_LEN = 0x0400
"""The flag of a read whose first byte says how many bytes follow (linux/i2c.h)."""
_COUNT = struct.Struct("=I")
_HEADER = struct.Struct("=HHH")


@dataclass(frozen=True, slots=True)
class I2cMessage:
    """A struct i2c_msg."""

    address: int
    flags: int
    length: int
    data: bytes = b""
    """The bytes of a write."""

    @classmethod
    def write(cls, address: int, data: bytes) -> I2cMessage:
        return cls(address, 0, len(data), data)

    @classmethod
    def read(cls, address: int, length: int) -> I2cMessage:
        return cls(address, I2C_M_RD, length)

    @property
    def reading(self) -> bool:
        return bool(self.flags & I2C_M_RD)


def unpack_messages(payload: bytes) -> list[I2cMessage]:
    """Decode the number of messages, the headers of all messages, and the data of all writes."""
    (count,) = _COUNT.unpack_from(payload)
    offset = _COUNT.size + count * _HEADER.size
    messages = []
    for address, flags, length in _HEADER.iter_unpack(payload[_COUNT.size : offset]):
        data = b"" if flags & I2C_M_RD else payload[offset : offset + length]
        offset += len(data)
        messages.append(I2cMessage(address, flags, length, data))
    return messages
