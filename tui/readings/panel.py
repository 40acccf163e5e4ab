"""A small chart of one number, on the page of all numbers."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import Segment

from tui.lines import Line
from tui.look import Look
from tui.readings.drawings import Drawing
from tui.readings.gauge import gauge
from tui.readings.picture import Picture
from tui.readings.trace import Trace
from tui.text import fit

LABELS = 9
"""Cells for the values beside a small chart."""
AROUND = 3
"""Lines of a panel around its picture: the title, the gauge or the statistics, and a gap."""


def panel_lines(
    picture: Picture, size: tuple[int, int], look: Look, drawing: Drawing, *, is_chosen: bool
) -> Iterator[Line]:
    """Draw a panel: the key with its last value, the curve, then its gauge or else its statistics.

    Args:
        picture: the curve.
        size: cells of a line, and lines.
        look: the styles.
        drawing: how the curve is drawn.
        is_chosen: whether keys act on it.
    """
    (width, height), trace = size, picture.traces[0]
    yield _title(trace, width, look, is_chosen=is_chosen)
    yield from picture.lines(width, height - AROUND, look, drawing)
    margin = Segment(" " * drawing.labels)
    if trace.limits is not None and trace.latest is not None:
        yield [margin, *gauge(trace.latest, trace.limits, trace.bounds, width - drawing.labels, look)]
    else:
        yield [margin, Segment(_range(trace, width - drawing.labels), look.muted)]
    yield [Segment(" " * width)]


def _title(trace: Trace, width: int, look: Look, *, is_chosen: bool) -> Line:
    value = f"{trace.warning[:1].upper()} {trace.now} {trace.unit}".strip()
    key = fit(trace.key, max(1, width - cell_len(value) - 1))
    if is_chosen:
        return [Segment(f"{key} {value}", look.cursor)]
    return [Segment(f"{key} ", look.plain), Segment(value, look.warn if trace.warning else look.strong)]


def _range(trace: Trace, width: int) -> str:
    """The extremes in words, and the mean if there is room for it."""
    if trace.statistics is None:
        return fit("no values in this time", width)
    least, mean, most, _ = trace.figures()
    extremes = f"{least} to {most}"
    both = f"{extremes}, mean {mean}"
    return fit(both if cell_len(both) <= width else extremes, width)
