"""Maps each bus error to its name in the contract."""

from __future__ import annotations

from hostcore.errors import (
    AccessDeniedError,
    ArbitrationLostError,
    BusError,
    BusFaultError,
    BusTimeoutError,
    NoAcknowledgeError,
)
from hostcore.events import Outcome

_OUTCOMES: tuple[tuple[type[BusError], Outcome], ...] = (
    (NoAcknowledgeError, Outcome.NO_ACKNOWLEDGE),
    (BusFaultError, Outcome.BUS),
    (ArbitrationLostError, Outcome.ARBITRATION_LOSS),
    (BusTimeoutError, Outcome.TIMEOUT),
    (AccessDeniedError, Outcome.DENIED),
    (BusError, Outcome.OTHER),
)


def outcome_of(error: BusError) -> Outcome:
    """Return the contract's name for a bus error."""
    return next(outcome for kind, outcome in _OUTCOMES if isinstance(error, kind))
