"""Which values the readings of a plugin have, over time.

An entity that is removed loses what a person set for it, such as its name and its room. So a value that one reading
lacks, or that is a text once instead of a number, changes nothing. Only one that stays away does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from hostcore.broker.bodies import ValueInfo
from hostcore.events.readings import unmarked, values_in
from hostcore.home_assistant.values import Kind, Value, kind_of
from hostcore.quick_dataclass import dataclass

MOST_FOLLOWED = 200
"""Values of one plugin that are followed."""
MOST_LOOKED_AT = 1000
"""Values of one reading that are looked at."""
LONGEST_PATH = 128
"""Characters of the keys down to a value."""
DEEPEST = 8
"""Levels of a reading."""
PATIENCE_SECONDS = 600.0
"""How long a value is away before its entity is removed."""
PATIENCE_READINGS = 20
"""How many readings lack it before that."""

Path = tuple[str, ...]


@dataclass(slots=True)
class _Absence:
    """How long something has been away."""

    since: float
    readings: int = 0

    def is_over(self, now: float) -> bool:
        """Count a reading without it. Returns whether it is gone for good."""
        self.readings += 1
        return self.readings >= PATIENCE_READINGS and now - self.since >= PATIENCE_SECONDS


class Shape:
    """The values of one plugin.

    Attributes:
        gone: the platform of each component that was there and is gone for good, also in a run of the host before.
        has_read: whether there was a reading.
        left_out: how many values of the newest reading are not followed, because there are too many.
    """

    def __init__(self) -> None:
        self.gone: dict[str, str] = {}
        self.has_read = False
        self.left_out = 0
        self._kinds: dict[Path, Kind] = {}
        self._away: dict[Path, _Absence] = {}
        self._expected: dict[str, str] = {}
        self._waited: _Absence | None = None

    def expect(self, components: Mapping[str, str]) -> None:
        """Learn which components there were in the run before. Those that do not come again in time are gone."""
        self._expected = dict([*components.items()][:MOST_FOLLOWED])
        self._waited = None

    def read(self, reading: Mapping[str, Any], now: float) -> None:
        """Take a reading. `now` is in seconds of any clock that only goes forward."""
        self.has_read = True
        first = islice(values_in(unmarked(reading), DEEPEST), MOST_LOOKED_AT)
        found = {path: kind_of(value) for path, value in first if _is_short(path)}
        for path in [*self._kinds]:
            self._miss(path, found, now)
        self.left_out = 0
        for path, kind in found.items():
            self._meet(path, kind)
        self._miss_expected(now)

    def _miss(self, path: Path, found: Mapping[Path, Kind | None], now: float) -> None:
        kind = self._kinds[path]
        if path in found and found[path] in {kind, None}:
            self._away.pop(path, None)
        elif self._away.setdefault(path, _Absence(now)).is_over(now):
            del self._kinds[path], self._away[path]
            self._forget(Value(path, kind, ValueInfo("")).component, kind.platform)

    def _meet(self, path: Path, kind: Kind | None) -> None:
        if path in self._kinds or kind is None:
            return
        if len(self._kinds) >= MOST_FOLLOWED:
            self.left_out += 1
            return
        self._kinds[path] = kind
        self.gone.pop(Value(path, kind, ValueInfo("")).component, None)

    def _miss_expected(self, now: float) -> None:
        if not self._expected:
            return
        self._waited = self._waited or _Absence(now)
        if self._waited.is_over(now):
            present = {each.component for each in self.values(lambda _: ValueInfo(""))}
            for component, platform in self._expected.items():
                if component not in present:
                    self._forget(component, platform)
            self._expected = {}

    def _forget(self, component: str, platform: str) -> None:
        self.gone[component] = platform
        while len(self.gone) > MOST_FOLLOWED:
            del self.gone[next(iter(self.gone))]

    def values(self, info: Callable[[Sequence[str]], ValueInfo]) -> tuple[Value, ...]:
        """Return all values, those that came first at the beginning.

        Args:
            info: says what the value at a path measures.
        """
        return tuple(Value(path, kind, info(path)) for path, kind in self._kinds.items())


def _is_short(path: Path) -> bool:
    return bool(path) and sum(map(len, path)) + len(path) <= LONGEST_PATH
