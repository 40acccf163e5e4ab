"""Up to four numbers over time, from a minute to a year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rich.segment import Segment

from hostcore.events.history import MOST_POINTS, HistoryQuery, HistoryReport
from hostcore.view.readings import Item, Path
from hostcore.view.series import Series
from tui.desk import Desk
from tui.lines import Line, LinesWidget
from tui.marks import Marks
from tui.readings.curve import Stored, has_hole, points_of, statistics_of, until_of
from tui.readings.freshness import patience_ns
from tui.readings.legend import cursor_line, legend, marks_line
from tui.readings.picture import Picture, columns_within
from tui.readings.plot import LETTERS
from tui.readings.reading_words import key_of, scale_of, value_of
from tui.readings.trace import Trace
from tui.readings.window import Window, length
from tui.text import NS_PER_S, safe

FRESH_S = 60
"""Seconds after which the history is asked again while the window goes on. A host writes it as often."""
PAUSE_S = 5
"""Seconds before it is asked again because live values have a new gap. A driver may read less often than it says."""
LEAST_HEIGHT, LEAST_WIDTH = 4, 32
"""Lines and cells without which there is no picture."""


@dataclass(eq=False, slots=True)
class Curve:
    """One number of a graph. It asks the history, so two are the same only if they are one object."""

    item: Item
    series: Series
    stored: Stored = field(default_factory=Stored)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the history was asked for."""

    window: Window
    columns: int
    paths: tuple[Path, ...]


class Graph(LinesWidget):
    """Curves between their least and greatest values, and lines that name them.

    Args:
        desk: the screen around it.
        item: the first number; it has a series.

    Attributes:
        window: the time that is shown.
        cursor_ns: the time that the cursor is at, in nanoseconds since the Unix epoch; None if it is off.
    """

    def __init__(self, desk: Desk, item: Item) -> None:
        super().__init__(desk)
        assert item.series is not None
        self._curves = [Curve(item, item.series)]
        times = item.series.times
        self.window = Window.around(desk.now_ns() / NS_PER_S - times[0] if times else 0.0)
        self.cursor_ns: int | None = None
        self._marks = Marks(desk, self.paint)
        self._asked: Asked | None = None
        self._asked_ns = 0

    @property
    def paths(self) -> list[Path]:
        """The numbers that are shown, in the order of their letters."""
        return [curve.item.path for curve in self._curves]

    def toggle(self, item: Item) -> bool:
        """Add a number, or remove it. Returns False if there is no room for it, or nothing else would be left."""
        if item.path in self.paths:
            if len(self._curves) > 1:
                del self._curves[self.paths.index(item.path)]
                return True
            return False
        if item.series is None or len(self._curves) == len(LETTERS):
            return False
        self._curves.append(Curve(item, item.series))
        return True

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

    def go_to_now(self) -> None:
        """Show the last minutes, hours or days again."""
        self.window = self.window.now()
        self.renew()

    def toggle_cursor(self) -> None:
        """Switch the cursor on, in the middle, or off."""
        start_ns, end_ns = self._bounds()
        self.cursor_ns = (start_ns + end_ns) // 2 if self.cursor_ns is None else None
        self.renew()

    def renew(self) -> None:
        """Draw, and ask the history for what is not known yet."""
        for curve in self._curves:
            self._follow(curve)
        if self.content_size:
            self._ask()
        self.paint()

    def _follow(self, curve: Curve) -> None:
        """Take the row as it is now: the view may have made a new one."""
        source = self.desk.view.readings.source(curve.item.path[0])
        item = source.items.get(curve.item.path) if source else None
        if item is not None and item.series is not None:
            curve.item, curve.series = item, item.series

    def _ask(self) -> None:
        """Ask for the marks, and for the values before the live ones, unless they are known."""
        asked = Asked(self.window, self._columns, tuple(self.paths))
        if asked == self._asked and not self._is_old():
            return
        self._asked, self._asked_ns = asked, self.desk.now_ns()
        start_ns, end_ns = self._bounds()
        self._marks.ask((path[0] for path in asked.paths), start_ns, end_ns)
        for curve in self._curves:
            self._ask_for(curve, asked, start_ns, end_ns)

    def _ask_for(self, curve: Curve, asked: Asked, start_ns: int, end_ns: int) -> None:
        until_ns = until_of(curve.series, start_ns, end_ns, self._patience_ns(curve))
        curve.stored = replace(curve.stored, is_awaited=until_ns > start_ns)
        if until_ns <= start_ns:
            curve.stored = Stored()
            return

        def answered(report: HistoryReport) -> None:
            if self._asked == asked:
                curve.stored = Stored(report, until_ns)
                self.paint()

        plugin, *keys = curve.item.path
        dots = min(asked.columns * self.desk.terminal.inks[0].cell[0], MOST_POINTS)
        since_ns = start_ns - self.window.step_ns(asked.columns)
        self.desk.archive.ask(curve, HistoryQuery(plugin, tuple(keys), since_ns, until_ns, dots), answered)

    def _is_old(self) -> bool:
        """Whether the history may know more by now, or the live values do not reach back to it any more."""
        if self.window.until_ns is not None:
            return False
        age_ns = self.desk.now_ns() - self._asked_ns
        if not 0 <= age_ns < max(FRESH_S * NS_PER_S, self.window.step_ns(self._columns)):
            return True
        return age_ns >= PAUSE_S * NS_PER_S and any(map(self._has_hole, self._curves))

    def _has_hole(self, curve: Curve) -> bool:
        return has_hole(curve.series, curve.stored, self._bounds()[0], self._patience_ns(curve))

    def _patience_ns(self, curve: Curve) -> int:
        return patience_ns(self.desk.view, curve.item.path[0])

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
            yield from picture.lines(width, height - len(head), self.look, self.desk.terminal.inks[0])

    def _picture(self) -> Picture:
        start_ns, end_ns = self._bounds()
        traces = [self._trace(curve, start_ns, end_ns) for curve in self._curves]
        marks = self._marks.between(start_ns, end_ns)
        cursor_ns = self.cursor_ns
        if cursor_ns is not None:
            cursor_ns = max(start_ns, min(cursor_ns, end_ns - 1))
        return Picture(traces, marks, start_ns, end_ns, cursor_ns)

    def _trace(self, curve: Curve, start_ns: int, end_ns: int) -> Trace:
        item = curve.item
        points = points_of(curve.series, curve.stored, start_ns, end_ns, self._patience_ns(curve))
        is_simulated = item.is_simulated or any(each.is_simulated for each in points)
        is_faulty = item.is_faulty or any(each.is_faulty for each in points)
        return Trace(
            key_of(item.path), scale_of(item), item.quantity.unit, item.decimals, value_of(item), points,
            statistics_of(points, start_ns, end_ns),
            "faults" if is_faulty else "simulated" if is_simulated else "",
        )  # fmt: skip

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
