"""What the values of readings measure."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.events import AdjustedValue, ReadingPublished, ValuesDescribed
from hostcore.events.facts import PluginFacts
from hostcore.quantities import Catalog, Quantity
from hostcore.view.part import Part, Takers


class Values(Part):
    """Knows the quantity of each value of each driver."""

    def __init__(self) -> None:
        self._catalog = Catalog()
        self._adjusted: dict[str, dict[tuple[str, ...], AdjustedValue]] = {}

    def takes(self) -> Takers:
        return {ValuesDescribed: self.describe, ReadingPublished: self.publish}

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Forget drivers that are gone."""
        names = [each.name for each in plugins]
        self._catalog.keep(names)
        self._adjusted = {name: self._adjusted[name] for name in names if name in self._adjusted}

    def describe(self, event: ValuesDescribed) -> None:
        """A driver has stated what its values measure."""
        self._catalog.describe(event.plugin, event.values)

    def publish(self, event: ReadingPublished) -> None:
        """A driver has read."""
        if event.adjusted or event.plugin in self._adjusted:
            self._adjusted[event.plugin] = {each.path: each for each in event.adjusted}

    def adjusted(self, plugin: str, path: Sequence[str]) -> AdjustedValue | None:
        """Return what the driver measured at `path` in its newest reading; None if that is not adjusted."""
        return self._adjusted.get(plugin, {}).get(tuple(path))

    def of(self, plugin: str, path: Sequence[str]) -> Quantity:
        """Return what the value at `path`, the keys below the plugin's name, measures."""
        return self._catalog.of(plugin, path)
