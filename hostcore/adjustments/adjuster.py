"""Adjusts the readings of one driver, on their way from the driver to all that shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hostcore.adjustments.filters import Chain
from hostcore.adjustments.model import Adjustment
from hostcore.adjustments.paths import ABSENT, value_at, with_value
from hostcore.events import AdjustedValue, Reading
from hostcore.log.problems import Problems
from hostcore.quantities import DescribedValue, Quantity
from hostcore.quantities.catalog import MOST_VALUES
from hostcore.quantities.guess import guessed

PATIENCE = 30
"""Readings without a value after which its key may be a mistake. Some values come late: a sensor has to warm up."""
MOST_PROBLEMS = 200
"""Most problems of one version of the settings that are told: two for each adjustment."""
SHOWN_KEYS = 200
"""Characters of a reading's keys in a problem."""


class Adjuster:
    """Adjusts one driver's readings. `use` is for any thread, the rest for the plugin's own.

    Args:
        adjustments: what the settings change.
    """

    def __init__(self, adjustments: Sequence[Adjustment] = ()) -> None:
        self._wanted = self._used = tuple(adjustments)
        self._chains: dict[Adjustment, Chain] = {}
        self._unseen: dict[Adjustment, int] = {}
        """How many readings there were without each value that none has had so far."""
        self.problems = Problems(MOST_PROBLEMS)
        """What does not fit between settings and readings."""
        self.restart()

    def use(self, adjustments: Sequence[Adjustment]) -> None:
        """Use other adjustments from the next reading on. Those that have not changed go on as before."""
        self._wanted = tuple(adjustments)

    def restart(self) -> None:
        """Forget the values before. Another version of the driver may measure in another way."""
        self._chains = {each: Chain(each.filters) for each in self._used}
        self._unseen = dict.fromkeys(self._used, 0)

    def adjust(self, reading: Reading, now_ns: int) -> tuple[Reading, tuple[AdjustedValue, ...]]:
        """Adjust a reading. A result that no float can hold becomes None.

        Args:
            reading: as the driver measured. It is not changed.
            now_ns: when it came, on a clock that never goes back.

        Returns:
            The reading to publish, and what the driver measured in place of each number that passed filters.
        """
        self._follow_settings()
        published, values = reading, []
        for each in self._used:
            found = value_at(reading, each.path)
            if found is ABSENT or isinstance(found, Mapping | list):
                self._miss(each, reading)
                continue
            self._unseen.pop(each, None)
            key, result = self._key(each, published), found
            if each.filters and (measured := _float_of(found)) is not None:
                result = self._chains[each].result(measured, now_ns)
                values.append(AdjustedValue((*each.path[:-1], key), measured, self._chains[each].is_held))
            published = with_value(published, each.path, key, result)
        return published, tuple(values)

    def found(self, published: Reading, path: Sequence[str]) -> object:
        """Return a value of an adjusted reading by the driver's own keys; `ABSENT` if there is none."""
        value = value_at(published, path)
        if value is not ABSENT:
            return value
        renamed = (each.published for each in self._used if each.path == tuple(path))
        return next((value_at(published, each) for each in renamed), ABSENT)

    def described(self, stated: Sequence[DescribedValue]) -> tuple[DescribedValue, ...]:
        """Return what the published values measure: what the settings say, then the driver, then the host's guess.

        Args:
            stated: what the driver says of its own values.
        """
        self._follow_settings()
        if not self._used:
            return tuple(stated)
        return tuple(DescribedValue(*each) for each in _quantities(self._used, stated).items())[:MOST_VALUES]

    def _follow_settings(self) -> None:
        """Change to other adjustments, if there are any since the last reading."""
        wanted = self._wanted
        if wanted is self._used:
            return
        chains, self._used = self._chains, wanted
        self.restart()
        self._chains.update((each, chains[each]) for each in wanted if each in chains)
        self.problems.forget()

    def _miss(self, adjustment: Adjustment, reading: Reading) -> None:
        if adjustment in self._unseen:
            self._unseen[adjustment] += 1
            if self._unseen[adjustment] == PATIENCE:
                keys = ", ".join(map(str, reading))[:SHOWN_KEYS]
                self.problems.add(
                    f"host.toml adjusts {'.'.join(adjustment.path)}, but the driver has published no such value in "
                    f"{PATIENCE} readings; it publishes: {keys or 'nothing'}"
                )

    def _key(self, adjustment: Adjustment, published: Reading) -> str:
        """The last key under which a value is published: the new one, unless it is taken or a place in a list."""
        *parents, own = adjustment.path
        parent = value_at(published, parents)
        if not adjustment.rename or not isinstance(parent, Mapping):
            return own
        if adjustment.rename != own and adjustment.rename in parent:
            self.problems.add(
                f"host.toml renames {'.'.join(adjustment.path)} to {adjustment.rename}, but the driver has a value of "
                "that name; both keep their names"
            )
            return own
        return adjustment.rename


def _float_of(value: object) -> float | None:
    """The number that filters work with; None for anything else, and for an integer that no float holds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _quantities(adjustments: Sequence[Adjustment], stated: Sequence[DescribedValue]) -> dict[str, Quantity]:
    """The quantities by the keys under which values are published, those that the settings change first."""
    by_driver = {each.key: each.quantity for each in stated}
    changed = dict(_changed(adjustments, by_driver))
    own = {".".join(each.path) for each in adjustments}
    return {**changed, **{key: quantity for key, quantity in by_driver.items() if key not in own}}


def _changed(adjustments: Sequence[Adjustment], stated: Mapping[str, Quantity]) -> Iterator[tuple[str, Quantity]]:
    for each in adjustments:
        quantity = each.over(stated.get(".".join(each.path)) or guessed(each.path))
        if not quantity.is_guessed or each.rename:
            yield ".".join(each.published), quantity
