"""The scale of a value axis: bounds a little beyond the values, and ticks at round numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from hostcore.events.history import HistoryPoint
from hostcore.quick_dataclass import dataclass
from hostcore.view.series import LARGEST

LEAST_SHARE = 1e-9
"""How far a scale of one constant number reaches above and below it, as a share of a large number.

With less, floats could not tell the bounds apart."""
LEAST_REACH = 1e-290
"""A scale that reaches less far would have a step that floats cannot hold."""
STEPS = (1.0, 2.0, 5.0, 10.0)
"""Round distances between two ticks, times a power of ten."""
INTERVALS = 4
"""Distances between ticks that a scale has about, to choose its bounds."""
PARTS = 5
"""A bound is a multiple of this part of such a distance. It moves seldom, so a new value seldom moves the curve."""
SMALLER = 0.39
"""Leads from a round distance to the next smaller one: `round_up` of this share of it."""
ROWS = 4
"""Rows from one tick to the next, at least."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A round value on an axis."""

    value: float
    step: float
    """The distance to the tick beside it."""
    decimals: int
    """Digits after the point that tell it from the ticks beside it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The values at the bottom and the top of a graph."""

    low: float
    high: float

    @classmethod
    def over(cls, points: Iterable[HistoryPoint]) -> Scale | None:
        """The scale that holds all points and ends at round numbers; None if there are none."""
        bounds = [(_finite(each.lowest), _finite(each.highest)) for each in points]
        if not bounds:
            return None
        low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
        least = max(LEAST_REACH, max(abs(low), abs(high)) * LEAST_SHARE)
        if high - low < least:
            margin = max(1.0, least)
            return cls(low - margin, high + margin)
        part = round_up((high - low) / INTERVALS) / PARTS
        return cls(math.floor(low / part) * part, math.ceil(high / part) * part)

    def at(self, share: float) -> float:
        """The value at a height, from 0 at the top to 1 at the bottom."""
        return self.high - (self.high - self.low) * share

    def share(self, value: float) -> float:
        """The height of a value, from 0 at the top to 1 at the bottom."""
        return (self.high - value) / (self.high - self.low)

    def row(self, value: float, rows: int) -> int:
        """The row of a value, of `rows` rows, from 0 at the top. Values beyond the bounds are in rows beyond."""
        return round(self.share(value) * (rows - 1))

    def ticks(self, rows: int) -> Iterator[Tick]:
        """The round values that `rows` rows of text have room for, from the bottom up.

        Two at least, if there are that many rows and round values.
        """
        step = round_up((self.high - self.low) / max(1, (rows - 1) / ROWS))
        while len(places := self._places(step)) < min(2, rows):
            step = round_up(step * SMALLER)
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        for place in places[:rows]:
            yield Tick(place * step, step, decimals)

    def _places(self, step: float) -> range:
        """The multiples of a step within the bounds."""
        return range(math.ceil(self.low / step - 1e-6), math.floor(self.high / step + 1e-6) + 1)


def round_up(least: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that is `least` or more; `least` is above 0."""
    power = math.floor(math.log10(least))
    return next(
        (step for digit in STEPS if (step := float(f"{digit:.0f}e{power}")) >= least * (1 - 1e-9)),
        float(f"1e{power + 1}"),
    )


def _finite(value: float) -> float:
    """A value that sums and differences cannot overflow with."""
    return max(-LARGEST, min(value, LARGEST))
