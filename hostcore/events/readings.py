"""The readings of drivers, and the pages that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hostcore.events.event_json import json_text

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


@dataclass(frozen=True)  # no slots, for the text that is kept
class RoundCompleted:
    """Every driver had its turn. Displays, pages and front ends get the readings of all drivers."""

    time_ns: int
    number: int
    """Counts from 1."""
    readings: Reading
    """One key a plugin, ``timestamp`` (RFC 3339, UTC), and the keys that pages of the demo:plugin contract look for."""

    @cached_property
    def text(self) -> str:
        """The readings as JSON, encoded once for all that need it: in ASCII, on one line."""
        return json_text(self.readings)


@dataclass(frozen=True, slots=True)
class PageRendered:
    """A page plugin made a page of a round's readings."""

    time_ns: int
    plugin: str
    number: int
    """The round's."""
    html: str
    """As the plugin wrote it: hostile until proven otherwise."""
