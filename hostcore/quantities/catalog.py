"""The quantities of all plugins' values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from hostcore.quantities.guess import guessed
from hostcore.quantities.quantity import Quantity
from hostcore.quick_dataclass import dataclass

MOST_VALUES = 200
"""Most values that one driver describes: as many as the screen shows of it."""
LONGEST_KEY = 128
"""Most characters of a value's key, with the keys around it."""


@dataclass(frozen=True, slots=True)
class DescribedValue:
    """One value of a driver's readings, and what it measures."""

    key: str
    """The keys down to it, joined by points, such as "air.temperature" and "channels.0"."""
    quantity: Quantity


class Catalog:
    """Knows what each value of each plugin measures. Any thread may ask."""

    def __init__(self) -> None:
        self._stated: dict[str, Mapping[str, Quantity]] = {}

    def describe(self, plugin: str, values: Iterable[DescribedValue]) -> None:
        """Replace everything that is stated of the plugin's values. Nothing is kept of a plugin without any."""
        if stated := {each.key: each.quantity for each in values}:
            self._stated[plugin] = stated
        else:
            self._stated.pop(plugin, None)

    def keep(self, plugins: Collection[str]) -> None:
        """Forget all other plugins."""
        for name in [*self._stated]:
            if name not in plugins:
                self._stated.pop(name, None)

    def of(self, plugin: str, path: Sequence[str]) -> Quantity:
        """Return what the value at `path`, the keys down to it, measures. It is guessed if nothing is stated."""
        stated = self._stated.get(plugin)
        return (stated.get(".".join(path)) if stated else None) or guessed(path)
