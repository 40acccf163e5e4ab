"""The messages of `SMBus.i2c_rdwr`."""

from collections.abc import Iterable, Iterator
from typing import SupportsIndex, overload

I2C_M_RD = 0x0001
"""The flag of a message that reads (kernel, uapi/linux/i2c.h)."""


class Buffer:
    """The bytes of a message. They are used like a C array of characters: each item is a `bytes` of length 1."""

    def __init__(self, content: bytes) -> None:
        self.content = bytearray(content)

    @overload
    def __getitem__(self, index: SupportsIndex) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> bytes: ...
    def __getitem__(self, index: SupportsIndex | slice) -> bytes:
        found = self.content[index]
        return bytes([found]) if isinstance(found, int) else bytes(found)

    def __setitem__(self, index: SupportsIndex, value: bytes | int) -> None:
        self.content[index] = value if isinstance(value, int) else ord(value)


class i2c_msg:  # noqa: N801 - the name in smbus2
    """A message of a transaction. Make it with `read` or `write`.

    Attributes:
        addr: the device's address.
        flags: 1 for a message that reads, else 0.
        len: the number of bytes.
        buf: the bytes. Those of a message that reads are zeros until `i2c_rdwr` returns.
    """

    def __init__(self, addr: int = 0, flags: int = 0, len: int = 0, buf: Buffer | None = None) -> None:  # noqa: A002
        self.addr, self.flags, self.len = addr & 0xFFFF, flags & 0xFFFF, len & 0xFFFF
        self.buf = buf or Buffer(b"")

    @staticmethod
    def read(address: int, length: int) -> "i2c_msg":
        """Return a message that reads `length` bytes."""
        return i2c_msg(address, I2C_M_RD, length, Buffer(bytes(length)))

    @staticmethod
    def write(address: int, buf: str | bytes | Iterable[int]) -> "i2c_msg":
        """Return a message that writes `buf`: bytes, numbers, or a text whose characters are bytes.

        Raises:
            ValueError: a number or a character is no byte.
        """
        content = bytes(map(ord, buf)) if isinstance(buf, str) else bytes(buf)
        return i2c_msg(address, 0, len(content), Buffer(content))

    def __iter__(self) -> Iterator[int]:
        return iter(bytes(self))

    def __len__(self) -> int:
        return self.len

    def __bytes__(self) -> bytes:
        return bytes(self.buf.content[: self.len])

    def __repr__(self) -> str:
        return f"i2c_msg({self.addr},{self.flags},{bytes(self)!r})"

    def __str__(self) -> str:
        return bytes(self).decode(errors="ignore")
