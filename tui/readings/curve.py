"""The past of one number: stored values, and after these the live ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hostcore.clock import NS_PER_MS
from hostcore.events.history import HistoryPoint, HistoryReport
from hostcore.view.series import Series
from tui.text import NS_PER_S

NOT_ASKED = HistoryReport((), 0, is_complete=False)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers about a curve in a window."""

    lowest: float
    mean: float
    highest: float
    count: int
    """How many values there were."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the history has answered about a number."""

    report: HistoryReport = NOT_ASKED
    until_ns: int = 0
    """The end of the question."""
    is_awaited: bool = False
    """Whether the history was asked for something else since."""


def has_hole(series: Series, stored: Stored, start_ns: int) -> bool:
    """Whether live values that no stored ones stand for have been dropped since the history was asked."""
    if stored.is_awaited or not series.times:
        return False
    return max(stored.until_ns, start_ns) < round(series.times[0] * NS_PER_S)


def first_of(series: Series) -> int:
    """The time of the first live value as the history writes it, in whole milliseconds; in nanoseconds."""
    return math.floor(series.times[0] * NS_PER_S / NS_PER_MS) * NS_PER_MS


def until_of(series: Series, start_ns: int, end_ns: int) -> int:
    """Up to where the history should be asked, in nanoseconds since the Unix epoch.

    Live values that cover the window need no stored ones. Otherwise, that is the middle of the live values: the oldest
    of these go as new ones come, and the history does not have the newest ones yet.
    """
    if not series.times:
        return end_ns
    first, last = (round(moment * NS_PER_S) for moment in (series.times[0], series.times[-1]))
    if first <= start_ns:
        return start_ns
    return max(first, start_ns, min(first + (last - first) // 2, end_ns))


def points_of(series: Series, stored: Stored, start_ns: int, end_ns: int, patience_ns: int) -> list[HistoryPoint]:
    """The points of a window, and one on each side of it, if there is one. Live values come before stored ones.

    Args:
        series: the live values.
        stored: the older ones.
        start_ns: the begin of the window.
        end_ns: its end.
        patience_ns: values are missing between two live ones that lie further apart.
    """
    oldest_ns = first_of(series) if series.times else end_ns
    old = [each for each in stored.report.points if _is_finite(each) and each.time_ns < oldest_ns]
    live = list(_live(series, start_ns, end_ns, patience_ns))
    if old and live:
        distance_ns = live[0].time_ns - old[-1].time_ns - stored.report.resolution_ns
        live[0] = replace(live[0], is_after_gap=distance_ns > patience_ns)
    points = old + live
    first = next((place for place, each in enumerate(points) if each.time_ns >= start_ns), len(points))
    last = next((place for place in reversed(range(len(points))) if points[place].time_ns < end_ns), -1)
    return points[max(0, first - 1) : last + 2]


def statistics_of(points: Sequence[HistoryPoint], start_ns: int, end_ns: int) -> Statistics | None:
    """The statistics of the values in a window; None if it has none."""
    inside = [each for each in points if start_ns <= each.time_ns < end_ns]
    count = sum(each.count for each in inside)
    if not count:
        return None
    # The sum of the values could be too large for a float.
    mean = math.fsum(each.mean * (each.count / count) for each in inside)
    lowest, highest = min(each.lowest for each in inside), max(each.highest for each in inside)
    return Statistics(lowest, min(max(lowest, mean), highest), highest, count)


def _live(series: Series, start_ns: int, end_ns: int, patience_ns: int) -> Iterator[HistoryPoint]:
    """The live values from the last one before `start_ns` to the first one after `end_ns`."""
    before_ns: int | None = None
    for time_s, value in zip(*series.since(start_ns / NS_PER_S), strict=True):
        time_ns = round(time_s * NS_PER_S)
        is_after_gap = before_ns is None or not 0 <= time_ns - before_ns <= patience_ns
        yield HistoryPoint(time_ns, value, value, value, 1, is_after_gap)
        if time_ns > end_ns:
            return
        before_ns = time_ns


def _is_finite(point: HistoryPoint) -> bool:
    return point.count > 0 and all(map(math.isfinite, (point.lowest, point.mean, point.highest)))
