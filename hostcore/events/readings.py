"""Readings of drivers, and the pages made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hostcore.events.event_json import json_text

Reading = Mapping[str, Any]
"""The JSON object that a driver measured. Never changed after publication."""


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
class LeftOut:
    """A reading that is missing in a round, because the round would be too large with it."""

    plugin: str
    bytes: int
    """Bytes of its JSON."""
    values: int
    """Its values, counted at every level."""
    problem: str
    """The reading's size and the bounds of a round, in one line of text."""


@dataclass(frozen=True)  # no slots, for the text that is kept
class RoundCompleted:
    """Every driver has had its turn. Displays, pages and front ends receive the readings of all drivers."""

    time_ns: int
    number: int
    """Counts from 1."""
    readings: Reading
    """One key for each plugin, ``timestamp`` (RFC 3339, UTC), and the keys that demo:plugin pages look up.
    A reading that failed or is left out is an object with ``error``."""
    left_out: tuple[LeftOut, ...] = ()
    """The readings that are missing, the largest first."""

    @cached_property
    def text(self) -> str:
        """The readings as ASCII JSON on one line. Encoded once, for all readers."""
        return json_text(self.readings)


@dataclass(frozen=True, slots=True)
class PageRendered:
    """A page plugin rendered a page from a round's readings."""

    time_ns: int
    plugin: str
    number: int
    """The round's."""
    html: str
    """The page exactly as the plugin wrote it. Never trust it."""
