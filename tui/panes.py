"""The panes in their two columns: all together if there is room, else one at a time."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.message import Message

from tui.desk import Desk
from tui.layouts.layout import Layout, PaneLayout
from tui.log.pane import LogPane
from tui.oled.pane import OledPane
from tui.outputs.pane import OutputsPane
from tui.pane import Pane
from tui.plugins.pane import PluginsPane
from tui.problems.pane import ProblemsPane
from tui.readings.pane import ReadingsPane
from tui.scanner.pane import ScannerPane
from tui.sizes import ROOMY, WIDE, has_room_for_all
from tui.traffic.pane import TrafficPane


class Panes(Vertical):
    """Decides which panes are in sight.

    Args:
        desk: the screen around them.

    Attributes:
        readings, scanner, outputs: three of the panes.
        current: the pane that keys are for.
        zoomed: whether it has the whole screen even if there is room for all.
        hidden: the numbers of the panes that are in sight only while they are current.
        is_arranged: whether the first pane was chosen. Until then, the one in front has the focus, and is current.
    """

    class LaidOut(Message):
        """Other panes are in sight, or panes have another size: they must be drawn."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._traffic = TrafficPane(desk)
        self.outputs = OutputsPane(desk)
        self._problems = ProblemsPane(desk)
        self.readings, self.scanner = ReadingsPane(desk), ScannerPane(desk)
        self._always: tuple[Pane, ...] = (
            self.readings, PluginsPane(desk), LogPane(desk), self._traffic, self.scanner, OledPane(desk),
        )  # fmt: skip
        self.current: Pane = self._always[0]
        self.zoomed = False
        self.hidden: frozenset[int] = frozenset()
        self.is_arranged = False

    @property
    def offered(self) -> tuple[Pane, ...]:
        """The panes that have something to show, by number."""
        outputs = (self.outputs,) if self._desk.view.outputs else ()
        return (*self._always, *outputs, self._problems)

    @property
    def in_turn(self) -> tuple[Pane, ...]:
        """The panes that have tabs, and that Tab goes through."""
        return tuple(pane for pane in self.offered if pane.number not in self.hidden or pane is self.current)

    @property
    def are_problems_in_sight(self) -> bool:
        """Whether the problems pane shows them."""
        return self._problems.display

    def compose(self) -> ComposeResult:
        """The problems, and below them both columns."""
        readings, plugins, log, traffic, scanner, oled = self._always
        yield self._problems
        with Horizontal(id="columns"):
            with Vertical(id="left"):
                yield from (readings, plugins, self.outputs, log)
            with Vertical(id="right"):
                yield from (oled, scanner, traffic)

    def lay_out(self, size: Size | None = None) -> None:
        """Show the panes that belong on a terminal of this size.

        Args:
            size: the terminal's size; None if it has not changed.
        """
        width, height = terminal = size or self.app.size
        is_overview = has_room_for_all(terminal) and not self.zoomed
        has_news = is_overview and bool(self._desk.view.problems)
        for pane in (*self._always, self.outputs):
            pane.display = pane is self.current or (is_overview and pane in self.in_turn)
        self._problems.display = has_news or self._problems is self.current
        left, right = self.query("#columns > Vertical")
        for column in (left, right):
            column.display = any(pane.display for pane in column.children)
        self.query_one("#columns").display = left.display or right.display
        self.screen.update_classes(  # one after the other, each would style all widgets again
            {
                "-overview": is_overview,
                "-single": not is_overview,
                "-right-alone": not left.display,
                "-wide": is_overview and width >= WIDE,
                "-crowded": has_news and height < ROOMY,
            }
        )
        self.call_after_refresh(self.post_message, self.LaidOut())

    def settle(self) -> None:
        """Take in that there may be other plugins, and so other panes."""
        if self.current in self.offered:
            self.lay_out()
        else:
            self.go_to(1)

    def settle_problems(self) -> None:
        """Take in that there are problems now, or none any more."""
        if self._problems.display != bool(self._desk.view.problems) and self.current is not self._problems:
            self.lay_out()

    def go_to(self, number: int) -> None:
        """Make a pane the current one, if one has this number."""
        self.is_arranged = True
        for pane in self.offered:
            if pane.number == number:
                self.current = pane
                self.lay_out()
                self.screen.set_focus(pane)

    def step(self, step: int) -> None:
        """Go to the next (1) or previous (-1) pane. The first follows the last."""
        self.go_to(self.in_turn[(self.in_turn.index(self.current) + step) % len(self.in_turn)].number)

    def zoom(self) -> None:
        """Give the current pane the whole screen, or let the others back."""
        self.zoomed = not self.zoomed
        self.lay_out()

    def hide(self, number: int) -> None:
        """Show a pane only while it is current. If it is now, the next one becomes current."""
        if self.current.number == number:
            self.step(1)
        self.hidden |= {number}
        self.lay_out()

    def unhide(self, number: int) -> None:
        """Show a pane with the others again."""
        self.hidden -= {number}
        self.go_to(number)

    def chosen_layout(self) -> Layout:
        """How the panes are arranged."""
        chosen = (pane.chosen_layout() for pane in (*self._always, self.outputs, self._problems))
        panes = tuple(each for each in chosen if each != PaneLayout(each.pane))
        return Layout(self.current.number, self.zoomed, tuple(sorted(self.hidden)), panes)

    def take_layout(self, layout: Layout) -> None:
        """Arrange the panes as they were. What is not there any more is left out."""
        chosen = {each.pane: each for each in layout.panes}
        for pane in (*self._always, self.outputs, self._problems):
            pane.take_layout(chosen.get(pane.number, PaneLayout(pane.number)))
        self.zoomed = layout.is_zoomed
        self.hidden = frozenset(layout.hidden) - {self._problems.number}  # what is wrong is never out of sight
        is_there = layout.current in {pane.number for pane in self.offered}
        self.go_to(layout.current if is_there else self.offered[0].number)

    def meet_view(self) -> None:
        """Show the desk's view, which is another one than before, with the same arrangement and filters."""
        for pane in (*self._always, self.outputs, self._problems):
            pane.forget_view()
        self.take_layout(self.chosen_layout())

    def on_scanner_pane_traffic_asked(self, message: ScannerPane.TrafficAsked) -> None:
        """Go to the transfers of one device."""
        self._traffic.only(message.bus, message.address)
        self.go_to(self._traffic.number)

    def on_problems_pane_traffic_asked(self, message: ProblemsPane.TrafficAsked) -> None:
        """Go to the transfers of the device that a problem is about, or else of its plugin."""
        if message.bus is not None and message.address is not None:
            self._traffic.only(message.bus, message.address)
        else:
            self._traffic.reset()
            self._traffic.show_only(message.plugin)
        self.go_to(self._traffic.number)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane that has the focus is the current one."""
        if isinstance(event.widget, Pane):
            before, self.current = self.current, event.widget
            if before.number in self.hidden:
                self.lay_out()
