"""Up to four numbers over time, from a minute to a year."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual import events

from hostcore.quick_dataclass import dataclass
from hostcore.view.readings import Item, Path
from tui.desk import Desk
from tui.layouts.layout import GraphLayout
from tui.lines import Line, LinesWidget
from tui.marks import Marks
from tui.readings.drawings import LABELS, Drawings
from tui.readings.legend import cursor_line, legend, marks_line
from tui.readings.live_curve import LiveCurve
from tui.readings.picture import Picture, columns_within
from tui.readings.plot import LETTERS
from tui.readings.reading_words import scale_of
from tui.readings.window import SPANS, Window, length
from tui.text import NS_PER_S, safe

LEAST_HEIGHT, LEAST_WIDTH = 4, 32
"""Lines and cells without which there is no picture."""


@dataclass(slots=True)
class Held:
    """The curves while a mouse button is down on them."""

    x: int
    """The column of the screen in which it went down."""
    window: Window
    """The time that was shown then."""
    is_pulled: bool = False
    """Whether the mouse has moved since."""


class Graph(LinesWidget):
    """Curves between their least and greatest values, and lines that name them.

    Args:
        desk: the screen around it.
        item: the first number; it has a series.
        drawings: how pictures are drawn.

    Attributes:
        window: the time that is shown.
        cursor_ns: the time that the cursor is at, in nanoseconds since the Unix epoch; None if it is off.
    """

    def __init__(self, desk: Desk, item: Item, drawings: Drawings) -> None:
        super().__init__(desk)
        self.drawings = drawings
        self._curves = [LiveCurve(desk, item, self.paint)]
        times = self._curves[0].series.times
        self.window = Window.around(desk.now_ns() / NS_PER_S - times[0] if times else 0.0)
        self.cursor_ns: int | None = None
        self._marks = Marks(desk, self.paint)
        self._marked: list[Path] = []
        self._held: Held | None = None

    @property
    def paths(self) -> list[Path]:
        """The numbers that are shown, in the order of their letters."""
        return [curve.path for curve in self._curves]

    def toggle(self, item: Item) -> bool:
        """Add a number, or remove it. Returns False if there is no room for it, or nothing else would be left."""
        if item.path in self.paths:
            if len(self._curves) > 1:
                del self._curves[self.paths.index(item.path)]
                return True
            return False
        if item.series is None or len(self._curves) == len(LETTERS):
            return False
        self._curves.append(LiveCurve(self.desk, item, self.paint))
        return True

    def chosen_layout(self) -> GraphLayout:
        """Its numbers and its span, to keep them."""
        return GraphLayout(tuple(self.paths), self.window.span_s)

    def take_layout(self, layout: GraphLayout) -> None:
        """Show the numbers and the span of a layout. What is not there any more is left out."""
        for path in layout.paths:
            item = self.desk.view.readings.item(path)
            if item is not None and path not in self.paths:
                self.toggle(item)
        if layout.span_s in SPANS:
            self.window = Window(layout.span_s)

    def zoom(self, steps: int) -> None:
        """Show more (1) or less (-1) time, around the cursor if it is on."""
        self.window = self.window.zoomed(steps, self.desk.now_ns(), self.cursor_ns)
        self.renew()

    def move(self, steps: int) -> None:
        """Move the cursor by a column, or the window by a quarter if the cursor is off."""
        if self.cursor_ns is None:
            self.window = self.window.moved(steps, self.desk.now_ns())
        else:
            self._move_cursor(steps)
        self.renew()

    def _move_cursor(self, steps: int) -> None:
        """Move the cursor by columns. It takes the window along, up to now."""
        start_ns, end_ns = self._bounds()
        moved_ns = (self.cursor_ns or 0) + steps * self.window.step_ns(self._columns)
        if not start_ns <= moved_ns < end_ns:
            self.window = self.window.moved(steps, self.desk.now_ns())
            start_ns, end_ns = self._bounds()
        self.cursor_ns = max(start_ns, min(moved_ns, end_ns - 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show less time around the mouse."""
        self._zoom_at(event, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show more time around the mouse."""
        self._zoom_at(event, 1)

    def _zoom_at(self, event: events.MouseEvent, steps: int) -> None:
        event.stop()
        time_ns = self._time_at(event)
        start_ns, end_ns = self._bounds()
        share = (time_ns - start_ns) / (end_ns - start_ns)
        self.window = self.window.zoomed(steps, self.desk.now_ns(), time_ns, share)
        self.renew()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the curves, to pull them, or to put the cursor there."""
        event.stop()
        self.capture_mouse()
        self._held = Held(event.screen_x, self.window)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pull the curves."""
        if self._held is None or (event.screen_x == self._held.x and not self._held.is_pulled):
            return
        event.stop()
        self._held.is_pulled = True
        by_ns = (self._held.x - event.screen_x) * self.window.step_ns(self._columns)
        self.window = self._held.window.shifted(by_ns, self.desk.now_ns())
        self.renew()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go. A click puts the cursor where the mouse is, or switches it off there."""
        self.release_mouse()
        held, self._held = self._held, None
        if held is None or held.is_pulled:
            return
        time_ns = self._time_at(event)
        step_ns = self.window.step_ns(self._columns)
        is_there = self.cursor_ns is not None and abs(self.cursor_ns - time_ns) < step_ns
        self.cursor_ns = None if is_there else time_ns
        self.renew()

    def _time_at(self, event: events.MouseEvent) -> int:
        """The time in the middle of the column that the mouse is in, or of the nearest one."""
        start_ns, end_ns = self._bounds()
        column = event.screen_x - self.content_region.x - LABELS
        step_ns = (end_ns - start_ns) // self._columns
        return start_ns + max(0, min(column, self._columns - 1)) * step_ns + step_ns // 2

    def go_to_now(self) -> None:
        """Show the last minutes, hours or days again."""
        self.window = self.window.now()
        self.renew()

    def toggle_cursor(self) -> None:
        """Switch the cursor on, at the newest value in sight, or off."""
        start_ns, end_ns = self._bounds()
        points = [each.time_ns for trace in self._picture().traces for each in trace.points]
        newest_ns = max((each for each in points if start_ns <= each < end_ns), default=(start_ns + end_ns) // 2)
        self.cursor_ns = newest_ns if self.cursor_ns is None else None
        self.renew()

    def renew(self) -> None:
        """Draw, and ask the history for what is not known yet."""
        if self.content_size:
            self._ask()
        self.paint()

    def _ask(self) -> None:
        """Ask for the values before the live ones, and for the marks, unless they are known."""
        columns, dots = self._columns, self.drawings.ink(self.desk.terminal).cell[0]
        is_other = [curve.renew(self.window, columns, dots) for curve in self._curves]
        if any(is_other) or self.paths != self._marked:
            self._marked = self.paths
            self._marks.ask((path[0] for path in self.paths), *self._bounds())

    @property
    def _columns(self) -> int:
        quantities = {scale_of(curve.item) for curve in self._curves}
        return columns_within(self.content_size.width, len(quantities))

    def _bounds(self) -> tuple[int, int]:
        return self.window.bounds(self.desk.now_ns(), self._columns)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the legend, the picture, the marks and the time axis."""
        picture = self._picture()
        head = list(legend(picture, self.window, self._note(), width, self.look))
        head.append(self._line_below(picture))
        yield from head
        if height - len(head) >= LEAST_HEIGHT and width >= LEAST_WIDTH:
            drawing = self.drawings.drawing(self.desk.terminal)
            yield from picture.lines(width, height - len(head), self.look, drawing)

    def _picture(self) -> Picture:
        start_ns, end_ns = self._bounds()
        traces = [curve.trace(start_ns, end_ns) for curve in self._curves]
        marks = self._marks.between(start_ns, end_ns)
        cursor_ns = self.cursor_ns
        if cursor_ns is not None:
            cursor_ns = max(start_ns, min(cursor_ns, end_ns - 1))
        return Picture(traces, marks, start_ns, end_ns, cursor_ns)

    def _line_below(self, picture: Picture) -> Line:
        """What is at the cursor, or why there is no history, or the marks."""
        if picture.cursor_ns is not None:
            return cursor_line(picture, self._columns, self.look)
        line = marks_line(picture, self.look)
        problem = next((each.stored.report.problem for each in self._curves if each.stored.report.problem), "")
        if problem:
            line.append(Segment(f"no older values: {safe(problem)}", self.look.warn))
        return line

    def _note(self) -> str:
        """How coarse the stored values are, whether some are missing, or that they are to come."""
        if any(curve.stored.is_awaited for curve in self._curves):
            return "asking the history ..."
        reports = [curve.stored.report for curve in self._curves if curve.stored.until_ns]
        coarsest = max((each.resolution_ns for each in reports), default=0)
        parts = [f"one point is {length(coarsest)}"] if coarsest else []
        if self.window.until_ns is not None and not all(each.is_complete for each in reports):
            parts.append("some values were not kept")
        return ", ".join(parts)
