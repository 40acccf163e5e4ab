"""A line made of parts, of which the least important ones give way if there is too little room."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment

from tui.lines import Line, width_of

Part = tuple[int, Line]
"""How early a part is left out if there is too little room (0: never), and the part."""
GAP = 2
"""Cells between two parts."""


def width_of_parts(parts: Iterable[Part]) -> int:
    """Return how many cells the parts take, with the gaps between them."""
    return sum(width_of(line) + GAP for _, line in parts) - GAP


def fitting(parts: list[Part], width: int, *, least: int = 0) -> list[Part]:
    """Leave out the least important parts until the others fit, but none below `least`, nor the last one."""
    while width_of_parts(parts) > width and len(parts) > 1:
        last = max(parts, key=lambda part: part[0])
        if last[0] < least:
            break
        parts.remove(last)
    return parts


def joined(parts: Iterable[Part]) -> Line:
    """Return the parts as one line."""
    return [segment for _, line in parts for segment in (*line, Segment(" " * GAP))]
