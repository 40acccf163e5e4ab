"""Faults on demand."""

from __future__ import annotations

from hostcore.faults.model import Fault
from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class FaultsSet:
    """The faults on demand were replaced, or ended by themselves."""

    time_ns: int
    faults: tuple[Fault, ...]
    """All faults that are set now; none if everything works as it is wired."""
    is_restated: bool = False
    """Whether nothing has changed: this says again what is known, for front ends that have lost events."""
