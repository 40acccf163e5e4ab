"""The registers of a chip, arranged so that the bytes of a transfer find theirs quickly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hostcore.chips.model import AutoIncrement, Chip, Command, Numbers, Register, Role

SPI_INCREMENT = 0x40
"""The bit of the first byte on SPI that makes the number grow, in chips of ST."""


class Span(NamedTuple):
    """A part of the bytes that follow a register's number."""

    number: int
    """The number of its first byte."""
    register: Register | None
    """None if the chip file does not list it."""
    offset: int
    """Bytes of the register that come before the span."""
    start: int
    end: int
    """Its place in the bytes."""

    @property
    def is_whole(self) -> bool:
        """Whether it is one whole register that is a number."""
        register = self.register
        return register is not None and self.end - self.start == register.size and not register.is_block


class Layout:
    """The registers of one chip.

    Args:
        chip: the chip.
    """

    def __init__(self, chip: Chip) -> None:
        self.chip = chip
        self._counts_registers = chip.bus.numbers is Numbers.REGISTERS
        self._last = max((chip.numbers(register)[-1] for register in chip.registers), default=-1)

    def name(self, number: int) -> str:
        """Return the name of the register that begins at a number; "" if none does."""
        register = self.chip.register_at(number)
        return register.name if register else ""

    @property
    def has_single_register(self) -> bool:
        """Whether every read reads and every write writes the same register, which has no number."""
        return not self.chip.bus.register_bytes and not self.chip.commands and bool(self.chip.registers)

    def pointer(self, data: bytes) -> tuple[int, bool] | None:
        """Return the register's number at the start of a write, and whether it grows; None if there is none."""
        bus = self.chip.bus
        if not bus.register_bytes or len(data) < bus.register_bytes:
            return None
        number = int.from_bytes(data[: bus.register_bytes], "big")
        if bus.auto_increment is AutoIncrement.BIT:
            return number & ~bus.increment_bit, bool(number & bus.increment_bit)
        return number, bus.auto_increment is AutoIncrement.ALWAYS

    def spi_number(self, first: int, read_bit: int) -> int:
        """Return the register's number in the first byte on SPI.

        The read bit can take the place of a bit of the number, if all registers have that bit (BME280 data sheet,
        section 6.3), and `SPI_INCREMENT` can be set in a chip whose numbers do not reach so far (LIS3DH data sheet,
        section 6.2).
        """
        number = first & ~read_bit
        if number & SPI_INCREMENT and self._last < SPI_INCREMENT:
            number &= ~SPI_INCREMENT
        if self.chip.register_around(number) is None and self._has_register_with(read_bit):
            number |= read_bit
        return number

    def _has_register_with(self, bit: int) -> bool:
        return any(register.address & bit for register in self.chip.registers)

    def command(self, data: bytes) -> Command | None:
        """Return the command at the start of a write. In a chip with registers, it has to be the whole write."""
        command = self.chip.command_of(data)
        if command is None or not self.chip.bus.register_bytes:
            return command
        return command if len(data) == len(command.code) + command.arguments else None

    def named(self, name: str) -> Command | None:
        """Return the command with this name, if there is one."""
        return next((each for each in self.chip.commands if each.name == name), None) if name else None

    def spans(self, number: int, length: int, increments: bool) -> Iterator[Span]:
        """Divide `length` bytes, from register `number` on, into registers and runs of bytes that are not listed."""
        at = 0
        while at < length:
            span = self._span(number, at, length, increments)
            yield span
            if increments:
                number += 1 if span.register is not None and self._counts_registers else span.end - span.start
            at = span.end

    def _span(self, number: int, at: int, length: int, increments: bool) -> Span:
        room = length - at
        register = self.chip.register_around(number)
        if register is None:
            return Span(number, None, 0, at, at + (self._unlisted(number, room) if increments else room))
        offset = number - register.address
        size = room if register.role is Role.FIFO else min(room, register.size - offset)
        return Span(number, register, offset, at, at + size)

    def _unlisted(self, number: int, room: int) -> int:
        """Bytes up to the next register that is listed, at most `room`."""
        beyond = range(number + 1, min(number + room, self._last + 1))
        return next((each - number for each in beyond if self.chip.register_around(each) is not None), room)


_layouts: dict[int, Layout] = {}


def layout_of(chip: Chip) -> Layout:
    """Return the layout of a chip. It is made once for each chip."""
    layout = _layouts.get(id(chip))
    if layout is None or layout.chip is not chip:
        layout = _layouts[id(chip)] = Layout(chip)
    return layout
