"""Finds alarms that can never be raised, because no reading has the value that they watch: likely a wrong key."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from hostcore.adjustments.paths import ABSENT, value_at
from hostcore.alarms.model import AlarmRule, Equals, Stale
from hostcore.events.readings import Reading, unmarked, values_in
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass

ENOUGH = 3
"""Readings without the value after which a person is told. A sensor may leave out one or two."""
MOST_KEYS = 12
"""Keys that are named."""
DEEPEST = 8
"""Levels of a reading in which keys are looked for."""
_KINDS = {str: "text", bool: "true or false", int: "a number", float: "a number", dict: "a table", list: "a list"}
"""What a reading can have at a key, for people."""


@dataclass(frozen=True, slots=True)
class _Watched:
    """What a condition can watch."""

    name: str
    fits: Callable[[object], bool]


_NUMBER = _Watched("number", lambda found: isinstance(found, int | float) and not isinstance(found, bool))
_WATCHED = {
    Equals: _Watched("text, true or false", lambda found: isinstance(found, str | bool)),
    Stale: _Watched("value", lambda found: found is not ABSENT),
}
"""By condition. The others watch a number."""


class Search:
    """Looks for the value of one alarm until it is found, or missing too often.

    Args:
        rule: the alarm.
    """

    def __init__(self, rule: AlarmRule) -> None:
        self._rule, self._watched = rule, _WATCHED.get(type(rule.condition), _NUMBER)
        self._left = ENOUGH if rule.path else 0
        """Readings that are looked at before a person is told; 0 if the search is over."""

    def take(self, reading: Reading) -> str:
        """Look into a reading. Return one line for a person if the value is missing too often; "" otherwise.

        A key with null, NaN or a number that is too large is right: a sensor may have nothing to say for long.
        """
        if not self._left:
            return ""
        found = value_at(reading, self._rule.path)
        is_right = found is None or self._watched.fits(found)
        self._left = 0 if is_right else self._left - 1
        return "" if is_right or self._left else self._missing(reading, found)

    def _missing(self, reading: Reading, found: object) -> str:
        rule = self._rule
        there = "likely a wrong key" if found is ABSENT else f"there is {_KINDS.get(type(found), 'something else')}"
        keys = islice((".".join(path) for path, _ in values_in(unmarked(reading), DEEPEST)), MOST_KEYS)
        return log_line(
            f"the alarm {rule.name} watches {rule.subject}, but {ENOUGH} readings of {rule.plugin} had no "
            f"{self._watched.name} there: {there}; the last one had {', '.join(keys) or 'none'}"
        )
