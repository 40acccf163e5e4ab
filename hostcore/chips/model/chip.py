"""A chip: its wiring, registers, commands and identity, and how it measures."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from hostcore.chips.model.command import Command, Crc
from hostcore.chips.model.number import ByteOrder
from hostcore.chips.model.register import Field, Register, Role
from hostcore.quick_dataclass import dataclass


class Numbers(StrEnum):
    """What a register's number counts."""

    BYTES = "bytes"
    """Bytes: a register of two bytes has two numbers."""
    REGISTERS = "registers"
    """Registers, whatever their size, as in most chips with registers of 16 bits."""


class AutoIncrement(StrEnum):
    """Whether the number of the register grows within one transfer of several bytes."""

    ALWAYS = "always"
    NEVER = "never"
    BIT = "bit"
    """Only if the controller sets a bit in the register's number."""


class Writes(StrEnum):
    """What the bytes are that follow the register's number in a write."""

    VALUES = "values"
    """The values of this register and, if the number grows, of those after it."""
    PAIRS = "pairs"
    """The value of this register; then the number of any register and its value, and so on, as in Bosch's air sensors.
    """


@dataclass(frozen=True, slots=True)
class Wiring:
    """How the chip behaves on an I2C bus."""

    source: str
    register_bytes: int
    """Bytes of a register's number: 1 or 2. 0 if the chip has commands instead, or a single register without a number,
    which every read reads and every write writes. That register's `address` is 0."""
    numbers: Numbers = Numbers.BYTES
    byte_order: ByteOrder = "big"
    auto_increment: AutoIncrement = AutoIncrement.ALWAYS
    writes: Writes = Writes.VALUES
    """What a write of several bytes is. With PAIRS, the number grows only in reads."""
    increment_bit: int = 0
    """The bit of a register's number that makes it grow; 0 unless `auto_increment` is BIT."""
    needs_repeated_start: bool = False
    """Whether a stop between the register's number and the read makes the chip forget the number."""
    fastest_hz: int | None = None
    """The fastest clock in hertz; None if that is not known."""
    stretches_ms: float = 0.0
    """The longest clock stretching in milliseconds."""
    refuses_quick_write: bool = False
    """Whether it does not acknowledge a write without data."""
    refuses_early_read: bool = False
    """Whether it does not acknowledge a read until its command or measurement is done."""
    power_on_ms: float = 0.0
    """Milliseconds from the supply to the first answer."""


@dataclass(frozen=True, slots=True)
class SpiWiring:
    """How the chip behaves on an SPI bus."""

    source: str
    modes: tuple[int, ...]
    """The modes in which it works, 0 to 3."""
    fastest_hz: int | None = None
    read_bit: int | None = None
    """The bit of the first byte that means a read; None if that is not known."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A register that always reads the same."""

    register: Register
    values: tuple[int, ...]
    """The values of this kind of chip, in the register's byte order. One of them is read."""
    source: str

    @property
    def answers(self) -> tuple[bytes, ...]:
        """The bytes of each value."""
        return tuple(self.register.bytes_of(value) for value in self.values)


@dataclass(frozen=True, slots=True)
class Condition:
    """A register, or a field of it, has a value, or has any but this one."""

    register: Register
    field: Field | None
    value: int
    negated: bool = False

    def holds(self, raw: int) -> bool:
        """Return whether it holds with this raw value of the register."""
        found = self.field.bits.of(raw) if self.field else raw
        return (found == self.value) is not self.negated

    def adjusted(self, raw: int, holds: bool) -> int:
        """Return the raw value `raw`, changed so that it holds, or does not."""
        if self.holds(raw) is holds:
            return raw
        number = self.value if holds is not self.negated else int(not self.value)
        return self.field.bits.put(raw, number) if self.field else number

    @property
    def words(self) -> str:
        """The condition for a person, such as ``CTRL_MEAS.MODE = 1 (forced)``."""
        place = f"{self.register.name}.{self.field.name}" if self.field else self.register.name
        name = self.field.values.get(self.value) if self.field else None
        number = str(self.value) if self.field else f"0x{self.value:0{2 * self.register.size}x}"
        return f"{place} {'is not' if self.negated else '='} {number}" + (f" ({name})" if name else "")


