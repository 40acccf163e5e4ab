"""The facts that a driver states about its chip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """Some bits of a register."""

    name: str
    high: int
    """Its most significant bit, counted from 0 in the register's value."""
    low: int
    """Its least significant bit."""
    values: Mapping[int, str] = field(default_factory=dict)
    """The names of its values."""
    signed: bool = False

    @property
    def bits(self) -> str:
        """The bits as a chip file writes them."""
        return str(self.low) if self.high == self.low else f"{self.high}:{self.low}"


@dataclass(frozen=True, slots=True)
class Register:
    """A register with the facts that the driver states. None stands for a fact that it does not state."""

    name: str
    address: int
    size: int = 1
    """In bytes."""
    access: str | None = None
    byte_order: str | None = None
    signed: bool = False
    reset: int | None = None
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a driver states about one chip."""

    addresses: tuple[int, ...] = ()
    """Its 7-bit addresses."""
    identity: int | None = None
    """The value of its identity register."""
    banks: tuple[tuple[Register, ...], ...] = ()
    """Its registers. A chip with pages of registers, or a package of two chips, has several banks."""
    unused: Mapping[str, int] = field(default_factory=dict)
    """Constants that look like register numbers, but whose registers the driver does not describe."""


def merged(first: Register, second: Register) -> Register:
    """Two statements about one register as one: the fields of both, and each fact that either states."""
    known = {part.name for part in first.fields}
    return Register(
        first.name,
        first.address,
        max(first.size, second.size),
        first.access if first.access == second.access else "read-write",
        first.byte_order or second.byte_order,
        first.signed or second.signed,
        first.reset if first.reset is not None else second.reset,
        first.fields + tuple(part for part in second.fields if part.name not in known),
    )
