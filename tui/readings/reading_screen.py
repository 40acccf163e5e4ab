"""One value: its graph if it is a number, and the transfers that its last reading came from."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.view.readings import Item
from tui.desk import Desk
from tui.key_bar import KeyBar
from tui.live_screen import LiveScreen
from tui.readings.graph import Graph
from tui.readings.quantity_line import QuantityLine
from tui.text import ago, counted, safe
from tui.traffic.transfer_list import TransferList


class ReadingScreen(LiveScreen):
    """A value, or all values of a driver.

    Args:
        desk: the screen around it.
        item: the row of the value.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", key_display="Esc"),
        Binding("left", "range(-1)", "Less time", key_display="left"),
        Binding("right", "range(1)", "More time", key_display="right"),
    ]

    def __init__(self, desk: Desk, item: Item) -> None:
        super().__init__(desk)
        self._plugin = item.path[0]
        self._graph = Graph(desk, item) if item.series is not None and not item.is_group else None
        self._quantity = QuantityLine(desk, item) if item.depth and not item.is_group else None
        self._transfers = TransferList(desk)

    def compose(self) -> ComposeResult:
        """What the value measures, the graph, the transfers and the keys."""
        if self._quantity:
            yield self._quantity
        if self._graph:
            yield self._graph
        yield self._transfers
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Fill the list, which takes the keys."""
        self._transfers.focus()
        self.call_after_refresh(lambda: self.update(self.desk.now_ns()))

    def update(self, now_ns: int) -> None:
        """Draw again."""
        if self._quantity:
            self._quantity.paint()
        if self._graph:
            self._graph.paint()
        reading = self.desk.view.traffic.of_reading(self._plugin)
        title = f"Transfers of the last reading of {safe(self._plugin)}"
        title += f", {ago(now_ns - reading.ended_ns)}" if reading.ended_ns else ""
        title += f", {counted(reading.left_out, 'earlier one')} left out" if reading.left_out else ""
        self._transfers.border_title = Content(title)
        self._transfers.show(reading.last)

    def action_range(self, steps: int) -> None:
        """Show more or less of the past."""
        if self._graph:
            self._graph.reach(steps)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the range only for a graph."""
        return self._graph is not None if action == "range" else True
