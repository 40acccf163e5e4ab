"""`smbus2.SMBus`."""

import errno
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from _smbus_transfers import BLOCK_MAX, Transfers, block, bus_number
from host import i2c

from ._functions import OF_A_PI, I2cFunc
from ._messages import I2C_M_RD, Buffer, i2c_msg

I2C_SMBUS_BLOCK_MAX = BLOCK_MAX
MOST_MESSAGES = 42
"""Most messages of one `i2c_rdwr` (kernel, uapi/linux/i2c-dev.h, I2C_RDWR_IOCTL_MAX_MSGS)."""
_OPEN = 3
"""The file descriptor that an open bus shows. There is no file behind it."""


class SMBus:
    """The devices of one I2C bus. Every transfer blocks until it is complete.

    Numbers that do not fit in a byte or a word lose their upper bits, as in the original. `force` has no effect: the
    host decides who may use an address.

    Args:
        bus: the number of the bus, or the path of its device file. Without it, call `open`.
        force: no effect.

    Attributes:
        fd: a number while the bus is open, else None.
        funcs: what the adapter can do, see `I2cFunc`.
    """

    def __init__(self, bus: int | str | None = None, force: bool = False) -> None:
        self.fd: int | None = None
        self.funcs: int = I2cFunc(0)
        self.address: int | None = None
        self.force = force
        self._transfers: Transfers | None = None
        if bus is not None:
            self.open(bus)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self.close()

    def open(self, bus: int | str) -> None:
        """Open a bus. Does not block, and needs no permission.

        Raises:
            TypeError: `bus` is neither a number nor a text.
            OSError: the text is not the device file of an I2C bus.
        """
        if not isinstance(bus, int | str):
            raise TypeError(f"Unexpected type(bus)={type(bus)}")
        self._transfers = Transfers(bus if isinstance(bus, int) else bus_number(bus))
        self.fd, self.funcs = _OPEN, OF_A_PI

    def close(self) -> None:
        """Close the bus."""
        self.fd = self.address = self._transfers = None

    def enable_pec(self, enable: bool | int = True) -> None:
        """Switch packet error codes on or off."""
        if not self.funcs & I2cFunc.SMBUS_PEC:
            raise OSError("SMBUS_PEC is not a feature")
        self._open().pec = bool(enable)

    @property
    def pec(self) -> int:
        """1 if transfers have a packet error code, else 0."""
        return int(self._transfers is not None and self._transfers.pec)

    @pec.setter
    def pec(self, enable: bool | int) -> None:
        self.enable_pec(enable)

    def write_quick(self, i2c_addr: int, force: bool | None = None) -> None:
        """Send only the address."""
        self._at(i2c_addr).quick(i2c_addr)

    def read_byte(self, i2c_addr: int, force: bool | None = None) -> int:
        """Read a byte without naming a register."""
        return self._at(i2c_addr).receive(i2c_addr, 1)[0]

    def write_byte(self, i2c_addr: int, value: int, force: bool | None = None) -> None:
        """Write a byte."""
        self._at(i2c_addr).send(i2c_addr, block([value]))

    def read_byte_data(self, i2c_addr: int, register: int, force: bool | None = None) -> int:
        """Read a byte from a register."""
        return self._at(i2c_addr).exchange(i2c_addr, block([register]), 1)[0]

    def write_byte_data(self, i2c_addr: int, register: int, value: int, force: bool | None = None) -> None:
        """Write a byte to a register."""
        self._at(i2c_addr).send(i2c_addr, block([register, value]))

    def read_word_data(self, i2c_addr: int, register: int, force: bool | None = None) -> int:
        """Read a word of 16 bits from a register, the lower byte first."""
        return int.from_bytes(self._at(i2c_addr).exchange(i2c_addr, block([register]), 2), "little")

    def write_word_data(self, i2c_addr: int, register: int, value: int, force: bool | None = None) -> None:
        """Write a word of 16 bits to a register, the lower byte first."""
        self._at(i2c_addr).send(i2c_addr, block([register, value, value >> 8]))

    def process_call(self, i2c_addr: int, register: int, value: int, force: bool | None = None) -> int:
        """Write a word to a register and read a word, in one transaction."""
        sent = block([register, value, value >> 8])
        return int.from_bytes(self._at(i2c_addr).exchange(i2c_addr, sent, 2), "little")

    def read_block_data(self, i2c_addr: int, register: int, force: bool | None = None) -> list[int]:
        """Read a block whose length the device says, up to 32 bytes."""
        return list(self._at(i2c_addr).exchange_block(i2c_addr, block([register])))

    def write_block_data(self, i2c_addr: int, register: int, data: Sequence[int], force: bool | None = None) -> None:
        """Write the length of `data`, up to 32 bytes, and `data`."""
        _require_block(len(data), "Data length cannot exceed")
        self._at(i2c_addr).send(i2c_addr, block([register, len(data), *data]))

    def block_process_call(
        self, i2c_addr: int, register: int, data: Sequence[int], force: bool | None = None
    ) -> list[int]:
        """Write a block and read a block, in one transaction."""
        _require_block(len(data), "Data length cannot exceed")
        return list(self._at(i2c_addr).exchange_block(i2c_addr, block([register, len(data), *data])))

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, force: bool | None = None) -> list[int]:
        """Read `length` bytes, up to 32, from a register on."""
        if length > BLOCK_MAX:
            raise ValueError(f"Desired block length over {BLOCK_MAX} bytes")
        return list(self._at(i2c_addr).read_raw_block(i2c_addr, register & 0xFF, length & 0xFF))

    def write_i2c_block_data(
        self, i2c_addr: int, register: int, data: Sequence[int], force: bool | None = None
    ) -> None:
        """Write `data`, up to 32 bytes, from a register on."""
        _require_block(len(data), "Data length cannot exceed")
        self._at(i2c_addr).write_raw_block(i2c_addr, block([register, *data]))

    def i2c_rdwr(self, *i2c_msgs: i2c_msg) -> None:
        """Do all messages in one transaction, with a repeated start between them.

        Raises:
            OSError: EINVAL, because there are none or too many, or they go to different devices.
        """
        bus = self._open().bus
        addresses = {message.addr for message in i2c_msgs}
        if not 1 <= len(i2c_msgs) <= MOST_MESSAGES:
            raise OSError(errno.EINVAL, f"Invalid argument: {len(i2c_msgs)} messages; 1 to {MOST_MESSAGES} are allowed")
        if len(addresses) > 1:
            raise OSError(errno.EINVAL, "Invalid argument: one transaction of this host goes to one address")
        received = iter(i2c.transaction(addresses.pop(), [_operation(each) for each in i2c_msgs], bus=bus))
        for message in i2c_msgs:
            if message.flags & I2C_M_RD:
                message.buf = Buffer(next(received))

    def _at(self, address: int) -> Transfers:
        transfers = self._open()
        self.address = address
        return transfers

    def _open(self) -> Transfers:
        if self._transfers is None:
            raise TypeError("argument must be an int, or have a fileno() method.")
        return self._transfers


def _operation(message: i2c_msg) -> i2c.Read | i2c.Write:
    return i2c.Read(message.len) if message.flags & I2C_M_RD else i2c.Write(bytes(message))


def _require_block(length: int, words: str) -> None:
    if length > BLOCK_MAX:
        raise ValueError(f"{words} {BLOCK_MAX} bytes")
