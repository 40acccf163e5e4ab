"""The labels of a value axis: round values in their rows, and the unit."""

from __future__ import annotations

from rich.cells import cell_len

from tui.readings.scale import Scale, Tick
from tui.text import number

CLOSE = 0.1
"""How far a label may be from the value of its tick, as a share of the distance to the next one."""
MOST_DECIMALS = 6
"""Digits after the point of a label. Smaller numbers are written with a power of ten."""


def labels(scale: Scale, rows: int, unit: str, width: int) -> dict[int, str]:
    """The text of each row that has a label, counted from the top.

    The unit stands behind the topmost value, if there is room for it. A value for which there is no room has no label.
    If that holds for all of them, one is rounded, with a ``~``.

    Args:
        scale: the values at the bottom and the top.
        rows: the rows of the axis.
        unit: what the values are in; "" if they have no unit.
        width: the cells of a label.
    """
    ticks = list(scale.ticks(rows))
    found = {scale.row(tick.value, rows): text for tick in ticks if (text := _exact(tick, width))}
    if not found:
        return {scale.row(tick.value, rows): _about(tick, width) for tick in ticks[-1:]}
    top = min(found)
    with_unit = f"{found[top]} {unit}"
    return {**found, top: with_unit} if unit and cell_len(with_unit) <= width else found


def _exact(tick: Tick, width: int) -> str:
    """The value as exactly as its place on the axis; "" if there is no room for that."""
    whole = number(tick.value + 0.0, tick.decimals) if tick.decimals <= MOST_DECIMALS else ""
    texts = [whole, *(f"{tick.value:.{digits}g}" for digits in range(width, 0, -1))]
    return next((each for each in texts if 0 < len(each) <= width and _is_close(float(each), tick)), "")


def _is_close(value: float, tick: Tick) -> bool:
    return abs(value - tick.value) <= tick.step * CLOSE


def _about(tick: Tick, width: int) -> str:
    """The value, no more exact than there is room for."""
    texts = [f"~{tick.value:.{digits}g}" for digits in (3, 2, 1)]
    return next((each for each in texts if len(each) <= width), texts[-1])
