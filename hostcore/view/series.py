"""The past values of one number."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence

from hostcore.events.history import HistoryPoint

CAPACITY = 1800
"""Points that are kept of each number: an hour at one every 2 s, in 28 KiB."""
LARGEST = 1e300
"""Values beyond this are drawn as this: sums and differences of them must not overflow."""
LARGEST_GROUP = 32
"""Points behind one character of a trend, at most."""
SLACK = CAPACITY // 8
"""Points beyond the capacity before the oldest ones are dropped, all at once."""


class Series:
    """The last values of one number with their times, and the extremes.

    Attributes:
        is_primed: whether the values before the first one are wanted. See `prime`.
    """

    def __init__(self) -> None:
        self.times = array("d")
        """Seconds since the Unix epoch."""
        self.values = array("d")
        self.lowest = float("inf")
        """The least value ever, stored ones included, or since the extremes were forgotten."""
        self.highest = float("-inf")
        """The greatest of these values."""
        self.is_primed = False
        self._gone = 0
        self._earlier = array("d")

    def prime(self, points: Iterable[HistoryPoint], extremes_since_ns: int = 0) -> None:
        """Give it the stored values before the first one, by time. They count for the trend and the extremes.

        A point that stands for several values is as many times in the trend, so that this is as long as if it had them.

        Args:
            points: the stored values.
            extremes_since_ns: points that begin before this time count for the trend alone.
        """
        for point in points:
            if all(map(math.isfinite, (point.lowest, point.mean, point.highest))):
                self._earlier.extend([_drawn(point.mean)] * min(point.count, CAPACITY))
                if point.time_ns >= extremes_since_ns:
                    self.lowest = min(self.lowest, point.lowest)
                    self.highest = max(self.highest, point.highest)
            self._make_room()

    def add(self, time_ns: int, value: float) -> None:
        """Append a point; the oldest go where there are too many. NaN is no point."""
        if math.isnan(value):  # it would be drawn as the least value: comparisons with it are false
            return
        self.times.append(time_ns / 1e9)
        self.values.append(_drawn(value))
        self.lowest = min(self.lowest, value)
        self.highest = max(self.highest, value)
        self._make_room()

    def _make_room(self) -> None:
        """Drop the oldest points where there are too many."""
        surplus = len(self._earlier) + len(self.values) - CAPACITY
        if surplus <= SLACK:
            return
        earlier = min(surplus, len(self._earlier))
        del self._earlier[:earlier]
        del self.times[: surplus - earlier], self.values[: surplus - earlier]
        self._gone += surplus - earlier

    def forget_extremes(self) -> None:
        """Measure the extremes from the newest value on."""
        newest = self.values[-1:]
        self.lowest, self.highest = (newest[0], newest[0]) if newest else (float("inf"), float("-inf"))

    def trend(self, width: int) -> list[float]:
        """At most `width` values that stand for the recent past, stored values included.

        Each is the mean of a group of points. Groups begin at fixed points, so that a new point changes the last
        value only; as the past grows they double, so that at least half of it shows.
        """
        values = self._earlier + self.values
        first, count = self._gone - len(self._earlier), len(values)
        group = 1
        while count > 2 * width * group and group < LARGEST_GROUP:
            group *= 2
        newest = (first + count - 1) // group
        starts = range((newest - width + 1) * group - first, count, group)
        return [_mean(values[max(0, start) : start + group]) for start in starts if start + group > 0]

    def since(self, time_s: float) -> tuple[Sequence[float], Sequence[float]]:
        """Times and values from `time_s` on, the last point before it included."""
        first = 0
        for index in range(len(self.times) - 1, -1, -1):
            if self.times[index] < time_s:
                first = index
                break
        return self.times[first:], self.values[first:]


def _drawn(value: float) -> float:
    return max(-LARGEST, min(value, LARGEST))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
