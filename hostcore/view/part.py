"""The interface of the parts of a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.permissions import Permission

Takers = Mapping[type, Callable[[Any], None]]
"""For each kind of event, the function that takes it in."""


class MayUse(Protocol):
    """A plugin, as far as it matters what it may use."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What it may use."""


class Part:
    """One part of a view. Everything it knows comes from the events it takes. For one thread."""

    def takes(self) -> Takers:
        """The events that matter to this part."""
        raise NotImplementedError

    def know_host(self, facts: HostFacts) -> None:
        """Learn the facts about the host, which change if it was started again. Parts that do not care ignore it."""

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Learn which plugins there are now. Parts that do not care ignore it."""

    def reset_statistics(self) -> None:
        """Count and measure extremes from now on. Parts without statistics ignore it."""
