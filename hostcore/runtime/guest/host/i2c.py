"""I2C buses. Addresses have 7 bits, 0x08 to 0x77. `bus` is N of /dev/i2c-N; None is the first I2C bus in host.toml.

Every function blocks until the transfer ends, and raises `host.BusError` if it fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from wit_world.imports import python_wire

from ._arguments import number
from ._wire import ask
from .data import Data, to_wire


@dataclass(frozen=True, slots=True)
class Write:
    """A write message of a transaction: 0 to 8,192 bytes, as bytes or hex text."""

    data: Data


@dataclass(frozen=True, slots=True)
class Read:
    """A read message of a transaction: 1 to 8,192 bytes."""

    length: int


def transfer(address: int, write: Data, read_length: int, *, bus: int | None = None) -> bytes:
    """Write `write`, send a repeated start, and read `read_length` bytes."""
    place = _bus(bus), number("address", address, 8)
    return ask(python_wire.i2c_transfer, *place, to_wire(write), number("read_length", read_length, 32))


def write(address: int, data: Data, *, bus: int | None = None) -> None:
    """Write `data`. Empty data sends only the address."""
    transfer(address, data, 0, bus=bus)


def read(address: int, length: int, *, bus: int | None = None) -> bytes:
    """Read `length` bytes without writing first."""
    return transfer(address, b"", length, bus=bus)


def transaction(address: int, operations: Sequence[Write | Read], *, bus: int | None = None) -> list[bytes]:
    """Do all `operations` with a repeated start between them. Returns the bytes of each `Read`."""
    plan, data, lengths = [], "", []
    for operation in operations:
        if isinstance(operation, Read):
            plan.append(f"r{operation.length}")
            lengths.append(operation.length)
        else:
            chunk = to_wire(operation.data)
            plan.append(f"w{len(chunk)}")
            data += chunk
    place = _bus(bus), number("address", address, 8)
    received = ask(python_wire.i2c_transaction, *place, " ".join(plan), data)
    parts, start = [], 0
    for length in lengths:
        parts.append(received[start : start + length])
        start += length
    return parts


def _bus(bus: int | None) -> int | None:
    return None if bus is None else number("bus", bus, 8)
