"""SMBus calls of the emulated kernel, made from I2C messages like i2c-core does for adapters without SMBus.

Sources: the kernel's Documentation/i2c/smbus-protocol.rst; drivers/i2c/i2c-core-smbus.c (i2c_smbus_xfer_emulated) for
messages, lengths and packet error codes (PEC); linux/i2c.h for kinds, functions and the data's layout.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from smbus2 import I2cFunc
from smbus2.smbus2 import I2C_M_RD, I2C_SMBUS_BLOCK_MAX, I2C_SMBUS_READ

from tests.emulation.i2c_message import I2C_M_RECV_LEN, I2cMessage

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
    BLOCK_PROC_CALL = 7
    I2C_BLOCK_DATA = 8


NEEDED = {
    Kind.QUICK: (I2cFunc.SMBUS_QUICK, I2cFunc.SMBUS_QUICK),
    Kind.BYTE: (I2cFunc.SMBUS_WRITE_BYTE, I2cFunc.SMBUS_READ_BYTE),
    Kind.BYTE_DATA: (I2cFunc.SMBUS_WRITE_BYTE_DATA, I2cFunc.SMBUS_READ_BYTE_DATA),
    Kind.WORD_DATA: (I2cFunc.SMBUS_WRITE_WORD_DATA, I2cFunc.SMBUS_READ_WORD_DATA),
    Kind.PROC_CALL: (I2cFunc.SMBUS_PROC_CALL, I2cFunc.SMBUS_PROC_CALL),
    Kind.BLOCK_DATA: (I2cFunc.SMBUS_WRITE_BLOCK_DATA, I2cFunc.SMBUS_READ_BLOCK_DATA),
    Kind.BLOCK_PROC_CALL: (I2cFunc.SMBUS_BLOCK_PROC_CALL, I2cFunc.SMBUS_BLOCK_PROC_CALL),
    Kind.I2C_BLOCK_DATA: (I2cFunc.SMBUS_WRITE_I2C_BLOCK, I2cFunc.SMBUS_READ_I2C_BLOCK),
}
"""Functions that an adapter without I2C needs to write, and to read."""


@dataclass(frozen=True, slots=True)
class SmbusCall:
    """A struct i2c_smbus_ioctl_data."""

    reading: bool
    command: int
    kind: Kind
    data: bytes
    """The part of union i2c_smbus_data that this kind uses."""
    pec: bool
    """Whether the file has I2C_PEC set."""

    @classmethod
    def unpack(cls, payload: bytes, pec: bool) -> SmbusCall:
        """Decode a call. Raises EINVAL like i2c-dev."""
        read_write, command, kind = _CALL.unpack_from(payload)
        data = payload[_CALL.size :]
        if kind == I2C_BLOCK_BROKEN:
            kind = Kind.I2C_BLOCK_DATA
            data = bytes((I2C_SMBUS_BLOCK_MAX,)) if read_write == I2C_SMBUS_READ else data
        if read_write > 1 or kind not in Kind.__members__.values():
            raise OSError(errno.EINVAL, "no such SMBus call")
        return cls(read_write == I2C_SMBUS_READ, command, Kind(kind), data, pec)

    def messages(self, address: int) -> list[I2cMessage]:
        """The I2C messages of this call. A write ends with its PEC, and a read is one byte longer for it."""
        messages = [] if self._only_reads else [I2cMessage.write(address, bytes(self._writes()))]
        reads = self._reads()
        if reads is not None:
            messages.append(replace(reads, address=address, length=reads.length + self._has_pec))
        elif self._has_pec:
            (write,) = messages
            messages = [I2cMessage.write(address, write.data + bytes((_pec(messages),)))]
        return messages

    def reply(self, messages: Sequence[I2cMessage], received: bytes) -> bytes:
        """The caller's union i2c_smbus_data after a call with these messages, whose last one read `received`."""
        if self._has_pec and messages[-1].reading:
            *_, pec = received
            received = received[:-1]
            if _pec(messages, received) != pec:
                raise OSError(errno.EBADMSG, "bad PEC")
        match self.kind:
            case Kind.WORD_DATA | Kind.PROC_CALL if received:
                return struct.pack("=H", int.from_bytes(received, "little"))
            case Kind.BLOCK_DATA | Kind.BLOCK_PROC_CALL if received:
                return received.ljust(1 + _checked(received[0], errno.EPROTO), b"\0")
            case Kind.I2C_BLOCK_DATA if self.reading:
                return bytes((len(received), *received))
        return received

    @property
    def _has_pec(self) -> bool:
        return self.pec and self.kind not in {Kind.QUICK, Kind.I2C_BLOCK_DATA}

    @property
    def _only_reads(self) -> bool:
        return self.reading and self.kind in {Kind.QUICK, Kind.BYTE}

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
        return [self.command, *(block[1:] if self.kind is Kind.I2C_BLOCK_DATA else block)]

    def _reads(self) -> I2cMessage | None:
        if self.kind is Kind.BLOCK_PROC_CALL or (self.reading and self.kind is Kind.BLOCK_DATA):
            return replace(I2cMessage.read(0, 1), flags=I2C_M_RD | I2C_M_RECV_LEN)
        if self.kind is Kind.PROC_CALL:
            return I2cMessage.read(0, 2)
        if not self.reading:
            return None
        lengths = {Kind.QUICK: 0, Kind.BYTE: 1, Kind.BYTE_DATA: 1, Kind.WORD_DATA: 2}
        length = lengths[self.kind] if self.kind in lengths else _checked(self.data[0], errno.EINVAL)
        return I2cMessage.read(0, length)


def _checked(length: int, error: int) -> int:
    if length > I2C_SMBUS_BLOCK_MAX:
        raise OSError(error, "block length")
    return length


def _pec(messages: Sequence[I2cMessage], received: bytes = b"") -> int:
    sent = b"".join(bytes((each.address << 1 | each.reading, *each.data)) for each in messages)
    return packet_error_code(sent + received)


def packet_error_code(wires: bytes) -> int:
    """The CRC-8 of all bytes on the wires, with the addresses (SMBus 3.2, section 6.4.1)."""
    crc = 0
    for byte in wires:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ (0x107 if crc & 0x80 else 0)) & 0xFF
    return crc
