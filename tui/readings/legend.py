"""The lines above a graph: what the curves are, and what is at the cursor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.segment import Segment

from tui.lines import Line, width_of
from tui.look import Look
from tui.marks import SIGNS, WORDS, ink_of
from tui.readings.gauge import LEAST_WIDTH, gauge
from tui.readings.picture import Picture
from tui.readings.plot import LETTERS
from tui.readings.trace import Trace
from tui.readings.window import Window
from tui.text import DAY, HOUR, NS_PER_S, fit, moment, safe, time_of_day

FIGURES = ("now", "least", "mean", "most", "values")
"""The columns of the table of several curves."""
MOST_GAUGE = 44
"""Cells of a gauge beside the value."""
LEAST_KEY = 12
"""Cells of a key in the table."""
LONGEST_TEXT = 200
"""Characters of a mark that are shown."""


def legend(picture: Picture, window: Window, note: str, width: int, look: Look) -> Iterator[Line]:
    """Name the curves, with their statistics.

    Args:
        picture: the curves.
        window: the time that they show.
        note: what there is to say about all of them.
        width: cells of a line.
        look: the styles.
    """
    traces = picture.traces
    if len(traces) == 1:
        yield from _alone(traces[0], window, note, width, look)
        return
    warnings = sorted({f"{each.warning[0].upper()}: {each.warning}" for each in traces if each.warning})
    yield [Segment(_sentence(window.words(), _scales(picture), note, *warnings), look.muted)]
    yield from _table(traces, width, look)


def _table(traces: Sequence[Trace], width: int, look: Look) -> Iterator[Line]:
    """A row for each curve: its letter, key, warning, last value, least, mean and greatest value."""
    rows = [(f"{each.now} {each.unit}".rstrip(), *each.figures()) for each in traces]
    widths = [max(map(cell_len, column)) + 2 for column in zip(FIGURES, *rows, strict=True)]
    key_width = min(max(cell_len(each.key) for each in traces), max(LEAST_KEY, width - sum(widths) - 4))
    yield [Segment(" " * (key_width + 4) + _cells(FIGURES, widths), look.muted)]
    for letter, trace, row, ink in zip(LETTERS, traces, rows, look.curves, strict=False):
        yield [
            Segment(f"{letter} {fit(trace.key, key_width)} ", ink),
            Segment(trace.warning[:1].upper() or " ", look.warn),
            Segment(_cells(row, widths), ink),
        ]


def _cells(texts: Iterable[str], widths: Iterable[int]) -> str:
    return "".join(fit(text, width, right=True) for text, width in zip(texts, widths, strict=True))


def _alone(trace: Trace, window: Window, note: str, width: int, look: Look) -> Iterator[Line]:
    place, dot, label = trace.key.rpartition(".")
    line = [
        Segment(place + dot, look.muted),
        Segment(label, look.strong),
        Segment(f"   {trace.now} {trace.unit}", look.curves[0]),
        Segment(f"   {trace.warning}" if trace.warning else "", look.warn),
        Segment(f"   {note}" if note else "", look.muted),
    ]
    yield [*line, *_gauge(trace, width - width_of(line) - 3, look)]
    yield [Segment(f"{window.words()}: {trace.summary()}", look.muted)]


def _gauge(trace: Trace, room: int, look: Look) -> Line:
    """The gauge of a value with limits, if there is room for one."""
    if trace.limits is None or trace.latest is None or room < LEAST_WIDTH:
        return []
    return [Segment("   "), *gauge(trace.latest, trace.limits, trace.bounds, min(room, MOST_GAUGE), look)]


def _sentence(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _scales(picture: Picture) -> str:
    """Which curve has which scale."""
    if len(picture.quantities) == 1:
        return ""
    if not picture.has_axes:
        return "each unit has its own scale"
    names = []
    for quantity in picture.quantities:
        letters = [letter for letter, each in zip(LETTERS, picture.traces, strict=False) if each.quantity == quantity]
        names.append(f"{'+'.join(letters)} {quantity}")
    return f"left: {names[0]}, right: {names[1]}"


def marks_line(picture: Picture, look: Look) -> Line:
    """How many marks of each kind there are, with their signs."""
    counts = Counter(each.kind for each in picture.marks)
    line: Line = []
    for kind, sign in SIGNS.items():
        if counts[kind]:
            one, several = WORDS[kind]
            line += [
                Segment(sign, ink_of(kind, look)),
                Segment(f" {counts[kind]} {one if counts[kind] == 1 else several}  ", look.muted),
            ]
    return line


def cursor_line(picture: Picture, columns: int, look: Look) -> Line:
    """The time at the cursor, the values there, and the gravest mark."""
    assert picture.cursor_ns is not None
    start_ns, end_ns = picture.column_bounds(picture.column_of(picture.cursor_ns, columns), columns)
    letters = LETTERS if len(picture.traces) > 1 else " "
    values = [
        f"{letter} {each.at(start_ns, end_ns)}".strip() for letter, each in zip(letters, picture.traces, strict=False)
    ]
    mark = picture.mark_at(picture.column_of(picture.cursor_ns, columns), columns)
    return [
        Segment(f"{_when(start_ns, picture)} ", look.strong),
        Segment("  ".join(values), look.plain),
        *([Segment(f"  {SIGNS[mark.kind]} {safe(mark.text, LONGEST_TEXT)}", ink_of(mark.kind, look))] if mark else []),
    ]


def _when(time_ns: int, picture: Picture) -> str:
    """A time, as fine as the picture."""
    span_s = (picture.end_ns - picture.start_ns) / NS_PER_S
    if span_s > 2 * DAY:
        return moment(time_ns)
    return time_of_day(time_ns)[: 8 if span_s < 2 * HOUR else 5]
