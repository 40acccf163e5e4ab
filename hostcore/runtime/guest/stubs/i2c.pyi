"""I2C buses. Addresses have 7 bits, 0x08 to 0x77. `bus` is N of /dev/i2c-N; None is the first I2C bus in host.toml.

Every function blocks until the transfer ends, and raises `host.BusError` if it fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .data import Data

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

def write(address: int, data: Data, *, bus: int | None = None) -> None:
    """Write `data`. Empty data sends only the address."""

def read(address: int, length: int, *, bus: int | None = None) -> bytes:
    """Read `length` bytes without writing first."""

def transaction(address: int, operations: Sequence[Write | Read], *, bus: int | None = None) -> list[bytes]:
    """Do all `operations` with a repeated start between them. Returns the bytes of each `Read`."""
