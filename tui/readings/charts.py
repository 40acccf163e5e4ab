"""A small chart of each number, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from hostcore.events.history import HistoryMark
from hostcore.view.readings import Item, Path
from tui.commands import COPY, CommandSource, Words, history
from tui.desk import Desk
from tui.lines import Line, LinesWidget
from tui.marks import Marks
from tui.readings.drawings import Drawings
from tui.readings.live_curve import LiveCurve
from tui.readings.panel import LABELS, panel_lines
from tui.readings.picture import Picture
from tui.readings.window import Window
from tui.text import NS_PER_S, counted

LEAST_WIDTH, LEAST_HEIGHT = 36, 7
"""Cells and lines of a panel."""
MOST_ROWS = 4
"""Rows of panels in sight, at most, on a high screen."""
GAP = 2
"""Cells between two panels."""


class Charts(LinesWidget, CommandSource, can_focus=True):
    """Panels in rows. They show the same stretch of time.

    Args:
        desk: the screen around it.
        drawings: how curves are drawn.

    Attributes:
        window: the time that is shown.
        cursor: the number of the panel that keys act on.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Graph", key_display="Enter"),
        Binding("left,h", "move(-1, 0)", "Left", show=False),
        Binding("right,l", "move(1, 0)", "Right", show=False),
        Binding("up,k", "move(0, -1)", "Up", show=False),
        Binding("down,j", "move(0, 1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home", "go(0)", "First", show=False),
        Binding("end", "go(100_000)", "Last", show=False),
        COPY,
    ]

    class Opened(Message):
        """A panel was chosen, to see more of it."""

        def __init__(self, item: Item) -> None:
            super().__init__()
            self.item = item

    def __init__(self, desk: Desk, drawings: Drawings) -> None:
        super().__init__(desk)
        self._drawings = drawings
        self.window = Window.around((desk.now_ns() - desk.view.facts.started_ns) / NS_PER_S)
        self.cursor = 0
        self._top = 0
        self._curves: dict[Path, LiveCurve] = {}
        self._drawn: dict[Path, tuple[object, list[Line]]] = {}
        self._marks = Marks(desk, self.paint)
        self._marked: list[str] = []

    @property
    def numbers(self) -> list[Item]:
        """All numbers of all drivers."""
        sources = self.desk.view.readings.sources()
        return [item for each in sources for item in each.items.values() if item.series is not None]

    @property
    def _across(self) -> int:
        """Panels in a row."""
        return max(1, min(self.content_size.width // LEAST_WIDTH, len(self.numbers)))

    @property
    def _down(self) -> int:
        """Rows of panels in sight."""
        height = self.content_size.height
        return max(1, min(height // max(LEAST_HEIGHT, height // MOST_ROWS), -(-len(self.numbers) // self._across)))

    @property
    def _panel_size(self) -> tuple[int, int]:
        width, height = self.content_size
        return (width - GAP * (self._across - 1)) // self._across, height // self._down

    @property
    def _columns(self) -> int:
        return max(1, self._panel_size[0] - LABELS)

    @property
    def _in_sight(self) -> range:
        """The numbers of the panels in sight."""
        first = self._top * self._across
        return range(first, min(first + self._down * self._across, len(self.numbers)))

    def renew(self) -> None:
        """Draw, and ask the history for what is not known yet of the panels in sight."""
        if self.content_size.height:
            self._settle()
            self._ask()
            self._write_frame()
        self.paint()

    def _write_frame(self) -> None:
        """Say what is shown, and how many panels are out of sight, where that has changed."""
        title = Content(f"{counted(len(self.numbers), 'number')}, {self.window.words()}")
        below = len(self.numbers) - self._in_sight.stop
        note = Content(f"{below} below" if below else "")
        if title != self._border_title:
            self.border_title = title
        if note != self._border_subtitle:
            self.border_subtitle = note

    def _settle(self) -> None:
        """Keep the cursor on a panel, and in sight."""
        count = len(self.numbers)
        self.cursor = max(0, min(self.cursor, count - 1))
        row = self.cursor // self._across
        self._top = max(row - self._down + 1, min(self._top, row, max(0, -(-count // self._across) - self._down)))

    def _ask(self) -> None:
        items = self.numbers
        shown = [items[number] for number in self._in_sight]
        self._curves = {
            each.path: self._curves.get(each.path) or LiveCurve(self.desk, each, self.paint) for each in shown
        }
        self._drawn = {path: drawn for path, drawn in self._drawn.items() if path in self._curves}
        dots = self._drawings.ink(self.desk.terminal).cell[0]
        is_other = [curve.renew(self.window, self._columns, dots) for curve in self._curves.values()]
        plugins = sorted({each.path[0] for each in shown})
        if any(is_other) or plugins != self._marked:
            self._marked = plugins
            self._marks.ask(plugins, *self._bounds())

    def _bounds(self) -> tuple[int, int]:
        return self.window.bounds(self.desk.now_ns(), self._columns)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the panels in sight, row by row."""
        if not self.numbers:
            yield [Segment("No driver has read a number yet.", self.look.muted)]
            return
        bounds = self._bounds()
        marks = self._marks.between(*bounds)
        shown = zip(self._in_sight, self._curves.values(), strict=False)
        panels = [self._panel(number, curve, bounds, marks) for number, curve in shown]
        for start in range(0, len(panels), self._across):
            for pieces in zip_longest(*panels[start : start + self._across], fillvalue=[]):
                yield list(chain.from_iterable([*piece, Segment(" " * GAP)] for piece in pieces))

    def _panel(
        self, number: int, curve: LiveCurve, bounds: tuple[int, int], marks: Sequence[HistoryMark]
    ) -> list[Line]:
        """One panel. It is drawn again only if it has changed: other drivers read more often than this one."""
        own = [each for each in marks if each.plugin in {curve.path[0], ""}]
        drawing = self._drawings.drawing(self.desk.terminal, LABELS, has_times=False)
        is_chosen = number == self.cursor
        state = curve.state, bounds, own, drawing, self._panel_size, is_chosen, self.look
        if curve.path not in self._drawn or self._drawn[curve.path][0] != state:
            picture = Picture([curve.trace(*bounds)], own, *bounds, None)
            lines = panel_lines(picture, self._panel_size, self.look, drawing, is_chosen=is_chosen)
            self._drawn[curve.path] = state, list(lines)
        return self._drawn[curve.path][1]

    def zoom(self, steps: int) -> None:
        """Show more (1) or less (-1) time."""
        self.window = self.window.zoomed(steps, self.desk.now_ns())
        self.renew()

    def action_move(self, across: int, down: int) -> None:
        """Move to another panel."""
        self.action_go(self.cursor + across + down * self._across)

    def action_page(self, pages: int) -> None:
        """Move by the rows in sight."""
        self._top += pages * self._down
        self.action_go(self.cursor + pages * self._down * self._across)

    def action_go(self, number: int) -> None:
        """Go to a panel, or to the nearest one that exists."""
        self.cursor = max(0, min(number, len(self.numbers) - 1))
        self.renew()

    @property
    def command_words(self) -> Words:
        """The past of the number."""
        numbers = self.numbers
        return history(numbers[self.cursor].path) if self.cursor < len(numbers) else ()

    def action_open(self) -> None:
        """Show the graph of the number."""
        numbers = self.numbers
        if self.cursor < len(numbers):
            self.post_message(self.Opened(numbers[self.cursor]))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        event.stop()
        self.action_move(0, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        event.stop()
        self.action_move(0, 1)

    def on_click(self, event: events.Click) -> None:
        """Choose the panel where the mouse is. A double click opens it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        width, height = self._panel_size
        row, column = min(offset.y // height, self._down - 1), min(offset.x // (width + GAP), self._across - 1)
        number = (self._top + row) * self._across + column
        if number in self._in_sight:
            self.action_go(number)
            if event.chain > 1:
                self.action_open()
