"""A line for people who start the program for the first time."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment

from tui.lines import Line, LinesWidget
from tui.reality import reality

PLACES = {
    "simulated": "A simulated Pi",
    "partly simulated": "Partly a simulated Pi",
    "real hardware": "This machine's own buses",
    "no buses": "No buses",
}
"""How to name the hardware, by `tui.reality.reality`."""


class Welcome(LinesWidget):
    """One line at the top, until the person closes it."""

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the kind of hardware, and the keys to start with."""
        key = self.look.key
        are_real = [bus.is_real for bus in self.desk.view.facts.buses]
        yield [
            Segment(f"{PLACES[reality(are_real)]}. Press "),
            Segment("n", key),
            Segment(" for a first driver, "),
            Segment("?", key),
            Segment(" for help."),
        ]
