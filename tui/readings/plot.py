"""Curves as dots: which dots, the shade below them, and where letters name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hostcore.events.history import HistoryPoint
from hostcore.quick_dataclass import dataclass
from tui.raster import Ink, Strokes
from tui.readings.scale import Scale

LETTERS = "ABCD"
"""The names of curves in one graph."""
BETWEEN_LETTERS = 20
"""Cells from one letter on a curve to the next."""


@dataclass(frozen=True, slots=True)
class Plotted:
    """A curve in dots."""

    line: Strokes
    """The means, joined."""
    band: Strokes
    """From the least to the greatest value of each column of dots."""

    @property
    def merged(self) -> Strokes:
        """Both as one."""
        pairs = zip(self.line.columns, self.band.columns, strict=True)
        return Strokes(self.line.height, [line | band for line, band in pairs])


@dataclass(slots=True)
class _Column:
    """The points that share one column of dots: how far they reach, and their mean."""

    x: int
    lowest: float
    mean: float
    highest: float
    count: int
    is_joined: bool
    """Whether a line leads to it from the column before."""

    def take(self, point: HistoryPoint) -> None:
        """One more point."""
        self.lowest, self.highest = min(self.lowest, point.lowest), max(self.highest, point.highest)
        self.count += point.count
        self.mean += (point.mean - self.mean) * (point.count / self.count)


def plot(
    points: Sequence[HistoryPoint], start_ns: int, end_ns: int, *, scale: Scale, size: tuple[int, int], ink: Ink
) -> Plotted:
    """Draw a curve: a line through the mean of each column of dots, and a band over its values.

    Args:
        points: the curve, by time.
        start_ns: the time at the left edge.
        end_ns: the time at the right edge.
        scale: the values at the bottom and the top.
        size: the columns and rows of the picture, in characters.
        ink: the characters.
    """
    across, down = ink.cell
    width, height = size[0] * across, size[1] * down
    line, band = Strokes.blank(width, height), Strokes.blank(width, height)
    before: tuple[int, int] | None = None
    for column in _columns(points, start_ns, end_ns, width):
        high, at, low = (scale.row(each, height) for each in (column.highest, column.mean, column.lowest))
        band.stroke(column.x, high, low)
        line.stroke(column.x, at, at)
        if before is not None and column.is_joined:
            _join(line, before, (column.x, at))
        before = column.x, at
    return Plotted(line, band)


def _columns(points: Sequence[HistoryPoint], start_ns: int, end_ns: int, width: int) -> Iterator[_Column]:
    """Collect the points of each column of dots. Those beyond the edges are in the columns -1 and `width`."""
    span_ns = end_ns - start_ns
    column: _Column | None = None
    for point in points:
        # If the clock is set, points lie years apart. The line between them must not be endless.
        x = max(-1, min((point.time_ns - start_ns) * width // span_ns, width))
        if column is not None and column.x == x and not point.is_after_gap:
            column.take(point)
            continue
        if column is not None:
            yield column
        column = _Column(x, point.lowest, point.mean, point.highest, point.count, not point.is_after_gap)
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


def filled(lines: Sequence[str], ink: Ink) -> list[str]:
    """Return a picture of equal size with a shade below the curve. Where the curve has a gap, there is none.

    Args:
        lines: the curve.
        ink: the characters.
    """
    shades, above = [], " " * len(lines[0]) if lines else ""  # a small terminal has no room for a single line
    for line in lines:
        shades.append(
            "".join([ink.shade if up != " " and at == " " else " " for up, at in zip(above, line, strict=True)])
        )
        above = "".join([at if at != " " else up for up, at in zip(above, line, strict=True)])
    return shades


def letters(pictures: Mapping[int, Sequence[str]]) -> Iterator[tuple[int, int, int]]:
    """The places of the letters on curves: curve, column and row. One is every `BETWEEN_LETTERS` columns, in sight.

    Args:
        pictures: the lines of each curve, by its number; the first is on top.
    """
    for curve, lines in pictures.items():
        first = BETWEEN_LETTERS // (2 * len(LETTERS)) * (2 * curve + 1)
        for x in range(first, len(lines[0]), BETWEEN_LETTERS):
            rows = [y for y in range(len(lines)) if _top(pictures, x, y) == curve]
            if rows:
                yield curve, x, rows[len(rows) // 2]


def _top(pictures: Mapping[int, Sequence[str]], x: int, y: int) -> int:
    """The curve that a cell shows; -1 if it shows none."""
    return next((curve for curve, lines in pictures.items() if lines[y][x] != " "), -1)
