"""Finds alarms that can never be raised, because no reading has the value that they watch: likely a wrong key."""

from __future__ import annotations

from itertools import islice

from hostcore.alarms.model import AlarmRule, Equals, Stale
from hostcore.events.readings import Reading, unmarked, values_in
from hostcore.log.safe_text import log_line

ENOUGH = 3
"""Readings without the value after which a person is told. A sensor may leave out one or two."""
MOST_KEYS = 12
"""Keys that are named."""
DEEPEST = 8
"""Levels of a reading in which keys are looked for."""


class Search:
    """Looks for the value of one alarm until it is found, or missing too often.

    Args:
        rule: the alarm.
    """

    def __init__(self, rule: AlarmRule) -> None:
        self._rule = rule
        self._left = ENOUGH if rule.path else 0
        """Readings that are looked at before a person is told; 0 if the search is over."""

    def take(self, reading: Reading, *, is_found: bool) -> str:
        """Take in whether a reading has the value. Return one line for a person if it is missing; "" otherwise."""
        if not self._left:
            return ""
        self._left = 0 if is_found else self._left - 1
        return "" if is_found or self._left else self._missing(reading)

    def _missing(self, reading: Reading) -> str:
        rule = self._rule
        wanted = {Equals: "text, true or false", Stale: "value"}.get(type(rule.condition), "number")
        keys = islice((".".join(path) for path, _ in values_in(unmarked(reading), DEEPEST)), MOST_KEYS)
        return log_line(
            f"the alarm {rule.name} watches {rule.subject}, but {ENOUGH} readings of {rule.plugin} had no {wanted} "
            f"there: likely a wrong key; the last one had {', '.join(keys) or 'none'}"
        )
