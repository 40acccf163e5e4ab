"""The values of a node: the pane of readings, as far as a node publishes what is in it."""

from __future__ import annotations

from typing import ClassVar

from hostcore.view.readings import Item
from tui.fleet.desk import FleetDesk
from tui.layouts.layout import GraphLayout
from tui.readings.graph_screen import GraphScreen
from tui.readings.pane import ReadingsPane

NOT_HERE = frozenset({"transfers", "edit", "step_through", "calibrate", "alarm", "copy_command"})
"""The keys of that pane that only a host can answer. They work on the node's own screen."""


class NodeReadings(ReadingsPane):
    """The newest readings of all plugins of the node that is open.

    Args:
        desk: the screen around it.
    """

    title = "Values"
    number: ClassVar[int] = 2
    help_title = "2 Values"
    asks_past = False  # it would be a question to the node for each number

    def __init__(self, desk: FleetDesk) -> None:
        super().__init__(desk)

    def action_open(self) -> None:
        """Show a number's graph; fold or unfold a row with others below it."""
        if self.chosen is not None and (self.chosen.is_group or self.chosen.series is not None):
            super().action_open()

    def action_transfers(self) -> None:
        """Show the graph of the number under the cursor."""
        if self.chosen is not None:
            self.open_graph(self.chosen)

    def open_graph(self, item: Item, layout: GraphLayout | None = None) -> None:
        """Show the graph of a number. See `ReadingsPane`."""
        screen = GraphScreen(self.desk, item, self._drawings)
        if layout is not None:
            screen.take_layout(layout)
        self.desk.open_sheet(screen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that would do something."""
        return False if action in NOT_HERE else super().check_action(action, parameters)
