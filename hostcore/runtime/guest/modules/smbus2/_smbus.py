"""`smbus2.SMBus`."""

import errno
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from _smbus_transfers import BLOCK_MAX, Device, OpenBus, block, little_endian, open_bus
from host import i2c
from linux_names import LinuxError

from ._functions import OF_A_PI, I2cFunc
from ._messages import I2C_M_RD, i2c_msg

I2C_SMBUS_BLOCK_MAX = BLOCK_MAX
MOST_MESSAGES = 42
"""Most messages of one `i2c_rdwr` (kernel, uapi/linux/i2c-dev.h, I2C_RDWR_IOCTL_MAX_MSGS)."""
LONGEST_MESSAGE = 8192
"""Most bytes of a message (kernel, drivers/i2c/i2c-dev.c, i2cdev_ioctl_rdwr)."""
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
        self._bus: OpenBus | None = None
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
            FileNotFoundError: host.toml has no such bus.
        """
        if not isinstance(bus, int | str):
            raise TypeError(f"Unexpected type(bus)={type(bus)}")
        self._bus = open_bus(bus)
        self.fd, self.funcs = _OPEN, OF_A_PI

    def close(self) -> None:
        """Close the bus."""
        self.fd = self.address = self._bus = None

    def enable_pec(self, enable: bool | int = True) -> None:
        """Switch packet error codes on or off."""
        if not self.funcs & I2cFunc.SMBUS_PEC:
            raise OSError("SMBUS_PEC is not a feature")
        self._open().pec = bool(enable)

    @property
    def pec(self) -> int:
        """1 if transfers have a packet error code, else 0."""
        return int(self._bus is not None and self._bus.pec)

    @pec.setter
    def pec(self, enable: bool | int) -> None:
        self.enable_pec(enable)

    def write_quick(self, i2c_addr: int, force: bool | None = None) -> None:
        """Send only the address."""
        self._at(i2c_addr).quick()

    def read_byte(self, i2c_addr: int, force: bool | None = None) -> int:
        """Read a byte without naming a register."""
        return self._at(i2c_addr).receive()

    def write_byte(self, i2c_addr: int, value: int, force: bool | None = None) -> None:
        """Write a byte."""
        self._at(i2c_addr).send(block([value]))

    def read_byte_data(self, i2c_addr: int, register: int, force: bool | None = None) -> int:
        """Read a byte from a register."""
        return self._at(i2c_addr).exchange(block([register]), 1)[0]

    def write_byte_data(self, i2c_addr: int, register: int, value: int, force: bool | None = None) -> None:
        """Write a byte to a register."""
        self._at(i2c_addr).send(block([register, value]))

    def read_word_data(self, i2c_addr: int, register: int, force: bool | None = None) -> int:
        """Read a word of 16 bits from a register, the lower byte first."""
        return little_endian(self._at(i2c_addr).exchange(block([register]), 2))

    def write_word_data(self, i2c_addr: int, register: int, value: int, force: bool | None = None) -> None:
        """Write a word of 16 bits to a register, the lower byte first."""
        self._at(i2c_addr).send(block([register, value, value >> 8]))

    def process_call(self, i2c_addr: int, register: int, value: int, force: bool | None = None) -> int:
        """Write a word to a register and read a word, in one transaction."""
        return little_endian(self._at(i2c_addr).exchange(block([register, value, value >> 8]), 2))

    def read_block_data(self, i2c_addr: int, register: int, force: bool | None = None) -> list[int]:
        """Read a block whose length the device says, up to 32 bytes."""
        return self._at(i2c_addr).exchange_block(block([register]))

    def write_block_data(self, i2c_addr: int, register: int, data: Sequence[int], force: bool | None = None) -> None:
        """Write the length of `data`, up to 32 bytes, and `data`."""
        length = _block_length(data)
        self._at(i2c_addr).send(block([register, length, *data]))

    def block_process_call(
        self, i2c_addr: int, register: int, data: Sequence[int], force: bool | None = None
    ) -> list[int]:
        """Write a block and read a block, in one transaction."""
        length = _block_length(data)
        return self._at(i2c_addr).exchange_block(block([register, length, *data]))

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, force: bool | None = None) -> list[int]:
        """Read `length` bytes, up to 32, from a register on. With 0, only the register is written."""
        if length > BLOCK_MAX:
            raise ValueError(f"Desired block length over {BLOCK_MAX} bytes")
        return self._at(i2c_addr).read_raw_block(register, length & 0xFF)

    def write_i2c_block_data(
        self, i2c_addr: int, register: int, data: Sequence[int], force: bool | None = None
    ) -> None:
        """Write `data`, up to 32 bytes, from a register on."""
        _block_length(data)
        self._at(i2c_addr).write_raw_block(block([register, *data]))

    def i2c_rdwr(self, *i2c_msgs: i2c_msg) -> None:
        """Do all messages in one transaction, with a repeated start between them.

        Raises:
            OSError: EINVAL, because there are none or too many, one is too long, or they go to different devices.
        """
        _require_transaction(i2c_msgs)
        number = self._open().number
        operations = [_operation(each) for each in i2c_msgs]
        received = iter(i2c.transaction(i2c_msgs[0].addr, operations, bus=number))
        for message in i2c_msgs:
            if message.flags & I2C_M_RD:
                message.buf.content[: message.len] = next(received)

    def _at(self, address: int) -> Device:
        device = self._open().at(address)
        self.address = address
        return device

    def _open(self) -> OpenBus:
        if self._bus is None:
            raise TypeError("argument must be an int, or have a fileno() method.")
        return self._bus


def _operation(message: i2c_msg) -> i2c.Read | i2c.Write:
    return i2c.Read(message.len) if message.flags & I2C_M_RD else i2c.Write(bytes(message))


def _require_transaction(messages: Sequence[i2c_msg]) -> None:
    if not all(isinstance(each, i2c_msg) for each in messages):
        raise TypeError("expected i2c_msg instances, made with i2c_msg.read or i2c_msg.write")
    if not 1 <= len(messages) <= MOST_MESSAGES:
        raise _invalid(f"{len(messages)} messages; 1 to {MOST_MESSAGES} are allowed")
    if max(each.len for each in messages) > LONGEST_MESSAGE:
        raise _invalid(f"a message of more than {LONGEST_MESSAGE} bytes")
    if any(each.flags & ~I2C_M_RD for each in messages):
        raise _invalid("this host knows no flag of a message but I2C_M_RD")
    if len({each.addr for each in messages}) > 1:
        raise _invalid("one transaction of this host goes to one address")


def _invalid(problem: str) -> LinuxError:
    return LinuxError(errno.EINVAL, f"Invalid argument: {problem}")


def _block_length(data: Sequence[int]) -> int:
    length = len(data)
    if length > BLOCK_MAX:
        raise ValueError(f"Data length cannot exceed {BLOCK_MAX} bytes")
    return length
