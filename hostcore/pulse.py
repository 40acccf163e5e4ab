"""A pulse on a GPIO line. Plugins request pulses, backends drive them, and simulated chips answer with them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pulse:
    """A level that is held for a time."""

    level: bool
    """True is high."""
    duration_ns: int
    """Nanoseconds, at least 0."""
