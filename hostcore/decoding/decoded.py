"""A transfer in the words of its chip. Each part keeps the bytes that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from hostcore.quick_dataclass import dataclass

NO_VALUES: Mapping[int, int] = MappingProxyType({})
"""No registers are known."""


class Earlier(NamedTuple):
    """The part of a device's past that its next transfer depends on."""

    pointer: int | None = None
    """The register number that was sent last; None if it is not known."""
    increments: bool = True
    """Whether that number grows with each byte."""
    command: str = ""
    """The name of the last command that was sent; "" if there was none since a register's number."""
    begun: bytes = b""
    """A command of a display whose arguments have not all been sent."""
    values: Mapping[int, int] = NO_VALUES
    """Raw values of registers with fields, by register number, as far as the transfer touches them."""


NOTHING_EARLIER = Earlier()


@dataclass(frozen=True, slots=True)
class Start:
    """The start condition and the address."""

    written: bool
    """Whether the host writes. The last bit of the address byte says so."""
    repeated: bool
    """Whether no stop came before it (I2C-bus specification UM10204, section 3.1.10)."""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Direction:
    """The direction of the bytes that follow, on a bus without start conditions."""

    written: bool
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Stop:
    """The stop condition."""

    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Refused:
    """The transfer ended here, because a byte was not acknowledged.

    Linux does not say which byte it was. If only the address was sent, it was the address.
    """

    is_address: bool
    """Whether it was certainly the address."""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field of a register."""

    name: str
    value: int
    word: str = ""
    """Its meaning; "" if the chip file has none for this value."""
    before: int | None = None
    """The value that was last seen; None if it was never seen."""
    word_before: str = ""

    @property
    def has_changed(self) -> bool:
        """Whether the value was another one before."""
        return self.before is not None and self.before != self.value

    @property
    def text(self) -> str:
        """The meaning, or else the number."""
        return self.word or str(self.value)

    @property
    def text_before(self) -> str:
        """The earlier meaning, or else the number; "" if it was never seen."""
        return self.word_before or ("" if self.before is None else str(self.before))


@dataclass(frozen=True, slots=True)
class Pointed:
    """A register's number was written. Reads and writes begin there."""

    name: str
    """The register's name; "" if the chip file does not list it."""
    address: int
    raw: bytes
    increments: bool = True
    """Whether the number grows with each byte."""


@dataclass(frozen=True, slots=True)
class RegisterAccess:
    """One register was written or read."""

    name: str
    """Its name; "" if the chip file does not list it. Part of a register has its offset: ``TEMP+1``."""
    address: int
    """Its number. Bytes that the file does not list stand together under the number of the first."""
    written: bool
    raw: bytes
    number: int | None = None
    """Its bytes in the register's byte order; None if they are not the whole register, or more than 8."""
    before: int | None = None
    """The number that was last seen."""
    fields: tuple[FieldValue, ...] = ()
    value: float | None = None
    """The number in `unit`; None if the register measures nothing."""
    unit: str = ""
    is_idle: bool = False
    """Whether it is the value that the chip has before its first measurement, or asleep."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """A CRC beside the one that the bytes before it have."""

    received: int
    computed: int

    @property
    def is_right(self) -> bool:
        """Whether both are the same."""
        return self.received == self.computed


@dataclass(frozen=True, slots=True)
class CommandSent:
    """A command and its arguments."""

    name: str
    """Its name; "" if the chip file lists commands, but not this one."""
    code: bytes
    arguments: bytes
    raw: bytes
    checksums: tuple[Checksum, ...] = ()
    note: str = ""
    """More about it, such as ``128 bytes of picture``."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One value of an answer."""

    name: str
    number: int
    """As it was sent."""
    value: float
    """In `unit`."""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a command."""

    command: str
    values: tuple[Quantity, ...]
    raw: bytes
    checksums: tuple[Checksum, ...] = ()

    @property
    def crc_ok(self) -> bool | None:
        """Whether all checksums are right; None if there are none."""
        return all(each.is_right for each in self.checksums) if self.checksums else None


@dataclass(frozen=True, slots=True)
class Word:
    """Two bytes as all four 16-bit numbers that they can be."""

    big: int
    """Big endian, unsigned."""
    big_signed: int
    little: int
    """Little endian, unsigned."""
    little_signed: int


@dataclass(frozen=True, slots=True)
class Plain:
    """Bytes without a meaning that is known."""

    written: bool
    raw: bytes
    words: tuple[Word, ...] = ()
    """The 16-bit numbers in it: up to `MOST_WORDS`, if it has an even number of bytes."""


Part = Start | Direction | Stop | Refused | Pointed | RegisterAccess | CommandSent | Answer | Plain


@dataclass(frozen=True, slots=True)
class Decoded:
    """A transfer, in order. The `raw` of all parts together are the bytes of its messages."""

    parts: tuple[Part, ...]
    chip: str = ""
    """The name of the chip in whose words it is; "" if none was known."""

    @property
    def accesses(self) -> tuple[RegisterAccess, ...]:
        """The registers that were written or read."""
        return tuple(part for part in self.parts if isinstance(part, RegisterAccess))

    @property
    def commands(self) -> tuple[CommandSent, ...]:
        """The commands that were sent."""
        return tuple(part for part in self.parts if isinstance(part, CommandSent))

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers that were read."""
        return tuple(part for part in self.parts if isinstance(part, Answer))


MOST_WORDS = 16
"""16-bit numbers of one message that are shown. Sensors send up to 9 at once."""


def words_of(data: bytes) -> tuple[Word, ...]:
    """Return the 16-bit numbers in `data`, the first `MOST_WORDS`; none if it has an odd number of bytes."""
    if len(data) % 2:
        return ()
    return tuple(_word(data[at : at + 2]) for at in range(0, min(len(data), 2 * MOST_WORDS), 2))


def _word(pair: bytes) -> Word:
    return Word(
        int.from_bytes(pair, "big"),
        int.from_bytes(pair, "big", signed=True),
        int.from_bytes(pair, "little"),
        int.from_bytes(pair, "little", signed=True),
    )
