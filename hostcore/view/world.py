"""The simulated environment, as far as a person changed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hostcore.events import ConnectionRestored, QuantitiesHeld
from hostcore.events.facts import QuantityFacts
from hostcore.view.part import Part, Takers


class World(Part):
    """The quantities that are held.

    Attributes:
        held: the value of each quantity that is held, in its unit, by name.
    """

    def __init__(self) -> None:
        self.held: Mapping[str, float] = {}

    def takes(self) -> Takers:
        return {QuantitiesHeld: self.replace, ConnectionRestored: self.meet}

    def mean(self, quantity: QuantityFacts, started_ns: int, now_ns: int) -> float:
        """Return a quantity without its noise, in its unit, by the formula of the simulation.

        Args:
            quantity: the quantity.
            started_ns: when the host started, wall clock.
            now_ns: wall clock.
        """
        held = self.held.get(quantity.name)
        mean = quantity.signal.mean_at(now_ns - started_ns, now_ns) if held is None else held
        return min(max(quantity.lowest, mean), quantity.highest)

    def words(self, quantities: Iterable[QuantityFacts]) -> tuple[str, ...]:
        """Return what is held, each in a few words: ``illuminance 35 lx``.

        Args:
            quantities: all quantities of the host, for their units.
        """
        units = {each.name: each.unit for each in quantities}
        return tuple(f"{name} {value:.10g} {units.get(name, '')}".rstrip() for name, value in self.held.items())

    def replace(self, event: QuantitiesHeld) -> None:
        """Others are held now."""
        self.held = {each.name: each.value for each in event.held}

    def meet(self, event: ConnectionRestored) -> None:
        """A host that was started again holds nothing but what it tells of."""
        if event.is_new_host:
            self.held = {}
