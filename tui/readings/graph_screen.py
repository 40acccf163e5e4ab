"""The screen of one number: its graph, and what it measures."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from hostcore.view.readings import Item
from tui.desk import Desk
from tui.key_bar import KeyBar
from tui.layouts.layout import GraphLayout
from tui.live_screen import LiveScreen
from tui.readings.drawings import Drawings
from tui.readings.graph import Graph
from tui.readings.quantity_line import QuantityLine

GRAPH_ACTIONS = ("zoom", "move", "now", "choose", "cursor", "alone", "fill", "ink")


class GraphScreen(LiveScreen):
    """A value, with its graph if it is a number.

    Args:
        desk: the screen around it.
        item: the row of the value.
        drawings: how its graph is drawn.
    """

    help_title = "The graph of a number"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", key_display="Esc"),
        Binding("plus,equals_sign", "zoom(-1)", "Zoom", key_display="+ -"),
        Binding("minus", "zoom(1)", "Longer", show=False),
        Binding("left", "move(-1)", "Back in time", show=False),
        Binding("right", "move(1)", "Forward", show=False),
        Binding("0", "now", "Now", show=False),
        Binding("a", "choose", "Add"),
        Binding("c", "cursor", "Cursor"),
        Binding("f", "fill", "Line or filled", show=False),
        Binding("b", "ink", "Braille, blocks or plain", show=False),
    ]

    def __init__(self, desk: Desk, item: Item, drawings: Drawings) -> None:
        super().__init__(desk)
        self._graph = Graph(desk, item, drawings) if item.series is not None and not item.is_group else None
        self._quantity = QuantityLine(desk, item) if item.depth and not item.is_group else None

    @property
    def graph_layout(self) -> GraphLayout | None:
        """What its graph shows; None if it has none."""
        return self._graph.chosen_layout() if self._graph else None

    def take_layout(self, layout: GraphLayout) -> None:
        """Show in its graph what a layout keeps."""
        if self._graph:
            self._graph.take_layout(layout)

    def compose(self) -> ComposeResult:
        """The graph, what the value measures, and the keys."""
        if self._graph:
            yield self._graph
        if self._quantity:
            yield self._quantity
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Draw when it has a size."""
        self.call_after_refresh(lambda: self.update(self.desk.now_ns()))

    def update(self, now_ns: int) -> None:
        """Draw again."""
        if self._quantity:
            self._quantity.paint()
        if self._graph:
            self._graph.renew()

    def action_zoom(self, steps: int) -> None:
        """Show more (1) or less (-1) time."""
        if self._graph:
            self._graph.zoom(steps)

    def action_move(self, steps: int) -> None:
        """Go back (-1) or forward (1) in time, with the cursor if it is on."""
        if self._graph:
            self._graph.move(steps)

    def action_now(self) -> None:
        """Go back to now."""
        if self._graph:
            self._graph.go_to_now()

    def action_cursor(self) -> None:
        """Switch the cursor of the graph on or off."""
        if self._graph:
            self._graph.toggle_cursor()

    def action_fill(self) -> None:
        """Fill the area below a single curve, or draw a line only."""
        if self._graph:
            self._graph.drawings.is_filled = not self._graph.drawings.is_filled
            self._graph.renew()

    def action_ink(self) -> None:
        """Draw with the next kind of characters."""
        if self._graph:
            self.desk.say(f"Graphs are drawn in {self._graph.drawings.next_ink(self.desk.terminal)}")
            self._graph.renew()

    def action_choose(self) -> None:
        """Show all numbers, to add some to the graph."""
        from tui.readings.number_choice import NumberChoice  # noqa: PLC0415 - rarely needed

        if self._graph:
            self.desk.open_sheet(NumberChoice(self.desk, self._graph))

    def on_screen_resume(self) -> None:
        """Draw again: the list of numbers may have changed the graph."""
        self.call_after_refresh(lambda: self.update(self.desk.now_ns()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the keys of a graph only if there is one."""
        return self._graph is not None if action in GRAPH_ACTIONS else True
