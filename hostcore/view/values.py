"""What the values of readings measure."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.events import ValuesDescribed
from hostcore.events.facts import PluginFacts
from hostcore.quantities import Catalog, Quantity
from hostcore.view.part import Part, Takers


class Values(Part):
    """Knows the quantity of each value of each driver."""

    def __init__(self) -> None:
        self._catalog = Catalog()

    def takes(self) -> Takers:
        return {ValuesDescribed: self.describe}

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Forget drivers that are gone."""
        self._catalog.keep([each.name for each in plugins])

    def describe(self, event: ValuesDescribed) -> None:
        """A driver has stated what its values measure."""
        self._catalog.describe(event.plugin, event.values)

    def of(self, plugin: str, path: Sequence[str]) -> Quantity:
        """Return what the value at `path`, the keys below the plugin's name, measures."""
        return self._catalog.of(plugin, path)
