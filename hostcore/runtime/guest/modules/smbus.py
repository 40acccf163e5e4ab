"""The extension module `smbus` of i2c-tools. `SMBus(N)` is the host's bus i2c-N.

It behaves as py-smbus 1.1: numbers lose their upper bits, and `process_call` returns nothing. One thing is different:
a block whose length the device says has this length, while the controller of a Pi reads no more than the length, and
Linux fills up with zeros.
"""

import errno

from _smbus_transfers import BLOCK_MAX, Device, OpenBus, block, little_endian, open_bus
from linux_names import LinuxError

__all__ = ["SMBus"]
_LIST = "Third argument must be a list of at least one, but not more than 32 integers"


class SMBus:
    """The devices of one I2C bus. Every transfer blocks until it is complete.

    Args:
        bus: the number of the bus. Without it, call `open`.
    """

    def __init__(self, bus: int = -1) -> None:
        self._bus: OpenBus | None = None
        if bus >= 0:
            self.open(bus)

    def open(self, bus: int) -> None:
        """Open a bus. Does not block, and needs no permission.

        Raises:
            FileNotFoundError: host.toml has no such bus.
        """
        if not isinstance(bus, int):
            raise TypeError(f"{type(bus).__name__!r} object cannot be interpreted as an integer")
        self._bus = open_bus(bus)

    def close(self) -> None:
        """Close the bus."""
        self._bus = None

    @property
    def pec(self) -> bool:
        """Whether transfers have a packet error code."""
        return self._bus is not None and self._bus.pec

    @pec.setter
    def pec(self, enable: object) -> None:
        if bool(enable) is not self.pec:
            self._open().pec = bool(enable)

    def write_quick(self, addr: int) -> None:
        """Send only the address."""
        self._at(addr).quick()

    def read_byte(self, addr: int) -> int:
        """Read a byte without naming a register."""
        return self._at(addr).receive()

    def write_byte(self, addr: int, val: int) -> None:
        """Write a byte."""
        data = block([val])
        self._at(addr).send(data)

    def read_byte_data(self, addr: int, cmd: int) -> int:
        """Read a byte from a register."""
        data = block([cmd])
        return self._at(addr).exchange(data, 1)[0]

    def write_byte_data(self, addr: int, cmd: int, val: int) -> None:
        """Write a byte to a register."""
        data = block([cmd, val])
        self._at(addr).send(data)

    def read_word_data(self, addr: int, cmd: int) -> int:
        """Read a word of 16 bits from a register, the lower byte first."""
        data = block([cmd])
        return little_endian(self._at(addr).exchange(data, 2))

    def write_word_data(self, addr: int, cmd: int, val: int) -> None:
        """Write a word of 16 bits to a register, the lower byte first."""
        data = block([cmd, val, val >> 8])
        self._at(addr).send(data)

    def process_call(self, addr: int, cmd: int, val: int) -> None:
        """Write a word to a register and read a word, in one transaction. The original drops the word that it reads."""
        data = block([cmd, val, val >> 8])
        self._at(addr).exchange(data, 2)

    def read_block_data(self, addr: int, cmd: int) -> list[int]:
        """Read a block whose length the device says, up to 32 bytes."""
        data = block([cmd])
        return self._at(addr).exchange_block(data)

    def write_block_data(self, addr: int, cmd: int, vals: list[int]) -> None:
        """Write the length of `vals`, and `vals`."""
        data = block([cmd, _length(vals), *vals])
        self._at(addr).send(data)

    def block_process_call(self, addr: int, cmd: int, vals: list[int]) -> list[int]:
        """Write a block and read a block, in one transaction."""
        data = block([cmd, _length(vals), *vals])
        return self._at(addr).exchange_block(data)

    def read_i2c_block_data(self, addr: int, cmd: int, len: int = BLOCK_MAX) -> list[int]:  # noqa: A002
        """Read `len` bytes, up to 32, from a register on. With 0, only the register is written."""
        length = len & 0xFF
        return self._at(addr).read_raw_block(cmd, length)

    def write_i2c_block_data(self, addr: int, cmd: int, vals: list[int]) -> None:
        """Write `vals` from a register on."""
        _length(vals)
        data = block([cmd, *vals])
        self._at(addr).write_raw_block(data)

    def _at(self, address: int) -> Device:
        return self._open().at(address)

    def _open(self) -> OpenBus:
        if self._bus is None:
            raise LinuxError(errno.EBADF, "Bad file descriptor")
        return self._bus


def _length(values: object) -> int:
    if not isinstance(values, list):
        raise TypeError(_LIST)
    if len(values) > BLOCK_MAX:
        raise OverflowError(_LIST)
    return len(values)
