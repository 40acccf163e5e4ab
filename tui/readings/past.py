"""Gives the numbers of the readings the hour before the screen began to look."""

from __future__ import annotations

import math
from collections.abc import Callable

from hostcore.clock import NS_PER_MS
from hostcore.events.history import HistoryPoint, HistoryQuery, HistoryReport
from hostcore.view.readings import Item
from tui.desk import Desk
from tui.text import NS_PER_S

PAST_S = 3600
"""Seconds before the first reading that are asked for."""
POINTS = 120
"""Points that are asked for. A trend has hardly more characters, and the answer may come over SSH."""


class Past:
    """Asks the history for one number after the other, because sparklines can wait.

    Args:
        desk: the screen around the readings.
        filled: is called when all numbers have their past.
    """

    def __init__(self, desk: Desk, filled: Callable[[], None]) -> None:
        self._desk, self._filled = desk, filled
        self._is_asking = False

    def ask(self) -> None:
        """Ask for the past of a number that has none yet, unless an answer is still to come."""
        item = self._next()
        if item is None or item.series is None or self._is_asking:
            return
        series, self._is_asking = item.series, True
        series.is_primed = True

        def answered(report: HistoryReport) -> None:
            self._is_asking = False
            points = (each for each in report.points if _belongs(each, item))
            series.prime(points, self._desk.view.statistics_since_ns)
            self.ask()
            if not self._is_asking:
                self._filled()

        plugin, *keys = item.path
        first_ns = math.floor(series.times[0] * NS_PER_S / NS_PER_MS) * NS_PER_MS  # as the history writes it
        query = HistoryQuery(plugin, tuple(keys), first_ns - PAST_S * NS_PER_S, first_ns, POINTS)
        self._desk.archive.ask(self, query, answered)

    def _next(self) -> Item | None:
        """A number whose past nobody has asked for."""
        for source in self._desk.view.readings.sources():
            for item in source.items.values():
                if item.series is not None and item.series.times and not item.series.is_primed:
                    return item
        return None


def _belongs(point: HistoryPoint, item: Item) -> bool:
    """Whether a row's marks tell the truth about a stored value too: it may be invented, or wrong by faults."""
    return point.is_simulated <= item.is_simulated and point.is_faulty <= item.is_faulty
