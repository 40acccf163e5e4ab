"""Curves as dots: which dots, how high a scale reaches, and what a cell shows where curves cross."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hostcore.events.history import HistoryPoint
from tui.raster import Ink, Strokes

LEAST_SHARE = 1e-9
"""How far a scale of one constant number reaches above and below it, as a share of a large number.

With less, floats could not tell the bounds apart."""
LETTERS = "ABCD"
"""The names of curves in one graph."""
BETWEEN_LETTERS = 20
"""Cells from one letter on a curve to the next."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The values at the bottom and the top of a graph."""

    low: float
    high: float

    @classmethod
    def over(cls, points: Iterable[HistoryPoint]) -> Scale | None:
        """The scale that just holds all points; None if there are none."""
        bounds = [(each.lowest, each.highest) for each in points]
        if not bounds:
            return None
        low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
        if high - low <= 0:
            margin = max(1.0, abs(high) * LEAST_SHARE)
            low, high = low - margin, high + margin
        return cls(low, high)

    def at(self, share: float) -> float:
        """The value at a height, from 0 at the top to 1 at the bottom."""
        return self.high - (self.high - self.low) * share

    def share(self, value: float) -> float:
        """The height of a value, from 0 at the top to 1 at the bottom."""
        return (self.high - value) / (self.high - self.low)


@dataclass(slots=True)
class _Column:
    """The points that share one column of dots: how far they reach, and the values with which they begin and end."""

    x: int
    lowest: float
    highest: float
    begin: float
    end: float
    is_joined: bool
    """Whether a line leads to it from the column before."""


def plot(
    points: Sequence[HistoryPoint], start_ns: int, end_ns: int, *, scale: Scale, size: tuple[int, int], ink: Ink
) -> Strokes:
    """Draw a curve. Each point is a stroke from its least to its greatest value, joined to the one before it.

    Args:
        points: the curve, by time.
        start_ns: the time at the left edge.
        end_ns: the time at the right edge.
        scale: the values at the bottom and the top.
        size: the columns and rows of the picture, in characters.
        ink: the characters.
    """
    across, down = ink.cell
    strokes = Strokes.blank(size[0] * across, size[1] * down)
    bottom = strokes.height - 1
    before: tuple[int, int] | None = None
    for column in _columns(points, start_ns, end_ns, len(strokes.columns)):
        high, low, begin, end = (
            round(scale.share(each) * bottom) for each in (column.highest, column.lowest, column.begin, column.end)
        )
        strokes.stroke(column.x, high, low)
        if before is not None and column.is_joined:
            _join(strokes, before, (column.x, begin))
        before = column.x, end
    return strokes


def _columns(points: Sequence[HistoryPoint], start_ns: int, end_ns: int, width: int) -> Iterator[_Column]:
    """Collect the points of each column of dots. Those beyond the edges are in the columns -1 and `width`."""
    span_ns = end_ns - start_ns
    column: _Column | None = None
    for point in points:
        # If the clock is set, points lie years apart. The line between them must not be endless.
        x = max(-1, min((point.time_ns - start_ns) * width // span_ns, width))
        if column is not None and column.x == x and not point.is_after_gap:
            column.lowest, column.highest = min(column.lowest, point.lowest), max(column.highest, point.highest)
            column.end = point.mean
            continue
        if column is not None:
            yield column
        column = _Column(x, point.lowest, point.highest, point.mean, point.mean, is_joined=not point.is_after_gap)
    if column is not None:
        yield column


def _join(strokes: Strokes, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw a line between two points. If `end` is not to the right of `start`, draw only a vertical stroke."""
    (x1, y1), (x2, y2) = start, end
    steps = max(1, x2 - x1)
    before = y1
    for step in range(steps + 1):
        y = round(y1 + (y2 - y1) * step / steps)
        strokes.stroke(x1 + step if x2 > x1 else x2, before, y)
        before = y


@dataclass(frozen=True, slots=True)
class Cell:
    """One character of a picture."""

    text: str
    curve: int
    """The curve that it shows, as a number from 0; -1 if it shows none."""


NOTHING = Cell(" ", -1)


def overlaid(pictures: Sequence[Sequence[str]], are_named: bool) -> list[list[Cell]]:
    """Lay pictures of equal size over each other, the first on top.

    Args:
        pictures: the lines of each curve.
        are_named: whether letters on the curves say which is which.
    """
    height, width = len(pictures[0]), len(pictures[0][0])
    cells = [[_top(pictures, x, y) for x in range(width)] for y in range(height)]
    if are_named:
        for curve in range(len(pictures)):
            _write_letters(cells, curve, first=BETWEEN_LETTERS // (2 * len(LETTERS)) * (2 * curve + 1))
    return cells


def _top(pictures: Sequence[Sequence[str]], x: int, y: int) -> Cell:
    for curve, lines in enumerate(pictures):
        if lines[y][x] != " ":
            return Cell(lines[y][x], curve)
    return NOTHING


def _write_letters(cells: list[list[Cell]], curve: int, first: int) -> None:
    """Write a curve's letter on it, every `BETWEEN_LETTERS` columns, where it is in sight."""
    for x in range(first, len(cells[0]), BETWEEN_LETTERS):
        rows = [y for y in range(len(cells)) if cells[y][x].curve == curve]
        if rows:
            cells[rows[len(rows) // 2]][x] = Cell(LETTERS[curve], curve)
