"""What drivers measured, and what pages made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Reading = Mapping[str, Any]
"""One JSON object that a driver measured. Never changed once published."""


@dataclass(frozen=True, slots=True)
class ReadingPublished:
    """A driver's `read` returned."""

    time_ns: int
    plugin: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class ReadingFailed:
    """A driver's `read` reported an error, or crashed."""

    time_ns: int
    plugin: str
    error: str


@dataclass(frozen=True, slots=True)
class RoundCompleted:
    """Every driver had its turn: the readings of all, as displays, pages and front ends get them."""

    time_ns: int
    number: int
    """Counts from 1."""
    readings: Reading
    """One key a plugin, ``timestamp`` (RFC 3339, UTC), and the keys that pages of the demo:plugin contract look for."""


@dataclass(frozen=True, slots=True)
class PageRendered:
    """A page plugin made a page of a round's readings."""

    time_ns: int
    plugin: str
    number: int
    """The round's."""
    html: str
    """As the plugin wrote it: hostile until proven otherwise."""
