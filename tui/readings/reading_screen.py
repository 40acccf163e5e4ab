"""One value: its graph if it is a number, and the transfers that its last reading came from."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.view.readings import Item
from tui.desk import Desk
from tui.key_bar import KeyBar
from tui.readings.drawings import Drawings
from tui.readings.graph_screen import GraphScreen
from tui.text import ago, counted, safe
from tui.traffic.transfer_list import TransferList


class ReadingScreen(GraphScreen):
    """A value, or all values of a driver.

    Args:
        desk: the screen around it.
        item: the row of the value.
        drawings: how its graph is drawn.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("z", "alone", "Graph alone", show=False)]

    def __init__(self, desk: Desk, item: Item, drawings: Drawings) -> None:
        super().__init__(desk, item, drawings)
        self._plugin = item.path[0]
        self._transfers = TransferList(desk)

    def compose(self) -> ComposeResult:
        """The graph, what the value measures, the transfers and the keys."""
        if self._graph:
            yield self._graph
        if self._quantity:
            yield self._quantity
        yield self._transfers
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Give the list the keys. Textual calls this before `GraphScreen.on_mount`."""
        self._transfers.focus()

    def update(self, now_ns: int) -> None:
        """Draw again."""
        super().update(now_ns)
        reading = self.desk.view.traffic.of_reading(self._plugin)
        title = f"Transfers of the last reading of {safe(self._plugin)}"
        title += f", {ago(now_ns - reading.ended_ns)}" if reading.ended_ns else ""
        title += f", {counted(reading.left_out, 'earlier one')} left out" if reading.left_out else ""
        self._transfers.border_title = Content(title)
        self._transfers.show(reading.last)
        self._transfers.set_class(not reading.last and self._graph is not None, "-empty")

    def action_alone(self) -> None:
        """Give the graph the whole screen, or show the transfers again."""
        self._transfers.display = not self._transfers.display
        self.call_after_refresh(lambda: self.update(self.desk.now_ns()))
