"""Values that wait in memory for the next write to the file. The memory is bounded."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator

from hostcore.events.history import HistoryMark
from hostcore.history.bins import Bins, Summary
from hostcore.history.series import SeriesKey
from hostcore.quick_dataclass import dataclass, field

MOST_VALUES = 200_000
"""The most values that wait, in 3 MB."""
MOST_WAITING_MARKS = 2_000
"""The most marks that wait, in 1 MB."""
STEP_BACK_MS = 60_000
"""A time that lies further back than this means that the clock has stepped back."""


@dataclass(slots=True)
class Waiting:
    """The values of one series."""

    times: array[int] = field(default_factory=lambda: array("q"))
    """Milliseconds since the Unix epoch."""
    values: array[float] = field(default_factory=lambda: array("d"))


class Pending:
    """Values and marks for one write.

    Args:
        most_of_plugin: the most values of one plugin, 1 and up.
        newest: the time of the newest value of each series, in milliseconds. It outlives this object.
    """

    def __init__(self, most_of_plugin: int, newest: dict[SeriesKey, int]) -> None:
        self._most_of_plugin, self._newest = most_of_plugin, newest
        self.series: dict[SeriesKey, Waiting] = {}
        self.marks: list[HistoryMark] = []
        self.count = 0
        """How many values wait."""
        self._of_plugin = Counter[str]()

    @property
    def is_nearly_full(self) -> bool:
        """Whether to write soon."""
        return self.count >= MOST_VALUES // 2 or len(self.marks) >= MOST_WAITING_MARKS // 2

    def add(self, key: SeriesKey, time_ms: int, value: float) -> bool:
        """Take a value. Returns whether there was room for it.

        A series has one value in a millisecond. A second value gets the next millisecond.
        """
        if self.count >= MOST_VALUES or self._of_plugin[key.plugin] >= self._most_of_plugin:
            return False
        if (waiting := self.series.get(key)) is None:
            waiting = self.series[key] = Waiting()
        newest = self._newest.get(key)
        if newest is not None and newest - STEP_BACK_MS < time_ms <= newest:
            time_ms = newest + 1
        self._newest[key] = time_ms
        waiting.times.append(time_ms)
        waiting.values.append(value)
        self._of_plugin[key.plugin] += 1
        self.count += 1
        return True

    def mark(self, mark: HistoryMark) -> bool:
        """Take a mark. Returns whether there was room for it."""
        if len(self.marks) >= MOST_WAITING_MARKS:
            return False
        self.marks.append(mark)
        return True

    def read(self, plugin: str, path: tuple[str, ...], since: int, until: int, bins: Bins) -> None:
        """Put the values of a number between two times (milliseconds) into bins."""
        for key, waiting in self.series.items():
            if key.plugin == plugin and key.path == path:
                for time, value in zip(waiting.times, waiting.values, strict=True):
                    if since <= time < until:
                        bins.add(time, 0, Summary.of(value), key.origin)

    def rows(self) -> Iterator[tuple[SeriesKey, int, float]]:
        """Yield each value with its series and its time in milliseconds."""
        for key, waiting in self.series.items():
            for time, value in zip(waiting.times, waiting.values, strict=True):
                yield key, time, value
