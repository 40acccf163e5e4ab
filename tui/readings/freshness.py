"""When a value is old: its driver has not read for longer than it should."""

from __future__ import annotations

from hostcore.events.readings import fresh_seconds
from hostcore.view.view import View
from tui.text import NS_PER_S

DEFAULT_INTERVAL = 2.0
"""Seconds between readings if a driver's own interval is not known."""


def patience_ns(view: View, plugin: str) -> int:
    """The nanoseconds after a reading of a plugin in which the next one should have come."""
    status = view.plugins.get(plugin)
    interval = status.facts.interval if status and status.facts else DEFAULT_INTERVAL
    return round(fresh_seconds(interval) * NS_PER_S)
