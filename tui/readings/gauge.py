"""A gauge: where a value lies between its limits."""

from __future__ import annotations

from rich.segment import Segment

from hostcore.view.limits import Limits
from tui.lines import Line
from tui.look import Look
from tui.text import number

LEAST_WIDTH = 16
"""Cells below which a gauge says nothing."""
DONE, REST, HAND = "━", "─", "●"
"""The part up to the value, the part above it, and the value."""


def gauge(value: float, limits: Limits, width: int, look: Look) -> Line:
    """Draw a gauge in `width` cells, at least `LEAST_WIDTH`. A value beyond the limits is at the end, and is bad.

    Args:
        value: any number.
        limits: the ends of the scale.
        width: cells.
        look: the styles.
    """
    low, high = number(limits.low, 0), number(limits.high, 0)
    room = width - len(low) - len(high) - 2
    share = max(0.0, min((value - limits.low) / (limits.high - limits.low), 1.0))
    place = round(share * (room - 1))
    is_within = limits.low <= value <= limits.high
    return [
        Segment(f"{low} ", look.muted),
        Segment(DONE * place, look.accent),
        Segment(HAND, look.strong if is_within else look.bad),
        Segment(REST * (room - 1 - place), look.muted),
        Segment(f" {high}", look.muted),
    ]


def limits_words(limits: Limits, unit: str) -> str:
    """The limits in words: ``Always 0 to 100 %``."""
    return f"{limits.source} {number(limits.low, 0)} to {number(limits.high, 0)} {unit}".rstrip()
