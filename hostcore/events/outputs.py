"""What shines, switches or moves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedsShown:
    """The strip of LEDs got colours of which one at least is new."""

    time_ns: int
    plugin: str
    """Who showed them, or set one last; "" where the host switched them off."""
    colors: tuple[tuple[int, int, int], ...]
    """Red, green and blue of every LED, 0 to 255."""


@dataclass(frozen=True, slots=True)
class RelaySwitched:
    """A relay went on or off."""

    time_ns: int
    plugin: str
    """Who switched it; "" where the host did."""
    relay: str
    """NAME of `[relays.NAME]`."""
    on: bool


@dataclass(frozen=True, slots=True)
class PwmSet:
    """The pulse-width modulation of a GPIO line was set."""

    time_ns: int
    plugin: str
    """Who set it; "" where the host did."""
    line: int
    """BCM number."""
    duty: float
    """The part of each period that it is high, 0 to 1."""
    frequency_hz: float
    """Periods a second."""
