"""Filters at work: each remembers what it needs of the values before."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Iterable

from hostcore.adjustments.model import Delta, Filter, Line, Median, MovingAverage, Throttle
from hostcore.clock import NS_PER_S

DIGITS = 12
"""Significant digits of a result. The last digits of a float are noise: 21.4 - 1.5 is 19.899999999999999."""

Step = Callable[[float, int], float | None]
"""Filters a value that came at a moment in ns; None to let nothing through."""


class Chain:
    """The filters of one value, in order. For one thread.

    Args:
        filters: what the value passes. The first value passes all of them.

    Attributes:
        is_held: whether the last result was that of an earlier value, because a filter let nothing through.
    """

    def __init__(self, filters: Iterable[Filter]) -> None:
        self._steps = [_step(each) for each in filters]
        self._last: float | None = None
        self.is_held = False

    def result(self, value: float, now_ns: int) -> float | None:
        """Filter the newest value.

        Args:
            value: any finite number.
            now_ns: when it came, on a clock that never goes back.

        Returns:
            A finite number of at most 12 digits; None if the result would be too large for any float.
        """
        self.is_held = False
        for step in self._steps:
            passed = step(value, now_ns)
            if passed is None:
                self.is_held = True
                return self._last
            if not math.isfinite(passed):
                return None
            value = passed
        self._last = float(f"{value:.{DIGITS}g}")
        return self._last


def _step(wanted: Filter) -> Step:
    match wanted:
        case Line(slope, intercept):
            return lambda value, _now_ns: value * slope + intercept
        case Median(window):
            return _over_window(window, _median)
        case MovingAverage(window):
            return _over_window(window, _mean)
        case Throttle(seconds):
            return _throttle(round(seconds * NS_PER_S))
        case Delta(least):
            return _delta(least)


def _median(values: Collection[float]) -> float:
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else _mean(ordered[middle - 1 : middle + 1])


def _mean(values: Collection[float]) -> float:
    return sum(values) / len(values)


def _over_window(window: int, summary: Callable[[Collection[float]], float]) -> Step:
    latest: deque[float] = deque(maxlen=window)

    def step(value: float, _now_ns: int) -> float:
        latest.append(value)
        return summary(latest)

    return step


def _throttle(pause_ns: int) -> Step:
    passed_ns: int | None = None

    def step(value: float, now_ns: int) -> float | None:
        nonlocal passed_ns
        if passed_ns is not None and now_ns - passed_ns < pause_ns:
            return None
        passed_ns = now_ns
        return value

    return step


def _delta(least: float) -> Step:
    passed: float | None = None

    def step(value: float, _now_ns: int) -> float | None:
        nonlocal passed
        if passed is not None and abs(value - passed) < least:
            return None
        passed = value
        return value

    return step
