"""The past of one number: stored values, and after these the live ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from hostcore.clock import NS_PER_MS
from hostcore.events.history import HistoryPoint, HistoryReport
from hostcore.quick_dataclass import dataclass, replace
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


def run_start(series: Series, patience_ns: int) -> int:
    """Since when the live values have no gap, in nanoseconds since the Unix epoch.

    It is in whole milliseconds, as the history writes times.

    Args:
        series: the live values; there is one at least.
        patience_ns: values are missing between two that lie further apart.
    """
    times, patience_s = series.times, patience_ns / NS_PER_S
    first = len(times) - 1
    while first and 0 <= times[first] - times[first - 1] <= patience_s:
        first -= 1
    return _whole_ms(round(times[first] * NS_PER_S))


def has_hole(series: Series, stored: Stored, start_ns: int, patience_ns: int) -> bool:
    """Whether a part of the window is neither in the live values nor in what the history was asked for.

    Live values are dropped when there are too many, and events are lost with a connection.
    """
    if stored.is_awaited or not series.times:
        return False
    return max(stored.until_ns, start_ns) < run_start(series, patience_ns)


def until_of(series: Series, start_ns: int, end_ns: int, patience_ns: int) -> int:
    """Up to where the history should be asked, in nanoseconds since the Unix epoch.

    Live values that cover the window need no stored ones. Otherwise, that is the middle of those since their last gap:
    the oldest of these go as new ones come, and the history does not have the newest ones yet.
    """
    if not series.times:
        return end_ns
    first, last = run_start(series, patience_ns), round(series.times[-1] * NS_PER_S)
    if first <= start_ns:
        return start_ns
    return max(first, start_ns, min(first + (last - first) // 2, end_ns))


def points_of(series: Series, stored: Stored, start_ns: int, end_ns: int, patience_ns: int) -> list[HistoryPoint]:
    """The points of a window, and one on each side of it, if there is one: live ones, and stored ones in their gaps.

    Args:
        series: the live values.
        stored: the stored ones.
        start_ns: the begin of the window.
        end_ns: its end.
        patience_ns: values are missing between two live ones that lie further apart.
    """
    old = [each for each in stored.report.points if _is_finite(each)]
    live = list(_live(series, start_ns, end_ns, patience_ns))
    points = _filled(live, old, stored.report.resolution_ns, patience_ns) if live else old
    first = next((place for place, each in enumerate(points) if each.time_ns >= start_ns), len(points))
    last = next((place for place in reversed(range(len(points))) if points[place].time_ns < end_ns), -1)
    return points[max(0, first - 1) : last + 2]


def _filled(
    live: Sequence[HistoryPoint], old: Sequence[HistoryPoint], resolution_ns: int, patience_ns: int
) -> list[HistoryPoint]:
    """Live points, with the stored ones of each gap, and of the time before the first."""
    points: list[HistoryPoint] = []
    for point in live:
        if point.is_after_gap:
            begin_ns, end_ns = points[-1].time_ns if points else 0, _whole_ms(point.time_ns)
            between = [each for each in old if begin_ns < each.time_ns < end_ns]
            if between:
                distance_ns = point.time_ns - between[-1].time_ns - resolution_ns
                point = replace(point, is_after_gap=distance_ns > patience_ns)  # noqa: PLW2901 - it is the same point
            points += between
        points.append(point)
    return points


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


def _whole_ms(time_ns: int) -> int:
    return time_ns // NS_PER_MS * NS_PER_MS


def _is_finite(point: HistoryPoint) -> bool:
    return point.count > 0 and all(map(math.isfinite, (point.lowest, point.mean, point.highest)))
