"""The panes in their two columns: all together where there is room, else one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size

from hostcore.place import BusName
from hostcore.view.view import View
from tui.log.pane import LogPane
from tui.oled.pane import OledPane
from tui.outputs.pane import OutputsPane
from tui.pane import Pane
from tui.plugins.pane import PluginsPane
from tui.readings.pane import ReadingsPane
from tui.scanner.pane import ScannerPane
from tui.traffic.pane import TrafficPane

if TYPE_CHECKING:
    from tui.app import HostApp

OVERVIEW = (120, 40)
"""Columns and rows from which on all panes are shown together."""


class Panes(Horizontal):
    """Says which panes are in sight.

    Args:
        view: what there is to show.

    Attributes:
        current: the pane that keys are for.
        zoomed: it has the whole screen, however much room there is.
    """

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view
        self._traffic = TrafficPane()
        self._outputs = OutputsPane()
        self._always: tuple[Pane, ...] = (
            ReadingsPane(), PluginsPane(), LogPane(), self._traffic, ScannerPane(), OledPane(),
        )  # fmt: skip
        self.current: Pane = self._always[0]
        self.zoomed = False

    @property
    def offered(self) -> tuple[Pane, ...]:
        """The panes that have something to show, by number."""
        return (*self._always, self._outputs) if self._view.outputs else self._always

    def compose(self) -> ComposeResult:
        """Both columns."""
        readings, plugins, log, traffic, scanner, oled = self._always
        with Vertical(id="left"):
            yield from (readings, plugins, self._outputs, log)
        with Vertical(id="right"):
            yield from (oled, scanner, traffic)

    def lay_out(self, size: Size | None = None) -> None:
        """Show the panes that are to be in sight on a terminal of this size; by default of the size that it had."""
        app = cast("HostApp", self.app)
        width, height = size or app.size
        is_overview = width >= OVERVIEW[0] and height >= OVERVIEW[1] and not self.zoomed
        self.screen.set_class(is_overview, "-overview")
        self.screen.set_class(not is_overview, "-single")
        for column in self.query(Vertical):
            column.display = is_overview or self.current in column.children
        for pane in (*self._always, self._outputs):
            pane.display = pane in self.offered and (is_overview or pane is self.current)
        self.call_after_refresh(app.update_panes)

    def settle(self) -> None:
        """There may be other plugins, and with them other panes."""
        if self.current in self.offered:
            self.lay_out()
        else:
            self.go_to(1)

    def go_to(self, number: int) -> None:
        """Make a pane the current one, if there is one of this number."""
        if number <= len(self.offered):
            self.current = self.offered[number - 1]
            self.lay_out()
            self.screen.set_focus(self.current)

    def step(self, step: int) -> None:
        """Go to the next or previous pane, round and round."""
        self.go_to((self.offered.index(self.current) + step) % len(self.offered) + 1)

    def zoom(self) -> None:
        """Give the current pane the whole screen, or let the others back."""
        self.zoomed = not self.zoomed
        self.lay_out()

    def show_traffic(self, bus: BusName, address: int) -> None:
        """Go to the transfers of one device."""
        self._traffic.only(bus, address)
        self.go_to(self._traffic.number)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane that has the focus is the current one."""
        if isinstance(event.widget, Pane):
            self.current = event.widget
