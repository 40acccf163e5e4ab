"""One number as a graph shows it, in words."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.events.history import HistoryPoint
from hostcore.quick_dataclass import dataclass
from hostcore.view.alarms import Bounds
from hostcore.view.limits import Limits
from tui.readings.curve import Statistics
from tui.text import counted, number


@dataclass(frozen=True, slots=True)
class Trace:
    """A number and its points in the window of a graph."""

    key: str
    """Its place: the plugin and the keys, fit for a terminal."""
    quantity: str
    """What it measures. Numbers of one quantity share a scale."""
    unit: str
    decimals: int
    now: str
    """Its last value, without the unit."""
    points: Sequence[HistoryPoint]
    statistics: Statistics | None
    """None if the window has no value."""
    warning: str = ""
    """That values may be invented or wrong; "" if they are neither."""
    latest: float | None = None
    """Its last value as a number; None if it has none."""
    limits: Limits | None = None
    """Between which values it can lie, or should; None if that is not known."""
    bounds: Bounds = Bounds()
    """The range that alarms watch."""

    def value(self, value: float) -> str:
        """A value with its unit."""
        return f"{number(value, self.decimals)} {self.unit}".rstrip()

    def summary(self) -> str:
        """Its statistics."""
        found = self.statistics
        if found is None:
            return "no values in this time"
        least, mean, most, _ = self.figures()
        return f"least {least}, mean {mean}, most {most} {self.unit}".rstrip() + f", {counted(found.count, 'value')}"

    def figures(self) -> tuple[str, str, str, str]:
        """The least, the mean and the greatest value, and how many there were."""
        found = self.statistics
        if found is None:
            return "", "", "", "0"
        mean = number(found.mean, self.decimals + 1)
        return number(found.lowest, self.decimals), mean, number(found.highest, self.decimals), str(found.count)

    def at(self, start_ns: int, end_ns: int) -> str:
        """The values from `start_ns` to `end_ns`, or the one that held then."""
        inside = [each for each in self.points if start_ns <= each.time_ns < end_ns]
        if inside:
            return self._range(inside)
        before = [each for each in self.points if each.time_ns < start_ns]
        after = next((each for each in self.points if each.time_ns >= end_ns), None)
        if before and after is not None and not after.is_after_gap:
            return self._range(before[-1:])
        return "no value"

    def _range(self, points: Sequence[HistoryPoint]) -> str:
        count = sum(each.count for each in points)
        mean = sum(each.mean * (each.count / count) for each in points)
        low, high = min(each.lowest for each in points), max(each.highest for each in points)
        if low == high:
            return self.value(low)
        return f"{self.value(mean)} ({number(low, self.decimals)} to {number(high, self.decimals)})"
