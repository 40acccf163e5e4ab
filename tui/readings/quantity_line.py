"""The line that says what a value measures."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment

from hostcore.view.limits import bounds_of, limits_of
from hostcore.view.readings import Item
from tui.desk import Desk
from tui.lines import Line, LinesWidget
from tui.readings.gauge import limits_words
from tui.readings.reading_words import adjusted_of, quantity_of
from tui.text import fit


class QuantityLine(LinesWidget):
    """A value's unit and class, and its limits. Before that, what was measured, if host.toml adjusts the value.

    Args:
        desk: the screen around it.
        item: the row of the value.
    """

    def __init__(self, desk: Desk, item: Item) -> None:
        super().__init__(desk)
        self._item = item

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the line."""
        item, view = self._item, self.desk.view
        limits = limits_of(item, view) if item.series else None
        facts = adjusted_of(item), quantity_of(item), limits_words(limits, bounds_of(item, view), item.quantity.unit)
        words = [each for each in facts if each]
        yield [Segment(fit(". ".join(words), width), self.look.muted)]
