"""One number over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.segment import Segment

from hostcore.view.readings import Item
from hostcore.view.series import Series
from tui.desk import Desk
from tui.lines import Line, LinesWidget
from tui.raster import Ink, Raster
from tui.readings.reading_words import label_of, value_of
from tui.text import NS_PER_S, fit, number

RANGES = (60, 300, 900, 3600)
"""Seconds that a graph can go back. A series holds an hour, at one point every 2 s."""
LABELS = 11
"""Cells left of the picture."""
LEAST_SHARE = 1e-9
"""How far a graph of one constant number reaches above and below it, as a share of a large number.

With less, floats could not tell the bounds apart."""


class Graph(LinesWidget):
    """A curve between its least and its greatest value, and a line that names them.

    Args:
        desk: the screen around it.
        item: the number; it has a series.
    """

    def __init__(self, desk: Desk, item: Item) -> None:
        super().__init__(desk)
        self._item = item
        self.seconds = RANGES[1]
        """How far the graph goes back."""

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw title, summary, picture, time axis."""
        series, item = self._item.series, self._item
        now = self.desk.now_ns() / NS_PER_S
        assert series is not None
        times, values = series.since(now - self.seconds)
        yield [
            Segment(".".join(item.path[:-1]) + ".", self.look.muted),
            Segment(label_of(item), self.look.strong),
            Segment(f"   {value_of(item)} {item.quantity.unit}", self.look.accent),
            Segment("   simulated" if item.is_simulated else "", self.look.warn),
        ]
        yield [Segment(self._summary(values), self.look.muted)]
        if not values or height < 6 or width < LABELS + 10:
            return
        yield from self._curve(series, now, width, height - 4)
        yield [Segment(" " * LABELS + _axis(self._start(times, now), now, width - LABELS), self.look.muted)]

    def reach(self, steps: int) -> None:
        """Show more or less of the past."""
        place = RANGES.index(self.seconds) + steps
        self.seconds = RANGES[max(0, min(place, len(RANGES) - 1))]
        self.paint()

    def _start(self, times: Sequence[float], now: float) -> float:
        """Where the time axis begins: no earlier than the first value."""
        return min(max(now - self.seconds, times[0]), now - 1)

    def _summary(self, values: Sequence[float]) -> str:
        if not values:
            return "no values in this time"
        unit, decimals = f" {self._item.quantity.unit}".rstrip(), self._item.decimals
        least, most = (number(value, decimals) + unit for value in (min(values), max(values)))
        mean = number(sum(values) / len(values), decimals + 1) + unit
        return f"last {self.seconds // 60} min: least {least}, mean {mean}, most {most}, {len(values)} values"

    def _curve(self, series: Series, now: float, width: int, height: int) -> Iterable[Line]:
        times, values = series.since(now - self.seconds)
        low, high = min(values), max(values)
        if high - low <= 0:
            margin = max(1.0, abs(high) * LEAST_SHARE)
            low, high = low - margin, high + margin
        ink = self.desk.terminal.inks[0]
        raster = _plot(
            times,
            values,
            time_range=(self._start(times, now), now),
            value_range=(low, high),
            size=(width - LABELS, height),
            ink=ink,
        )
        decimals = max(self._item.decimals, 0 if high - low > 10 else 2)
        for place, text in enumerate(raster.lines(ink)):
            is_labelled = place in (0, height // 2, height - 1)
            value = high - (high - low) * place / max(1, height - 1)
            label = (
                fit(number(value, decimals), LABELS - 2, right=True) + " ┤" if is_labelled else " " * (LABELS - 1) + "│"
            )
            yield [Segment(label, self.look.muted), Segment(text, self.look.accent)]


def _plot(
    times: Sequence[float],
    values: Sequence[float],
    *,
    time_range: tuple[float, float],
    value_range: tuple[float, float],
    size: tuple[int, int],
    ink: Ink,
) -> Raster:
    """The values as dots, each joined to the one before it."""
    across, down = ink.cell
    raster = Raster.blank(size[0] * across, size[1] * down)
    (start, end), (low, high) = time_range, value_range
    bottom = len(raster.rows) - 1
    last: tuple[int, int] | None = None
    for time_s, value in zip(times, values, strict=True):
        # If the clock is set, points lie years apart. The line between them must not be endless.
        x = round(max(-1.0, min((time_s - start) / (end - start), 2.0)) * (raster.width - 1))
        y = round((high - value) / (high - low) * bottom)
        if last is not None:
            _join(raster, last, (x, y))
        raster.dot(x, y)
        last = x, y
    return raster


def _join(raster: Raster, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw a line between two points. If `end` is not to the right of `start`, draw only a vertical stroke."""
    (x1, y1), (x2, y2) = start, end
    steps = max(1, x2 - x1)
    before = y1
    for step in range(steps + 1):
        y = round(y1 + (y2 - y1) * step / steps)
        raster.stroke(x1 + step if x2 > x1 else x2, before, y)
        before = y


def _axis(start: float, end: float, width: int) -> str:
    """The times at the left, in the middle and at the right."""
    left, middle, right = (f"{datetime.fromtimestamp(moment):%H:%M:%S}" for moment in (start, (start + end) / 2, end))
    gap = max(1, (width - 24) // 2)
    return (left + " " * gap + middle).ljust(max(0, width - 8)) + right
