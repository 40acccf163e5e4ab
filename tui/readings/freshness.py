"""Whether the last values of a driver tell anything of now."""

from __future__ import annotations

from enum import StrEnum

from hostcore.view.readings import Source
from hostcore.view.view import View
from tui.text import age


class Doubt(StrEnum):
    """Why the last values of a driver tell nothing of now, in the words of the screen."""

    NONE = ""
    STALE = "STALE"
    """It has not read for longer than it should."""
    STUCK = "STUCK"
    """Its bus is stuck. Where SDA is held low, a driver reads zeros, and does not notice."""


def doubt_about(view: View, source: Source, now_ns: int) -> Doubt:
    """Return whether the last values of a driver tell anything of now."""
    if view.health.stuck_bus_of(source.plugin) is not None:
        return Doubt.STUCK
    return Doubt.STALE if now_ns - source.time_ns > view.patience_ns(source.plugin) else Doubt.NONE


def words_about(source: Source, doubt: Doubt) -> str:
    """Return in brief what to know of all values of a driver: ``STALE``, ``SIM. STUCK``; "" for nothing."""
    if source.faulty:
        return f"F. {doubt}" if doubt else "FAULTS"
    if source.simulated:
        return f"SIM. {doubt}" if doubt else "NOT IN ROUND" if source.is_left_out else "SIMULATED"
    if doubt is Doubt.STUCK:
        return "BUS STUCK"
    return doubt.value or ("NOT IN ROUND" if source.is_left_out else "")


def age_words(view: View, plugin: str, time_ns: int, now_ns: int) -> str:
    """Return how old a value is; ``?`` for one that was read over a stuck bus, and so never measured."""
    stuck = view.health.stuck_bus_of(plugin)
    return "?" if stuck is not None and time_ns >= stuck.stuck_since_ns else age(now_ns - time_ns)
