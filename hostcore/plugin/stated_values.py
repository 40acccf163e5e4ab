"""What an instance states of the values that it publishes."""

from __future__ import annotations

from hostcore.log.problems import Problems
from hostcore.quantities import DescribedValue, Quantity
from hostcore.quantities.catalog import LONGEST_KEY, MOST_VALUES
from hostcore.quantities.check import checked
from hostcore.quantities.guess import printed

MOST_PROBLEMS = 20
"""Most problems of one instance that are told. A driver may describe its values again at each setup."""
SHOWN_KEY = 40
"""Characters of a key in a problem."""


class StatedValues:
    """The statements of one instance, checked, and their problems. For the plugin's own thread."""

    def __init__(self) -> None:
        self.all: tuple[DescribedValue, ...] = ()
        """The statements, in the order of the keys' first ones."""
        self._quantities: dict[str, Quantity] = {}
        self._printed: dict[str, str] = {}
        """The units of the values that a script printed and did not describe."""
        self.problems = Problems(MOST_PROBLEMS)
        """What was not allowed."""

    def state(self, key: str, quantity: Quantity, source_line: int = 0) -> None:
        """Take in what the value under `key` measures. What is not allowed is left out, and becomes a problem.

        Args:
            key: the keys down to the value, joined by points.
            quantity: as the plugin states it; its texts can be anything.
            source_line: the line of the plugin's file that states it; 0 if it is not known.
        """
        place = f"line {source_line} " if source_line else ""
        if not 0 < len(key) <= LONGEST_KEY:
            self.problems.add(f"{place}describes a key of {len(key)} characters, allowed are 1 to {LONGEST_KEY}")
        elif key not in self._quantities and len(self._quantities) >= MOST_VALUES:
            self.problems.add(f"{place}describes more than {MOST_VALUES} values; the others are left out")
        else:
            allowed, problems = checked(quantity)
            for each in problems:
                self.problems.add(f'{place}describes "{key[:SHOWN_KEY]}": {each}')
            self._printed.pop(key, None)
            self._keep(key, allowed)

    def print(self, name: str, unit: str) -> None:
        """Take in the unit that a script printed behind a number. A statement about the value goes before it."""
        is_stated = name in self._quantities and name not in self._printed
        if is_stated or self._printed.get(name) == unit:
            return
        quantity = printed(name, unit)
        if quantity is not None and (name in self._quantities or len(self._quantities) < MOST_VALUES):
            self._printed[name] = unit
            self._keep(name, quantity)

    def _keep(self, key: str, quantity: Quantity) -> None:
        if self._quantities.get(key) != quantity:
            self._quantities[key] = quantity
            self.all = tuple(DescribedValue(*each) for each in self._quantities.items())
