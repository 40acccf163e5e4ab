"""The environment of the simulated chips, as far as a person changes it."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class HeldQuantity:
    """A quantity of the simulated environment that does not follow its own course."""

    name: str
    """The name in ``[simulation.environment]``."""
    value: float
    """In the quantity's unit."""


@dataclass(frozen=True, slots=True)
class QuantitiesHeld:
    """A person held a quantity of the simulated environment or let it go, or the host says again what is held."""

    time_ns: int
    held: tuple[HeldQuantity, ...]
    """All quantities that are held now; none if all follow their own course."""
