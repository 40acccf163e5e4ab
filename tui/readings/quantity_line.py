"""The line that says what a value measures."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment

from hostcore.view.readings import Item
from tui.desk import Desk
from tui.lines import Line, LinesWidget
from tui.readings.reading_words import quantity_of
from tui.text import fit


class QuantityLine(LinesWidget):
    """A value's unit and class, and whether its driver states them or the host guesses.

    Args:
        desk: the screen around it.
        item: the row of the value.
    """

    def __init__(self, desk: Desk, item: Item) -> None:
        super().__init__(desk)
        self._item = item

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the line."""
        yield [Segment(fit(quantity_of(self._item), width), self.look.muted)]
