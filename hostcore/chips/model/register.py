"""A register of a chip, with its fields."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hostcore.chips.model.number import PLAIN, Bits, ByteOrder, Scale
from hostcore.quick_dataclass import dataclass, field

MOST_BYTES = 8
"""The most bytes of a register that is a number. Longer ones are blocks."""


class Access(StrEnum):
    """What a controller may do with a register."""

    READ_ONLY = "read-only"
    WRITE_ONLY = "write-only"
    READ_WRITE = "read-write"


class Role(StrEnum):
    """The use of a register."""

    IDENTITY = "identity"
    CONFIGURATION = "configuration"
    STATUS = "status"
    DATA = "data"
    """A measured value. It changes by itself."""
    CALIBRATION = "calibration"
    """A constant of this very chip, from its factory."""
    COMMAND = "command"
    """A value that is written has an effect at once, such as a reset."""
    FIFO = "fifo"
    """A queue: each read takes the next values out of it."""


@dataclass(frozen=True, slots=True)
class Field:
    """Some bits of a register with a name of their own."""

    name: str
    bits: Bits
    values: Mapping[int, str] = field(default_factory=dict, hash=False)
    """The meaning of its values, as far as they have names."""
    is_self_clearing: bool = False
    """Whether it becomes 0 by itself once the chip has done what it asks for."""

    def words(self, number: int) -> str:
        """Return the meaning of the field's value in the register's value `number`, or else this value."""
        value = self.bits.of(number)
        return self.values.get(value, str(value))


@dataclass(frozen=True, slots=True)
class Register:
    """A register, or a block of registers that are read together."""

    name: str
    address: int
    """Its number on the bus, or that of its first byte, 0 to 0xffff."""
    source: str
    """The section of the data sheet."""
    byte_order: ByteOrder
    size: int = 1
    """Bytes, 1 to 64."""
    access: Access = Access.READ_WRITE
    role: Role | None = None
    """Its use; None if that is not said."""
    reset: int | None = None
    """The value after power-on; None if it is not known or not always the same."""
    bits: Bits | None = None
    """The bits of the raw value that are its number; None if all of them are, unsigned."""
    scale: Scale = PLAIN
    idle: int | None = None
    """The raw value, of all bytes, before the first measurement or asleep; None if it is not known."""
    zero_bits: int = 0
    """Reserved bits that have to be written as 0."""
    fields: tuple[Field, ...] = ()

    @property
    def is_readable(self) -> bool:
        return self.access is not Access.WRITE_ONLY

    @property
    def is_writable(self) -> bool:
        return self.access is not Access.READ_ONLY

    @property
    def is_block(self) -> bool:
        """Whether it has no value as a number: it has more than `MOST_BYTES`."""
        return self.size > MOST_BYTES

    def raw(self, data: bytes) -> int:
        """Return the number in the bytes of the whole register."""
        return int.from_bytes(data, self.byte_order)

    def bytes_of(self, raw: int) -> bytes:
        """Return the bytes of the whole register for a number. Higher bits are lost."""
        return (raw & ((1 << 8 * self.size) - 1)).to_bytes(self.size, self.byte_order)

    def number(self, raw: int) -> int:
        """Return the number that a raw value means: shifted, and with its sign."""
        return self.bits.of(raw) if self.bits else raw

    def value(self, raw: int) -> float:
        """Return the measured value that a raw value means, in the unit of `scale`."""
        return self.scale.value(self.number(raw))

    def field(self, name: str) -> Field | None:
        """Return the field with this name, if there is one."""
        return next((each for each in self.fields if each.name == name), None)
