"""The numbers of a reading, and the series of values that each of them belongs to."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import IntFlag
from typing import Any

from hostcore.events.readings import values_in
from hostcore.quantities import Catalog
from hostcore.quick_dataclass import dataclass

DEEPEST = 8
"""Levels of a reading in which numbers are looked for, as on the screen."""
LARGEST = 1e100
"""Values beyond this are stored as this: sums of them must not overflow."""
LONGEST_PATH = 200
"""The most characters of all keys that lead to a number."""
MOST_OF_PLUGIN = 500
"""The most series of one plugin. A plugin can invent keys without end."""
MOST_SERIES = 5000
"""The most series of all plugins."""


class Origin(IntFlag):
    """What a value may depend on besides real hardware that works."""

    REAL = 0
    SIMULATED = 1
    """A simulated bus."""
    FAULTY = 2
    """Faults on demand."""


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """Identifies a series: the values of one number with the same origin."""

    plugin: str
    path: tuple[str, ...]
    """The keys that lead to the number; an index as its digits."""
    origin: Origin = Origin.REAL

    @property
    def is_simulated(self) -> bool:
        """Whether the values may depend on a simulated bus."""
        return Origin.SIMULATED in self.origin

    @property
    def is_faulty(self) -> bool:
        """Whether faults on demand had struck the driver."""
        return Origin.FAULTY in self.origin

    @property
    def path_text(self) -> str:
        """The path as ASCII JSON, as it is stored."""
        return json.dumps(self.path)


def numbers_of(reading: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Yield the path and the value of each number. True is 1 and false is 0.

    Numbers are left out that are not finite, lie deeper than `DEEPEST` or have keys longer than `LONGEST_PATH`.
    """
    for path, value in values_in(reading, DEEPEST):
        if isinstance(value, int | float):
            number = _stored(value)
            if number is not None and sum(map(len, path)) <= LONGEST_PATH:
                yield path, number


def _stored(value: float) -> float | None:
    """Return a number as it is stored; None if it is not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return float(max(-LARGEST, min(value, LARGEST)))


@dataclass(frozen=True, slots=True)
class Entry:
    """A series in the file."""

    id: int
    unit: str
    """Such as "°C"; "" if it has none."""
    is_guessed: bool
    """Whether the host guessed the unit, because the driver says nothing of it."""

    @property
    def has_guessed_unit(self) -> bool:
        """Whether there is a unit that the host guessed. Where none is known, nothing was guessed."""
        return bool(self.unit) and self.is_guessed


class Register:
    """The known series, and how many there may be. For one thread."""

    def __init__(self) -> None:
        self.entries: dict[SeriesKey, Entry] = {}
        """The series that are in the file."""
        self.quantities = Catalog()
        """What the values measure."""
        self._admitted: set[SeriesKey] = set()
        self._of_plugin = Counter[str]()

    def load(self, entries: Mapping[SeriesKey, Entry]) -> None:
        """Know the series of the file, and no others."""
        self.entries = dict(entries)
        self._admitted = set(entries)
        self._of_plugin = Counter(key.plugin for key in entries)

    def admits(self, key: SeriesKey) -> bool:
        """Return whether values of this series can be kept."""
        if key in self._admitted:
            return True
        if self._of_plugin[key.plugin] >= MOST_OF_PLUGIN or len(self._admitted) >= MOST_SERIES:
            return False
        self._admitted.add(key)
        self._of_plugin[key.plugin] += 1
        return True
