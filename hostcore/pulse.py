"""A pulse on a line: plugins ask for it, backends drive it, and simulated chips answer with it."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Pulse:
    """A level that is held for a time."""

    level: bool
    """True is high."""
    duration_ns: int
    """Nanoseconds, at least 0."""
