"""The drivers that people have added, and what became of each."""

from __future__ import annotations

from hostcore.events import DriverAdded
from hostcore.view.part import Part, Takers

MOST = 64
"""Drivers that are remembered."""


class NewDrivers(Part):
    """How the last attempt to add each driver ended."""

    def __init__(self) -> None:
        self._added: dict[str, DriverAdded] = {}

    def takes(self) -> Takers:
        return {DriverAdded: self.add}

    def of(self, plugin: str, since_ns: int = 0) -> DriverAdded | None:
        """Return how the last attempt to add a driver of this name ended; None if none has since then."""
        added = self._added.get(plugin)
        return added if added is not None and added.time_ns >= since_ns else None

    def add(self, event: DriverAdded) -> None:
        """An attempt has ended."""
        self._added.pop(event.plugin, None)
        self._added[event.plugin] = event
        if len(self._added) > MOST:
            del self._added[next(iter(self._added))]