@dataclass(frozen=True, slots=True)
class AnswerCondition:
    """A value in the answer to a command is this one, or any but this one."""

    answer: str
    """The name of the value. Answers of several commands may have it."""
    value: int
    negated: bool = False

    def holds(self, number: int) -> bool:
        """Return whether it holds with this number in the answer."""
        return (number == self.value) is not self.negated

    @property
    def words(self) -> str:
        """The condition for a person, such as ``busy = 1``."""
        return f"{self.answer} {'is not' if self.negated else '='} {self.value}"


@dataclass(frozen=True, slots=True)
class Measurement:
    """How a measurement begins and ends."""

    source: str
    start: tuple[Condition | Command, ...] = ()
    """What begins one: a value written to a register, or a command. Any of them does. Empty if the chip always
    measures, or if it is not known."""
    ready: Condition | AnswerCondition | None = None
    """Holds while a new result can be read."""
    busy: Condition | AnswerCondition | None = None
    """Holds while a measurement runs."""
    wait_ms: float | None = None
    """Longest time of one in milliseconds, with the settings after power-on."""
    results: tuple[Register, ...] = ()
    """The registers with its results."""

    def is_trigger(self, condition: Condition) -> bool:
        """Return whether this value starts one measurement when it is written, and says that none runs when it is read.

        Such a bit is OS of the ADS1115. Its value after power-on starts nothing.
        """
        return condition in self.start and condition == self.ready


@dataclass(frozen=True)
class Chip:
    """A chip, or a family of chips that cannot be told apart on the bus."""

    key: str
    """The name of its file without ``.toml``: small letters and digits."""
    name: str
    """Its name, as its maker writes it."""
    maker: str
    purpose: str
    """Two or three words, such as ``humidity sensor``."""
    source: str
    """The data sheet."""
    addresses: tuple[int, ...]
    """Its possible 7-bit I2C addresses, the usual one first."""
    bus: Wiring
    also: tuple[str, ...] = ()
    """Other names: chips that cannot be told apart from this one."""
    libraries: tuple[str, ...] = ()
    """Distributions on PyPI that drive it, with small letters and ``-``."""
    popularity: int = 50
    """0 to 100: how common it is on a Raspberry Pi. It orders the candidates of one address."""
    spi: SpiWiring | None = None
    identity: tuple[Identity, ...] = ()
    """All of them have to match."""
    registers: tuple[Register, ...] = ()
    """In the order of their numbers."""
    commands: tuple[Command, ...] = ()
    crc: Crc | None = None
    measurement: Measurement | None = None
    reserved: tuple[range, ...] = ()
    """Numbers of registers that exist but must not be written."""
    complete: bool = False
    """Whether all registers are listed. Only then does a number that is not listed not exist."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its name and all others that cannot be told apart from it."""
        return (self.name, *self.also)

    @cached_property
    def title(self) -> str:
        """All its names, separated by slashes."""
        return "/".join(self.names)

    @cached_property
    def _by_address(self) -> Mapping[int, Register]:
        return {register.address: register for register in self.registers}

    @cached_property
    def _by_number(self) -> Mapping[int, Register]:
        return {number: register for register in self.registers for number in self.numbers(register)}

    def numbers(self, register: Register) -> range:
        """Return the numbers of a register: one for each of its bytes, or a single one."""
        is_single = self.bus.numbers is Numbers.REGISTERS or register.role is Role.FIFO
        return range(register.address, register.address + (1 if is_single else register.size))

    def register_at(self, number: int) -> Register | None:
        """Return the register that begins at this number, if there is one."""
        return self._by_address.get(number)

    def register_around(self, number: int) -> Register | None:
        """Return the register that has this number, be it the first of its bytes or a later one, if there is one."""
        return self._by_number.get(number)

    def register(self, name: str) -> Register | None:
        """Return the register with this name, if there is one."""
        return next((register for register in self.registers if register.name == name), None)

    def command_of(self, written: bytes) -> Command | None:
        """Return the command with which these bytes begin: the one with the longest code, if there is one."""
        begun = [command for command in self.commands if written.startswith(command.code)]
        return max(begun, key=lambda command: len(command.code), default=None)

    @cached_property
    def results(self) -> tuple[Register, ...]:
        """The registers with what it measures: those that its measurement names, or else all with data."""
        if self.measurement and self.measurement.results:
            return self.measurement.results
        return tuple(register for register in self.registers if register.role is Role.DATA)

    def is_reserved(self, number: int) -> bool:
        """Return whether a register with this number must not be written."""
        return any(number in numbers for numbers in self.reserved)
