"""What one plugin instance touches the world with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hostcore.access.decisions import Access
from hostcore.buses.call_limit import CallLimit
from hostcore.buses.share import BusShare
from hostcore.events import Event


@dataclass(frozen=True, slots=True)
class Kit:
    """One instance's means; all but the limit may serve one instance after the other."""

    access: Access
    """What it may touch."""
    share: BusShare | None
    """How much of the buses' time it may use; None for one that waits for no share."""
    limit: CallLimit
    """How long its calls may take."""
    publish: Callable[[Event], None]
    """Takes its transfers."""
