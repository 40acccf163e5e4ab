"""The page of small charts: all numbers at a glance."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.desk import Desk
from tui.key_bar import KeyBar
from tui.live_screen import LiveScreen
from tui.readings.charts import Charts
from tui.readings.drawings import Drawings
from tui.readings.reading_screen import ReadingScreen


class ChartsScreen(LiveScreen):
    """A small chart of each number.

    Args:
        desk: the screen around it.
        drawings: how curves are drawn.
    """

    help_title = "All charts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "dismiss", "Back", key_display="Esc"),
        Binding("plus,equals_sign", "zoom(-1)", "Zoom", key_display="+ -"),
        Binding("minus", "zoom(1)", "Longer", show=False),
        Binding("f", "fill", "Line or filled"),
        Binding("b", "ink", "Braille or blocks"),
    ]

    def __init__(self, desk: Desk, drawings: Drawings) -> None:
        super().__init__(desk)
        self._drawings = drawings
        self._charts = Charts(desk, drawings)

    def compose(self) -> ComposeResult:
        """The charts and their keys."""
        yield self._charts
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Give the charts the keys."""
        self._charts.focus()
        self.call_after_refresh(lambda: self.update(self.desk.now_ns()))

    def on_screen_resume(self) -> None:
        """Draw again: the size or the drawing may have changed meanwhile."""
        self.call_after_refresh(lambda: self.update(self.desk.now_ns()))

    def update(self, now_ns: int) -> None:
        """Draw again: values are new."""
        self._charts.renew()

    def action_zoom(self, steps: int) -> None:
        """Show more (1) or less (-1) time."""
        self._charts.zoom(steps)

    def action_fill(self) -> None:
        """Fill the area below the curves, or draw lines only."""
        self._drawings.is_filled = not self._drawings.is_filled
        self._charts.renew()

    def action_ink(self) -> None:
        """Draw with the next kind of characters."""
        self.desk.say(f"Graphs are drawn in {self._drawings.next_ink(self.desk.terminal)}")
        self._charts.renew()

    def on_charts_opened(self, event: Charts.Opened) -> None:
        """Show the graph of a number."""
        self.desk.open_sheet(ReadingScreen(self.desk, event.item, self._drawings))
