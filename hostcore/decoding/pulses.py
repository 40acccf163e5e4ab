"""Captures of a GPIO line as pulses, and the bits that a DHT sensor sends with them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Self

from hostcore.backends.base import Edge
from hostcore.quick_dataclass import dataclass

DHT_BITS = 40
"""Bits of an answer: four bytes and their sum (Aosong AM2302 data sheet, section 7)."""
ONE_NS = 48_000
"""Pulses longer than this are a 1: high for 70 µs; those of 26 to 28 µs are a 0 (AM2302 data sheet, table 6)."""
LONGEST_NS = 0xFFFF_FFFF
"""The longest pulse that a `Capture` tells from longer ones. A capture takes a second at most."""
LOW_NS = (30_000, 90_000)
"""The shortest and longest low time before a bit that can be one: 48 to 55 µs, with room for late edges."""
BIT_NS = (10_000, 100_000)
"""The shortest and longest high time that can be a bit."""


@dataclass(frozen=True, slots=True)
class LinePulse:
    """A time at one level."""

    high: bool
    width_ns: int


@dataclass(frozen=True, slots=True)
class Capture:
    """The pulses of a capture in little memory: 4 bytes for each, where an edge takes about 90."""

    first_is_high: bool
    packed: bytes
    """The widths in nanoseconds, each an unsigned 32-bit number."""
    start_ns: int = 0
    """The time of the first edge, in nanoseconds since the host released the line."""

    @classmethod
    def of(cls, edges: Sequence[Edge]) -> Self | None:
        """Return the capture with these edges; None if there are too few for a pulse."""
        pulses = pulses_of(edges)
        if not pulses:
            return None
        widths = [min(pulse.width_ns, LONGEST_NS) for pulse in pulses]
        return cls(pulses[0].high, struct.pack(f"={len(widths)}I", *widths), edges[0].time_ns)

    @property
    def pulses(self) -> tuple[LinePulse, ...]:
        """The times between the edges."""
        widths = struct.unpack(f"={len(self.packed) // 4}I", self.packed)
        return tuple(LinePulse((place % 2 == 0) == self.first_is_high, width) for place, width in enumerate(widths))

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The edges, each in the direction that `pulses_of` found."""
        pulses = self.pulses
        times = accumulate((pulse.width_ns for pulse in pulses), initial=self.start_ns)
        directions = [*(pulse.high for pulse in pulses), not pulses[-1].high]
        return tuple(Edge(time_ns, rising) for time_ns, rising in zip(times, directions, strict=True))


@dataclass(frozen=True, slots=True)
class DhtAnswer:
    """The answer of a DHT11, DHT22 or AM2302."""

    data: bytes
    """Five bytes: humidity, temperature, sum."""

    @property
    def sum(self) -> int:
        """The checksum that its bytes have: their sum (AM2302 data sheet, section 7)."""
        return sum(self.data[:4]) & 0xFF

    @property
    def checksum_ok(self) -> bool:
        """Whether its last byte is the sum of the others."""
        return self.sum == self.data[4]


def pulses_of(edges: Sequence[Edge]) -> tuple[LinePulse, ...]:
    """Return the times between edges. The time before the first edge, and the one after the last, are no pulses.

    The kernel can get the direction of a fast edge wrong, but not its time. Each edge therefore is the opposite of the
    one before it, and the whole follows the majority of the directions.
    """
    if len(edges) < 2:
        return ()
    agreeing = sum(edge.rising == (place % 2 == 0) for place, edge in enumerate(edges))
    first_is_rising = 2 * agreeing > len(edges)
    return tuple(
        LinePulse(high=(place % 2 == 0) == first_is_rising, width_ns=max(0, after.time_ns - edge.time_ns))
        for place, (edge, after) in enumerate(pairwise(edges))
    )


def dht_answer(pulses: Sequence[LinePulse]) -> DhtAnswer | None:
    """Return the answer in a capture; None if there are not enough pulses of the right widths.

    The last 40 bits count, because a capture may begin with the end of the start signal.
    """
    widths = [
        high.width_ns
        for low, high in pairwise(pulses)
        if high.high and LOW_NS[0] <= low.width_ns <= LOW_NS[1] and BIT_NS[0] <= high.width_ns <= BIT_NS[1]
    ]
    if len(widths) < DHT_BITS:
        return None
    bits = "".join("1" if width > ONE_NS else "0" for width in widths[-DHT_BITS:])
    return DhtAnswer(int(bits, 2).to_bytes(DHT_BITS // 8, "big"))
