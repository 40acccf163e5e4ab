"""I2C transactions as SMBus calls, for adapters that only support SMBus, such as those of PCs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smbus2 import I2cFunc, SMBus

from hostcore.backends.base import I2cOperation, I2cRead, I2cWrite
from hostcore.errors import UnsupportedError

BLOCK_MAX = 32
"""The longest block in bytes (linux/i2c.h, I2C_SMBUS_BLOCK_MAX)."""

Call = Callable[[], tuple[bytes, ...]]
"""Carries out a transaction and returns the bytes of each read, or raises OSError."""
Option = tuple[bool, I2cFunc, Call]
"""Whether a call fits the transaction, the function that the adapter must support, and the call."""


def smbus_call(bus: SMBus, address: int, operations: Sequence[I2cOperation]) -> Call:
    """The SMBus call that puts the same bits on the wires as `operations` (kernel, smbus-protocol.rst).

    Raises:
        UnsupportedError: there is no such call, or the adapter does not support it.
    """
    for fits, needed, call in _options(bus, address, operations):
        if fits and bus.funcs & needed:
            return call
    raise UnsupportedError(_cannot(operations))


def _options(bus: SMBus, address: int, operations: Sequence[I2cOperation]) -> list[Option]:
    match operations:
        case [I2cWrite(data=data)]:
            return _writes(bus, address, data)
        case [I2cRead(length=1)]:
            return [(True, I2cFunc.SMBUS_READ_BYTE, lambda: (bytes((bus.read_byte(address),)),))]
        case [I2cWrite(data=command), I2cRead(length=length)] if len(command) == 1:
            return _reads(bus, address, command[0], length)
    return []


def _writes(bus: SMBus, address: int, data: bytes) -> list[Option]:
    length = len(data)
    command, rest = data[:1], data[1:]
    word = int.from_bytes(rest[:2], "little")
    return [
        (length == 0, I2cFunc.SMBUS_QUICK, _silently(bus.write_quick, address)),
        (length == 1, I2cFunc.SMBUS_WRITE_BYTE, _silently(bus.write_byte, address, *command)),
        (length == 2, I2cFunc.SMBUS_WRITE_BYTE_DATA, _silently(bus.write_byte_data, address, *command, *rest)),
        (length == 3, I2cFunc.SMBUS_WRITE_WORD_DATA, _silently(bus.write_word_data, address, *command, word)),
        (
            2 <= length <= 1 + BLOCK_MAX,
            I2cFunc.SMBUS_WRITE_I2C_BLOCK,
            _silently(bus.write_i2c_block_data, address, *command, list(rest)),
        ),
    ]


def _reads(bus: SMBus, address: int, command: int, length: int) -> list[Option]:
    return [
        (
            length == 1,
            I2cFunc.SMBUS_READ_BYTE_DATA,
            lambda: (bytes((bus.read_byte_data(address, command),)),),
        ),
        (
            length == 2,
            I2cFunc.SMBUS_READ_WORD_DATA,
            lambda: (bus.read_word_data(address, command).to_bytes(2, "little"),),
        ),
        (
            length <= BLOCK_MAX,
            I2cFunc.SMBUS_READ_I2C_BLOCK,
            lambda: (bytes(bus.read_i2c_block_data(address, command, length)),),
        ),
    ]


def _silently(write: Callable[..., None], *arguments: object) -> Call:
    def call() -> tuple[bytes, ...]:
        write(*arguments)
        return ()

    return call


def _cannot(operations: Sequence[I2cOperation]) -> str:
    if list(operations) == [I2cWrite(b"")]:
        return "this adapter cannot send an address alone; find the device by reading one byte instead"
    return (
        "this adapter speaks only SMBus: a write of up to 33 bytes, a read of one, a write of one and then a read of "
        "up to 32, as far as `i2cdetect -F` lists it; for anything else use an adapter that speaks I2C"
    )
