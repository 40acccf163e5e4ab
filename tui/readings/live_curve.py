"""One number over time, which asks the history for the values that the screen does not have."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.events.history import MOST_POINTS, HistoryQuery, HistoryReport
from hostcore.quick_dataclass import replace
from hostcore.view.limits import Limits, bounds_of, limits_of
from hostcore.view.readings import Item, Path
from hostcore.view.series import Series
from tui.desk import Desk
from tui.readings.curve import Stored, has_hole, points_of, statistics_of, until_of
from tui.readings.reading_words import key_of, scale_of, value_of
from tui.readings.trace import Trace
from tui.readings.window import Window
from tui.text import NS_PER_S

FRESH_S = 60
"""Seconds after which the history is asked again while the window goes on. A host writes it as often."""
PAUSE_S = 5
"""Seconds before it is asked again because live values have a new gap. A driver may read less often than it says."""


class LiveCurve:
    """The live values of a number, and before these the stored ones. For the screen's own thread.

    Args:
        desk: the screen around it.
        item: the row of the number; it has a series.
        changed: is called when the history has answered.

    Attributes:
        item: the row as it is now.
        stored: what the history has answered.
        limits: between which values it can lie or should; None if that is not known.
    """

    def __init__(self, desk: Desk, item: Item, changed: Callable[[], None]) -> None:
        assert item.series is not None
        self._desk, self._changed = desk, changed
        self.item, self._series = item, item.series
        self.stored = Stored()
        self.limits: Limits | None = None
        self._asked: tuple[Window, int] | None = None
        self._asked_ns = 0

    @property
    def path(self) -> Path:
        """The place of the number."""
        return self.item.path

    @property
    def series(self) -> Series:
        """Its live values."""
        return self._series

    def renew(self, window: Window, columns: int, dots: int) -> bool:
        """Take the row as it is now, and ask the history for what is not known yet.

        Args:
            window: the time that is shown.
            columns: the cells of the picture.
            dots: the dots of a cell, from left to right.

        Returns:
            Whether other values than before are shown, or newer ones are asked for.
        """
        self._follow()
        asked = window, columns
        if asked == self._asked and not self._is_old(window, columns):
            return False
        self._asked, self._asked_ns = asked, self._desk.now_ns()
        self.limits = limits_of(self.item, self._desk.view)
        start_ns, end_ns = window.bounds(self._desk.now_ns(), columns)
        until_ns = until_of(self._series, start_ns, end_ns, self._patience_ns)
        self.stored = replace(self.stored, is_awaited=until_ns > start_ns)
        if until_ns <= start_ns:
            self.stored = Stored()
        else:
            points = min(columns * dots, MOST_POINTS)
            self._ask(asked, (start_ns - window.step_ns(columns), until_ns), points)
        return True

    def _follow(self) -> None:
        """Take the row as it is now: the view may have made a new one."""
        source = self._desk.view.readings.source(self.path[0])
        item = source.items.get(self.path) if source else None
        if item is not None and item.series is not None:
            self.item, self._series = item, item.series

    def _ask(self, asked: tuple[Window, int], bounds: tuple[int, int], points: int) -> None:
        since_ns, until_ns = bounds

        def answered(report: HistoryReport) -> None:
            if self._asked == asked:
                self.stored = Stored(report, until_ns)
                self._changed()

        plugin, *keys = self.path
        self._desk.archive.ask(self, HistoryQuery(plugin, tuple(keys), since_ns, until_ns, points), answered)

    def _is_old(self, window: Window, columns: int) -> bool:
        """Whether the history may know more by now, or the live values do not reach back to it any more."""
        if window.until_ns is not None:
            return False
        age_ns = self._desk.now_ns() - self._asked_ns
        if not 0 <= age_ns < max(FRESH_S * NS_PER_S, window.step_ns(columns)):
            return True
        if age_ns < PAUSE_S * NS_PER_S:
            return False
        start_ns = window.bounds(self._desk.now_ns(), columns)[0]
        return has_hole(self._series, self.stored, start_ns, self._patience_ns)

    @property
    def _patience_ns(self) -> int:
        return self._desk.view.patience_ns(self.path[0])

    @property
    def state(self) -> tuple[object, ...]:
        """Equal as long as `trace` has the same for the same time."""
        item = self.item
        bounds = bounds_of(item, self._desk.view)
        return self.stored, item.time_ns, item.is_simulated, item.is_faulty, item.quantity, self.limits, bounds

    def trace(self, start_ns: int, end_ns: int) -> Trace:
        """The number in a stretch of time, in nanoseconds since the Unix epoch."""
        item = self.item
        points = points_of(self._series, self.stored, start_ns, end_ns, self._patience_ns)
        is_simulated = item.is_simulated or any(each.is_simulated for each in points)
        is_faulty = item.is_faulty or any(each.is_faulty for each in points)
        return Trace(
            key_of(item.path), scale_of(item), item.quantity.unit, item.decimals, value_of(item), points,
            statistics_of(points, start_ns, end_ns),
            "faults" if is_faulty else "simulated" if is_simulated else "",
            self._series.values[-1] if self._series.values else None, self.limits,
            bounds_of(item, self._desk.view),
        )  # fmt: skip
