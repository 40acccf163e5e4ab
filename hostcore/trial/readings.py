"""The numbers of a reading, and the truth about them: what the same driver reads at the same time without a fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice, pairwise
from typing import Any

from hostcore.devices.environment import LIMITS
from hostcore.events.readings import values_in
from hostcore.quick_dataclass import dataclass
from hostcore.trial.model import Ending, Turn

DEEPEST, MOST_VALUES = 8, 500
"""Levels and numbers of a reading that are looked at."""
TOLERANCE = 0.02
"""The part of a value by which it may leave the range of true values, and still be right."""
REPEATS = 2
"""By how many turns a driver may repeat a reading more often than without a fault. A sensor that answers with its
measurement before last, such as a DHT22, needs one."""


def numbers_of(reading: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of a reading by their paths. True and false are no numbers."""
    return dict(islice(_numbers(reading), MOST_VALUES))


def _numbers(reading: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for path, value in values_in(reading, DEEPEST):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield ".".join(path), value


@dataclass(frozen=True, slots=True)
class _Range:
    low: float
    high: float

    @property
    def margin(self) -> float:
        return max(TOLERANCE * max(abs(self.low), abs(self.high)), (self.high - self.low) / 2)

    def has(self, value: float) -> bool:
        return self.low - self.margin <= value <= self.high + self.margin


class Truth:
    """What a driver reads without a fault, from the same seed and over the same time.

    A value is right if it lies in the range of the true values over the whole time, with a margin. Counts and times
    are not judged: whole numbers that only grow, or are always 0.

    Args:
        turns: the turns without a fault.
        possible: the lowest and highest value that the driver's chips can report, by name, such as ``temperature``.
    """

    def __init__(self, turns: Sequence[Turn], possible: Mapping[str, tuple[float, float]] = {}) -> None:
        self._possible = {**{quantity.value: limits for quantity, limits in LIMITS.items()}, **possible}
        readings = [turn.values for turn in turns if turn.ending is Ending.ANSWERED and turn.values]
        paths = dict.fromkeys(path for each in readings for path in each)
        series = {path: [each[path] for each in readings if path in each] for path in paths}
        self._ranges = {
            path: _Range(min(values), max(values)) for path, values in series.items() if not _is_count(values)
        }
        self._most_equal = self._longest_repeat(turns)

    def __bool__(self) -> bool:
        """Whether there is any value to judge."""
        return bool(self._ranges)

    @property
    def unchanging(self) -> tuple[str, ...]:
        """The paths of the fractions that were always the same, although the room changed. An old value looks right."""
        return tuple(
            path for path, each in self._ranges.items() if each.low == each.high and isinstance(each.low, float)
        )

    def has_value(self, turn: Turn) -> bool:
        """Whether a turn brought any value that can be judged. A reading of words alone says that there is none."""
        return not self._ranges or not self._ranges.keys().isdisjoint(turn.values)

    def error_of(self, turn: Turn) -> str:
        """Return which value of a turn is wrong, and what is right; "" if all are right."""
        for path, value in turn.values.items():
            true = self._ranges.get(path)
            if true is not None and not true.has(value):
                return f"it published {path} = {value:.6g}; right is {true.low:.6g} to {true.high:.6g}"
        return ""

    def is_impossible(self, turn: Turn) -> bool:
        """Whether a value of a turn cannot be, such as a humidity above 100 %. A driver can see that itself."""
        return any(path in self._ranges and not self._can_be(path, value) for path, value in turn.values.items())

    def _can_be(self, path: str, value: float) -> bool:
        low, high = self._possible.get(path.rpartition(".")[2], (value, value))
        return low <= value <= high

    def is_repeated(self, turns: Sequence[Turn]) -> bool:
        """Whether the same reading was published for too long, as if it were new. A wrong reading does not count."""
        return self._longest_repeat(turns) > self._most_equal + REPEATS

    def _longest_repeat(self, turns: Sequence[Turn]) -> int:
        answered = [turn for turn in turns if turn.ending is Ending.ANSWERED and turn.values]
        readings = [None if self.error_of(turn) else dict(turn.values) for turn in answered]
        return max((sum(1 for _ in group) for reading, group in groupby(readings) if reading), default=0)


def _is_count(values: Sequence[float]) -> bool:
    """Whether a number counts something, or is a time: it is whole, and only grows, or is always 0."""
    if not all(isinstance(each, int) for each in values):
        return False
    return not any(values) or (len(values) > 1 and all(before < after for before, after in pairwise(values)))
