"""The picture of a graph: curves between their scales, marks and times below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.segment import Segment
from rich.style import Style

from hostcore.events.history import HistoryMark
from tui.lines import Line
from tui.look import Look
from tui.marks import GRAVITY, SIGNS, ink_of
from tui.raster import Ink
from tui.readings.plot import Cell, Scale, overlaid, plot
from tui.readings.time_axis import axis
from tui.readings.trace import Trace
from tui.text import fit, number

LABELS = 11
"""Cells beside the picture, for the values of a scale."""
FINE = 10.0
"""A scale that reaches less far has two digits after the point at least."""
CURSOR = "^"


def columns_within(width: int, quantities: int) -> int:
    """The cells of the curves, of `width` cells of a graph, beside the scales of its `quantities`."""
    return max(1, width - LABELS * (2 if quantities == 2 else 1))


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
        marks = [each for each in self.marks if self.column_of(each.time_ns, columns) == column]
        return min(marks, key=lambda each: GRAVITY[each.kind], default=None)

    def lines(self, width: int, height: int, look: Look, ink: Ink) -> Iterator[Line]:
        """Draw it, at least three lines high."""
        columns, rows = columns_within(width, len(self.quantities)), height - 2
        scales = self._scales()
        yield from self._curves(scales, columns, rows, look, ink)
        yield [Segment(" " * LABELS), *self._mark_line(columns, look)]
        yield [Segment(" " * LABELS + axis(self.start_ns, self.end_ns, columns), look.muted)]

    def _scales(self) -> dict[str, Scale]:
        found = {}
        for quantity in self.quantities:
            points = [point for each in self.traces if each.quantity == quantity for point in each.points]
            if (scale := Scale.over(points)) is not None:
                found[quantity] = scale
        return found

    def _curves(self, scales: dict[str, Scale], columns: int, rows: int, look: Look, ink: Ink) -> Iterator[Line]:
        empty = [" " * columns] * rows
        pictures = [
            plot(each.points, self.start_ns, self.end_ns, scale=scale, size=(columns, rows), ink=ink).lines(ink)
            if (scale := scales.get(each.quantity))
            else empty
            for each in self.traces
        ]
        cursor = None if self.cursor_ns is None else self.column_of(self.cursor_ns, columns)
        for place, cells in enumerate(overlaid(pictures, are_named=len(self.traces) > 1)):
            left, right = self._labels(scales, place, rows)
            yield [Segment(left, look.muted), *_drawn(cells, cursor, look), Segment(right, look.muted)]

    def _labels(self, scales: dict[str, Scale], place: int, rows: int) -> tuple[str, str]:
        """The values beside one row, with the ends of their axes."""
        share = place / max(1, rows - 1)
        values = [self._label(quantity, scales.get(quantity), share) for quantity in self.quantities]
        is_labelled = place in (0, rows // 2, rows - 1)
        if not self.has_axes:
            return " " * (LABELS - 1) + "│", ""
        left = fit(values[0], LABELS - 2, right=True) + " ┤" if is_labelled else " " * (LABELS - 1) + "│"
        if len(values) == 1:
            return left, ""
        return left, "├ " + values[1] if is_labelled else "│"

    def _label(self, quantity: str, scale: Scale | None, share: float) -> str:
        if scale is None:
            return ""
        decimals = max(each.decimals for each in self.traces if each.quantity == quantity)
        return number(scale.at(share), max(decimals, 0 if scale.high - scale.low > FINE else 2))

    def _mark_line(self, columns: int, look: Look) -> Line:
        """The gravest mark of each column, and the cursor."""
        signs = [Segment(" ")] * columns
        for mark in sorted(self.marks, key=lambda each: GRAVITY[each.kind], reverse=True):
            signs[self.column_of(mark.time_ns, columns)] = Segment(SIGNS[mark.kind], ink_of(mark.kind, look))
        if self.cursor_ns is not None:
            place = self.column_of(self.cursor_ns, columns)
            sign = signs[place].text.strip() or CURSOR
            signs[place] = Segment(sign, look.cursor)
        return signs


def inks(look: Look) -> tuple[Style, ...]:
    """The styles of the curves."""
    return look.accent, look.warn, look.good, look.strong


def _drawn(cells: Iterable[Cell], cursor: int | None, look: Look) -> Iterator[Segment]:
    """The cells of one row, in pieces of one style."""
    styles = inks(look)

    def style_of(place_and_cell: tuple[int, Cell]) -> Style:
        place, cell = place_and_cell
        if place == cursor:
            return look.cursor
        return styles[cell.curve] if cell.curve >= 0 else look.plain

    for style, pieces in groupby(enumerate(cells), style_of):
        yield Segment("".join(cell.text for _, cell in pieces), style)
