"""What the contract calls each failure of an access."""

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
    """The contract's name for a failure."""
    return next(outcome for kind, outcome in _OUTCOMES if isinstance(error, kind))
