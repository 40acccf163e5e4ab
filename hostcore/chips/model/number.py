"""The bits of a number, and the measured value that they mean."""

from __future__ import annotations

from typing import Literal

from hostcore.quick_dataclass import dataclass

ByteOrder = Literal["big", "little"]
"""The order of the bytes of one number on the bus: the most or the least significant byte first."""


@dataclass(frozen=True, slots=True)
class Bits:
    """Some bits of a number, the lowest of which is bit 0."""

    last: int
    """The highest bit."""
    first: int
    """The lowest bit."""
    signed: bool = False
    """Whether they are a two's complement."""

    @property
    def width(self) -> int:
        """The number of bits."""
        return self.last - self.first + 1

    @property
    def mask(self) -> int:
        """The bits at their place in the number."""
        return ((1 << self.width) - 1) << self.first

    @property
    def limits(self) -> tuple[int, int]:
        """The smallest and the largest value of these bits."""
        return (-(1 << self.width - 1), (1 << self.width - 1) - 1) if self.signed else (0, (1 << self.width) - 1)

    def of(self, number: int) -> int:
        """Return the value of these bits in `number`."""
        value = (number & self.mask) >> self.first
        return value - (1 << self.width) if self.signed and value >> (self.width - 1) else value

    def put(self, number: int, value: int) -> int:
        """Return `number` with `value` in these bits. Higher bits of `value` are lost."""
        return number & ~self.mask | value << self.first & self.mask


@dataclass(frozen=True, slots=True)
class Scale:
    """How a raw number becomes a measured value: ``raw * scale + offset``, in `unit`."""

    unit: str = ""
    """The unit of the value, such as ``°C``; "" if the number has none, or if it depends on other registers."""
    scale: float = 1.0
    offset: float = 0.0
    low: float | None = None
    """The smallest value that the chip can report, in `unit`; None if that is not known."""
    high: float | None = None
    """The largest value that the chip can report, in `unit`; None if that is not known."""

    def value(self, number: int) -> float:
        """Return the value for a raw number."""
        return number * self.scale + self.offset

    def number(self, value: float) -> int:
        """Return the raw number nearest to a value."""
        return round((value - self.offset) / self.scale)


PLAIN = Scale()
"""The scale of a number that is its own value."""
