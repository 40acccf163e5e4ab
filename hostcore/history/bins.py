"""Puts values into stretches of time, and finds the gaps between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hostcore.clock import NS_PER_MS
from hostcore.events.history import HistoryPoint
from hostcore.history.series import Origin
from hostcore.quick_dataclass import dataclass

USUAL_SHARE = 0.9
"""The share of distances between values that are usual. Longer ones are rare enough to be gaps."""
GAP = 3.0
"""How many usual distances make a gap: two values in a row are missing."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What is kept of several values."""

    count: int
    """How many they are, 1 and up."""
    lowest: float
    total: float
    """Their sum."""
    highest: float

    @staticmethod
    def of(value: float) -> Summary:
        """Return the summary of one value."""
        return Summary(1, value, value, value)

    def __add__(self, other: Summary) -> Summary:
        lowest, highest = min(self.lowest, other.lowest), max(self.highest, other.highest)
        return Summary(self.count + other.count, lowest, self.total + other.total, highest)

    @property
    def mean(self) -> float:
        """Their mean, which is never below the lowest or above the highest, although sums of floats are rounded."""
        return min(max(self.total / self.count, self.lowest), self.highest)


@dataclass(slots=True)
class Bin:
    """The values in a stretch of time. Times are in milliseconds."""

    begin: int
    width: int
    reach: int
    """How long after its begin its last value may have come. Minutes that do not divide it evenly end beyond it."""
    first: int
    """When its first value came, or the begin of the first minute or hour that it is made of."""
    summary: Summary
    origin: Origin

    @property
    def is_single(self) -> bool:
        """Whether it stands for one value."""
        return self.summary.count == 1

    @property
    def longest_distance(self) -> float:
        """The time from its begin to that of the next bin, if nothing is missing; 0 if it stands for one value."""
        return 0.0 if self.is_single else self.reach + self.width / 2


class Bins:
    """Bins of one number.

    Args:
        step: the width of a bin in milliseconds, 1 and up. Thinned values can have wider ones.
    """

    def __init__(self, step: int) -> None:
        self.step = step
        self._bins: dict[int, Bin] = {}

    def add(self, first: int, width: int, summary: Summary, origin: Origin) -> None:
        """Add values.

        Args:
            first: the time of the first one, or the begin of their minute or hour.
            width: milliseconds of their minute or hour; 0 for values of known times, all within one step.
            summary: the values.
            origin: what they depend on.
        """
        begin = first - first % self.step if width <= self.step else first
        overlap = width if 0 < width < self.step and self.step % width else 0
        reach = max(self.step, width) + overlap
        if (known := self._bins.get(begin)) is None:
            self._bins[begin] = Bin(begin, max(self.step, width), reach, first, summary, origin)
        else:
            known.reach = max(known.reach, reach)
            known.first = min(known.first, first)
            known.summary += summary
            known.origin |= origin

    def points(self, since: int) -> Iterator[HistoryPoint]:
        """Yield the points in the order of their times. Those before `since` (milliseconds) are moved there."""
        bins = sorted(self._bins.values(), key=lambda each: each.begin)
        starts = [each.first if each.is_single else max(each.begin, since) for each in bins]
        for each, start, is_after_gap in zip(bins, starts, _gaps(bins, starts), strict=True):
            yield HistoryPoint(
                time_ns=start * NS_PER_MS,
                lowest=each.summary.lowest,
                mean=each.summary.mean,
                highest=each.summary.highest,
                count=each.summary.count,
                is_after_gap=is_after_gap,
                is_simulated=Origin.SIMULATED in each.origin,
                is_faulty=Origin.FAULTY in each.origin,
            )


def _gaps(bins: list[Bin], starts: list[int]) -> list[bool]:
    """Return for each bin whether values are missing before it.

    That is so if more time has passed since the bin before than usual. A plugin's interval is not known here, and may
    have changed. So the distance is usual that nine of ten values do not exceed: frequent gaps are taken for a habit.
    """
    distances = [after - before for before, after in pairwise(starts)]
    spacings = sorted(
        distance if each.is_single else each.width / each.summary.count
        for each, distance in zip(bins, distances, strict=False)
    )
    usual = spacings[int(USUAL_SHARE * (len(spacings) - 1))] if spacings else 0.0
    allowed = [max(each.longest_distance, GAP * usual) for each in bins]
    gaps = [distance > most for distance, most in zip(distances, allowed, strict=False)]
    return [False, *gaps][: len(bins)]
