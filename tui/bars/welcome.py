"""A line for people who start the program for the first time."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment

from tui.bars.status_line import reality
from tui.lines import Line, LinesWidget

PLACES = {
    "simulated": "A simulated Pi",
    "partly simulated": "Partly a simulated Pi",
    "real hardware": "This machine's own buses",
    "no buses": "No buses",
}
"""How to name the hardware, by `tui.bars.status_line.reality`."""


class Welcome(LinesWidget):
    """One line at the top, until the person closes it."""

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the kind of hardware, and the keys to start with."""
        key = self.look.key
        yield [
            Segment(f"{PLACES[reality(self.desk.view.facts)]}. Press "),
            Segment("n", key),
            Segment(" for a first driver, "),
            Segment("?", key),
            Segment(" for help."),
        ]
