"""A gauge: where a value lies between its limits."""

from __future__ import annotations

from rich.segment import Segment

from hostcore.view.alarms import Bounds
from hostcore.view.limits import Limits
from tui.lines import Line
from tui.look import Look
from tui.text import number, safe

FINE = 10.0
"""A scale that is shorter has digits after the point at its ends."""
LEAST_WIDTH = 16
"""Cells below which a gauge says nothing."""
LEAST_SCALE = 3
"""Cells between the ends: with fewer, the ends are left out."""
DONE, REST, HAND, BEYOND, BOUND = "━", "─", "●", "!", "┃"
"""The part up to the value, the part above it, the value, a value that is beyond a limit, and a limit of an alarm."""


def gauge(value: float, limits: Limits, bounds: Bounds, width: int, look: Look) -> Line:
    """Draw a gauge. A value beyond its ends stands at the end. Ends that need too much of the width are left out.

    Args:
        value: any number.
        limits: the ends of the scale.
        bounds: the limits of alarms. A value beyond them, or beyond the ends, is bad.
        width: cells, exactly as many as the gauge takes. With less than 1 it takes 1.
        look: the styles.
    """
    low, high = f"{_text(limits.low, limits)} ", f" {_text(limits.high, limits)}"
    if width - len(low) - len(high) < LEAST_SCALE:
        low = high = ""
    room = max(1, width - len(low) - len(high))
    place = _place(value, limits, room)
    cells = [Segment(DONE, look.accent)] * place + [Segment(REST, look.muted)] * (room - place)
    for bound in (bounds.below, bounds.above):
        if bound is not None and limits.low <= bound <= limits.high:
            cells[_place(bound, limits, room)] = Segment(BOUND, look.warn)
    is_well = limits.low <= value <= limits.high and bounds.hold(value)
    cells[place] = Segment(HAND, look.strong) if is_well else Segment(BEYOND, look.bad)
    return [Segment(low, look.muted), *cells, Segment(high, look.muted)]


def _place(value: float, limits: Limits, room: int) -> int:
    """The cell of a value."""
    return round(max(0.0, min((value - limits.low) / (limits.high - limits.low), 1.0)) * (room - 1))


def _text(value: float, limits: Limits) -> str:
    """An end of the scale, as fine as it is long."""
    return number(value, 0 if limits.high - limits.low >= FINE or value == round(value) else 2)


def limits_words(limits: Limits | None, bounds: Bounds, unit: str) -> str:
    """The limits in words: ``Always 0 to 100 %. Alarm below 18 °C or above 26 °C``; "" if there are none."""
    words = []
    if limits is not None and limits.source:
        words.append(f"{safe(limits.source)} {number(limits.low, 0)} to {number(limits.high, 0)} {unit}".rstrip())
    told = [
        f"{word} {bound:g} {unit}".rstrip()
        for word, bound in (("below", bounds.below), ("above", bounds.above))
        if bound is not None
    ]
    return ". ".join([*words, f"Alarm {' or '.join(told)}"] if told else words)
