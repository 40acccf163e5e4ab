"""The picture of a graph: curves between their axes, and what happened on the axis of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.segment import Segment
from rich.style import Style

from hostcore.events.history import HistoryMark, MarkKind
from hostcore.quick_dataclass import dataclass
from tui.lines import Line
from tui.look import Look
from tui.marks import GRAVITY, SIGNS, ink_of
from tui.readings.canvas import DASHED, RULED, Canvas
from tui.readings.drawings import LABELS, Drawing
from tui.readings.plot import LETTERS, filled, letters, plot
from tui.readings.scale import Scale
from tui.readings.time_axis import axis
from tui.readings.trace import Trace
from tui.readings.value_axis import labels
from tui.text import fit

MOST_STEMS = 8
"""Marks that are drawn through the whole picture, at most. If there are more, they are only on the axis."""
BETWEEN_STEMS = 10
"""Columns for each of them, at least, so that they do not hide a small curve."""
STEMS = (MarkKind.CRASH, MarkKind.FAULT, MarkKind.RELOAD)
"""The marks that are drawn through the picture: after them, the values may be of another kind."""
CURSOR = "^"


def columns_within(width: int, quantities: int, label_width: int = LABELS) -> int:
    """The cells of the curves, of `width` cells of a graph, beside the scales of its `quantities`."""
    return max(1, width - label_width * (2 if quantities == 2 else 1))


@dataclass(frozen=True, slots=True)
class Picture:
    """What a graph shows: curves and marks from one time to another, in nanoseconds since the Unix epoch."""

    traces: Sequence[Trace]
    marks: Sequence[HistoryMark]
    start_ns: int
    end_ns: int
    cursor_ns: int | None
    """The time of the cursor; None if it is off."""

    @property
    def quantities(self) -> list[str]:
        """What the curves measure. Each has a scale of its own."""
        return list(dict.fromkeys(each.quantity for each in self.traces))

    @property
    def has_axes(self) -> bool:
        """Whether values stand beside the scales. There is room for two."""
        return len(self.quantities) <= 2

    def column_of(self, time_ns: int, columns: int) -> int:
        """The column of a time."""
        return int((time_ns - self.start_ns) * columns // (self.end_ns - self.start_ns))

    def column_bounds(self, column: int, columns: int) -> tuple[int, int]:
        """The time that a column begins, and that the next one begins."""
        span_ns = self.end_ns - self.start_ns
        return self.start_ns + -(-span_ns * column // columns), self.start_ns + -(-span_ns * (column + 1) // columns)

    def mark_at(self, column: int, columns: int) -> HistoryMark | None:
        """The gravest mark in a column."""
        return self._gravest(columns).get(column)

    def lines(self, width: int, height: int, look: Look, drawing: Drawing) -> Iterator[Line]:
        """Draw it, at least three lines high."""
        columns = columns_within(width, len(self.quantities), drawing.labels)
        rows = height - 1 - drawing.has_times
        scales = self._scales()
        left, right = self._axes(scales, rows, drawing.labels)
        canvas = self._canvas(scales, left, (columns, rows), look, drawing)
        for place, segments in enumerate(canvas.rows()):
            before, after = _side(left, place, drawing.labels), self._other_side(right, place)
            yield [Segment(before, look.muted), *segments, Segment(after, look.muted)]
        yield [Segment("└".rjust(drawing.labels), look.muted), *self._time_line(columns, look)]
        if drawing.has_times:
            yield [Segment(" " * drawing.labels + axis(self.start_ns, self.end_ns, columns), look.muted)]

    def _scales(self) -> dict[str, Scale]:
        found = {}
        for quantity in self.quantities:
            points = [point for each in self.traces if each.quantity == quantity for point in each.points]
            if (scale := Scale.over(points)) is not None:
                found[quantity] = scale
        return found

    def _axes(self, scales: dict[str, Scale], rows: int, width: int) -> tuple[dict[int, str], dict[int, str]]:
        """The labels of the left axis and of the right one, by their rows."""
        found: list[dict[int, str]] = []
        for quantity in self.quantities if self.has_axes else ():
            scale = scales.get(quantity)
            unit = next(each.unit for each in self.traces if each.quantity == quantity)
            found.append(labels(scale, rows, unit, width - 2) if scale else {})
        found += [{}, {}]
        return found[0], found[1]

    def _other_side(self, right: dict[int, str], place: int) -> str:
        """What stands to the right of one row."""
        if len(self.quantities) != 2:
            return ""
        return f"├ {right[place]}" if place in right else "│"

    def _canvas(
        self, scales: dict[str, Scale], ruled: Iterable[int], size: tuple[int, int], look: Look, drawing: Drawing
    ) -> Canvas:
        """Draw the curves on ruled lines."""
        (columns, _), ink = size, drawing.ink
        canvas = Canvas(size, look.curves[0])  # blanks beside the curve are then written with it, in fewer bytes
        for row in ruled:
            canvas.rule(row, ink.dot, look.muted, RULED)
        for row in self._limit_rows(scales, size[1]):
            canvas.rule(row, ink.dash, look.warn, DASHED)
        for column, style in self._stems(columns, look):
            canvas.stand(column, ink.stem, style, DASHED)
        self._lay_curves(canvas, scales, size, look, drawing)
        if self.cursor_ns is not None:
            canvas.shine(self.column_of(self.cursor_ns, columns), look.cursor)
        return canvas

    def _lay_curves(
        self, canvas: Canvas, scales: dict[str, Scale], size: tuple[int, int], look: Look, drawing: Drawing
    ) -> None:
        """Lay one curve on its band and its shade, or several with letters, the first on top."""
        ink = drawing.ink
        plotted = [
            (plot(each.points, self.start_ns, self.end_ns, scale=scale, size=size, ink=ink), curve)
            for curve, each in enumerate(self.traces)
            if (scale := scales.get(each.quantity)) is not None
        ]
        if len(self.traces) == 1:
            for each, _ in plotted:
                whole = each.merged.lines(ink)
                if drawing.is_filled:
                    canvas.lay(filled(whole, ink), look.shade)
                canvas.lay(each.band.lines(ink), look.shade)
                canvas.lay(each.line.lines(ink), look.curves[0])
            return
        pictures = {curve: each.merged.lines(ink) for each, curve in plotted}
        for curve in reversed(pictures):
            canvas.lay(pictures[curve], look.curves[curve])
        for curve, column, row in letters(pictures):
            canvas.put(column, row, LETTERS[curve], look.curves[curve])

    def _limit_rows(self, scales: dict[str, Scale], rows: int) -> Iterator[int]:
        """The rows of the limits of the left axis that are in sight."""
        scale = scales.get(self.quantities[0])
        for trace in self.traces:
            if scale is None or trace.quantity != self.quantities[0]:
                continue
            ends = (trace.limits.low, trace.limits.high) if trace.limits and trace.limits.source else ()
            for value in (*ends, trace.bounds.below, trace.bounds.above):
                if value is not None and scale.low <= value <= scale.high:
                    yield scale.row(value, rows)

    def _stems(self, columns: int, look: Look) -> list[tuple[int, Style]]:
        """The columns of the marks that are drawn through the picture, with their styles."""
        found = [
            (column, ink_of(mark.kind, look)) for column, mark in self._gravest(columns).items() if mark.kind in STEMS
        ]
        return found if len(found) <= min(MOST_STEMS, columns // BETWEEN_STEMS) else []

    def _gravest(self, columns: int) -> dict[int, HistoryMark]:
        """The gravest mark of each column that has one."""
        ordered = sorted(self.marks, key=lambda each: GRAVITY[each.kind], reverse=True)
        return {self.column_of(each.time_ns, columns): each for each in ordered}

    def _time_line(self, columns: int, look: Look) -> Line:
        """The axis of time: a line with the gravest mark of each column, and the cursor."""
        line = [Segment("─", look.muted)] * columns
        for column, mark in self._gravest(columns).items():
            line[column] = Segment(SIGNS[mark.kind], ink_of(mark.kind, look))
        if self.cursor_ns is not None:
            place = self.column_of(self.cursor_ns, columns)
            is_mark = line[place].text in SIGNS.values()
            line[place] = Segment(line[place].text if is_mark else CURSOR, look.cursor)
        if len(self.quantities) == 2:
            line.append(Segment("┘", look.muted))
        return line


def _side(ticks: dict[int, str], place: int, width: int) -> str:
    """What stands to the left of one row."""
    return f"{fit(ticks[place], width - 2, right=True)} ┤" if place in ticks else "│".rjust(width)
