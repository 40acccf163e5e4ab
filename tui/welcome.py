"""What a person reads who starts the program for the first time."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment

from tui.bars.status_line import reality
from tui.rows import Line, Lines

PLACES = {
    "simulated": "A simulated Pi",
    "partly simulated": "Partly a simulated Pi",
    "real hardware": "This machine's own buses",
    "no buses": "No buses",
}
"""Where one is, by `tui.bars.status_line.reality`."""


class Welcome(Lines):
    """One line at the top, until a person closes it."""

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Where one is, and what to press."""
        key = self.look.key
        yield [
            Segment(f"{PLACES[reality(self.host_app.view.facts)]}. Press "),
            Segment("n", key),
            Segment(" for a first driver, "),
            Segment("?", key),
            Segment(" for help."),
        ]
