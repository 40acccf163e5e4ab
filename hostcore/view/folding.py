"""Hands events to the parts of a view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hostcore.events import ConnectionRestored, Event, EventsDropped, PluginsChanged
from hostcore.events.facts import PluginFacts
from hostcore.view.part import Part


class Folding:
    """Keeps parts of a view up to date. Each front end composes the parts that it shows. For one thread; never blocks.

    Args:
        parts: the parts. An event that none of them takes costs one look into a dictionary.

    Attributes:
        dropped: events that were lost on the way here, since `statistics_since_ns`.
        statistics_since_ns: when a person let the statistics start over; 0 if they count since the host's start.
        plugins_changed: the plugins are no longer those that `know` was told.
        revision: grows with each batch of events.
    """

    def __init__(self, *parts: Part) -> None:
        self.dropped = self.statistics_since_ns = 0
        self.plugins_changed = False
        self.revision = 0
        self._parts = parts
        takers: dict[type, list[Callable[[Any], None]]] = {
            PluginsChanged: [self._plugins_changed],
            ConnectionRestored: [self._plugins_changed],
            EventsDropped: [self._dropped],
        }
        for part in parts:
            for kind, take in part.takes().items():
                takers.setdefault(kind, []).append(take)
        self._folds = {kind: _each(tuple(takes)) for kind, takes in takers.items()}

    @property
    def kinds(self) -> tuple[type, ...]:
        """The kinds of events that matter here."""
        return tuple(self._folds)

    def know(self, plugins: Iterable[PluginFacts]) -> None:
        """Learn which plugins there are now. Plugins that are gone are forgotten."""
        plugins = tuple(plugins)
        for part in self._parts:
            part.know(plugins)
        self.plugins_changed = False
        self.revision += 1

    def reset_statistics(self, now_ns: int) -> None:
        """Count and measure extremes from now on, in this front end alone.

        Args:
            now_ns: the wall clock.
        """
        for part in self._parts:
            part.reset_statistics()
        self.dropped, self.statistics_since_ns = 0, now_ns

    def fold(self, batch: Iterable[Event]) -> None:
        """Take in what happened, oldest first."""
        self.revision += 1
        folds = self._folds
        for event in batch:
            fold = folds.get(type(event))
            if fold is not None:
                fold(event)

    def take(self, event: Event) -> None:
        """Take in one event; for many at once, `fold` is faster."""
        self.revision += 1
        fold = self._folds.get(type(event))
        if fold is not None:
            fold(event)

    def _plugins_changed(self, _: PluginsChanged | ConnectionRestored) -> None:
        self.plugins_changed = True

    def _dropped(self, event: EventsDropped) -> None:
        self.dropped += event.count


def _each(takes: tuple[Callable[[Any], None], ...]) -> Callable[[Any], None]:
    if len(takes) == 1:
        return takes[0]

    def fold(event: Event) -> None:
        for take in takes:
            take(event)

    return fold
