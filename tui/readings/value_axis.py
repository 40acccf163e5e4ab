"""The labels of a value axis: round values in their rows, and the unit."""

from __future__ import annotations

from rich.cells import cell_len

from tui.readings.scale import Scale, Tick
from tui.text import number

MOST_DECIMALS = 6
"""Digits after the point of a label. Smaller numbers are written with a power of ten."""


def labels(scale: Scale, rows: int, unit: str, width: int) -> dict[int, str]:
    """The text of each row that has a label, counted from the top.

    The unit stands behind the topmost value, if there is room for it.

    Args:
        scale: the values at the bottom and the top.
        rows: the rows of the axis.
        unit: what the values are in; "" if they have no unit.
        width: the cells of a label.
    """
    found = {scale.row(tick.value, rows): _label(tick, width) for tick in scale.ticks(rows)}
    if not (found and unit):
        return found
    top = min(found)
    with_unit = f"{found[top]} {unit}"
    return {**found, top: with_unit} if cell_len(with_unit) <= width else found


def _label(tick: Tick, width: int) -> str:
    exact = number(tick.value + 0.0, tick.decimals) if tick.decimals <= MOST_DECIMALS else ""
    texts = [exact, *(f"{tick.value:.{digits}g}" for digits in (4, 3, 2, 1))]
    return next((each for each in texts if 0 < len(each) <= width), texts[-1])
