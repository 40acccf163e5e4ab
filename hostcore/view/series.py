"""The past values of one number."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

CAPACITY = 1800
"""Points that are kept of each number: an hour at one every 2 s, in 28 KiB."""
LARGEST = 1e300
"""Values beyond this are drawn as this: sums and differences of them must not overflow."""
LARGEST_GROUP = 32
"""Points behind one character of a trend, at most."""


class Series:
    """The last values of one number with their times, and the extremes."""

    def __init__(self) -> None:
        self.times = array("d")
        """Seconds since the Unix epoch."""
        self.values = array("d")
        self.lowest = float("inf")
        """The least value ever, or since the extremes were forgotten."""
        self.highest = float("-inf")
        """The greatest value ever, or since the extremes were forgotten."""
        self._gone = 0

    def add(self, time_ns: int, value: float) -> None:
        """Append a point; the oldest go where there are too many. NaN is no point."""
        if math.isnan(value):  # it would be drawn as the least value: comparisons with it are false
            return
        self.times.append(time_ns / 1e9)
        self.values.append(max(-LARGEST, min(value, LARGEST)))
        self.lowest = min(self.lowest, value)
        self.highest = max(self.highest, value)
        if len(self.values) > CAPACITY + CAPACITY // 8:
            surplus = len(self.values) - CAPACITY
            del self.times[:surplus], self.values[:surplus]
            self._gone += surplus

    def forget_extremes(self) -> None:
        """Measure the extremes from the newest value on."""
        newest = self.values[-1:]
        self.lowest, self.highest = (newest[0], newest[0]) if newest else (float("inf"), float("-inf"))

    def trend(self, width: int) -> list[float]:
        """At most `width` values that stand for the recent past.

        Each is the mean of a group of points. Groups begin at fixed points, so that a new point changes the last
        value only; as the past grows they double, so that at least half of it shows.
        """
        count = len(self.values)
        group = 1
        while count > 2 * width * group and group < LARGEST_GROUP:
            group *= 2
        newest = (self._gone + count - 1) // group
        starts = range((newest - width + 1) * group - self._gone, count, group)
        return [_mean(self.values[max(0, start) : start + group]) for start in starts if start + group > 0]

    def since(self, time_s: float) -> tuple[Sequence[float], Sequence[float]]:
        """Times and values from `time_s` on, the last point before it included."""
        first = 0
        for index in range(len(self.times) - 1, -1, -1):
            if self.times[index] < time_s:
                first = index
                break
        return self.times[first:], self.values[first:]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
