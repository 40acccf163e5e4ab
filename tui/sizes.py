"""The sizes of terminals from which on more is shown."""

from __future__ import annotations

from textual.geometry import Size

OVERVIEW = (120, 40)
"""Columns and rows of the smallest terminal that shows all panes together."""
WIDE = 166
"""Columns of a terminal whose right column is wider than a display, for its traffic."""
ROOMY = 50
"""Rows of a terminal that shows problems above the full height of all other panes."""


def has_room_for_all(size: Size) -> bool:
    """Whether a terminal has room for all panes."""
    return size.width >= OVERVIEW[0] and size.height >= OVERVIEW[1]
