"""The times below a graph: as fine as its span, and at round local times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tui.text import DAY, HOUR, MINUTE, NS_PER_S

STEPS = (
    1, 5, 10, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
)  # fmt: skip
"""Seconds between two labels."""
DAYS = (1, 2, 7, 14)
"""Days between two labels. Beyond these, labels stand at the first of a month."""
MONTHS = (1, 2, 3, 6, 12)
LONGEST_LABEL = 9
"""Cells of the longest label with its tick."""
GAP = 2
"""Cells between two labels, at least."""
TICK = "└"
"""Stands in the column of the time that follows it."""


def axis(start_ns: int, end_ns: int, width: int) -> str:
    """The labels in `width` cells, for a graph from `start_ns` to `end_ns`, in nanoseconds since the Unix epoch."""
    span_s = (end_ns - start_ns) / NS_PER_S
    line = ""
    for time_s, label in _labels(start_ns / NS_PER_S, end_ns / NS_PER_S, _least_step(span_s, width)):
        place = int((time_s - start_ns / NS_PER_S) / span_s * width)
        text = TICK + label
        if place >= len(line) + bool(line) and place + len(text) <= width:
            line = line.ljust(place) + text
    return line.ljust(width)


def _least_step(span_s: float, width: int) -> float:
    """The least seconds between two labels that leave a gap between them."""
    return span_s * (LONGEST_LABEL + GAP) / max(1, width)


def _labels(start_s: float, end_s: float, least_s: float) -> Iterator[tuple[float, str]]:
    """The times of the labels, in seconds since the Unix epoch, and their texts."""
    for step in STEPS:
        if step >= least_s:
            return _times(start_s, end_s, step)
    first = datetime.fromtimestamp(start_s).date()
    for days in DAYS:
        if days * DAY >= least_s:
            return _dates(first, end_s, days)
    for months in MONTHS[:-1]:
        if months * 28 * DAY >= least_s:
            return _months(first, end_s, months)
    return _months(first, end_s, MONTHS[-1])


def _times(start_s: float, end_s: float, step: int) -> Iterator[tuple[float, str]]:
    """Times of day. The first of a day is its date."""
    offset = datetime.fromtimestamp(start_s).astimezone().utcoffset() or timedelta()
    shift = round(offset.total_seconds())
    time_s = -(-(start_s + shift) // step) * step - shift
    while time_s < end_s:
        moment = datetime.fromtimestamp(time_s)
        is_midnight = not (moment.hour or moment.minute or moment.second)
        yield time_s, _day(moment) if is_midnight else f"{moment:%H:%M:%S}" if step < MINUTE else f"{moment:%H:%M}"
        time_s += step


def _dates(first: date, end_s: float, days: int) -> Iterator[tuple[float, str]]:
    """Midnights."""
    day = first + timedelta(days=-(first.toordinal() % days) % days)
    while (time_s := datetime(day.year, day.month, day.day).timestamp()) < end_s:
        yield time_s, _day(day)
        day += timedelta(days=days)


def _months(first: date, end_s: float, months: int) -> Iterator[tuple[float, str]]:
    """The first days of months. January is the year."""
    count = first.year * 12 + first.month - 1
    count += -count % months
    while (time_s := datetime(count // 12, count % 12 + 1, 1).timestamp()) < end_s:
        month = date(count // 12, count % 12 + 1, 1)
        yield time_s, f"{month:%b}" if month.month > 1 else f"{month.year}"
        count += months


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
