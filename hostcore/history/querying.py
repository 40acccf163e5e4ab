"""Answers queries from a history file. Import it only after the start: it imports sqlite3."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hostcore.clock import NS_PER_MS
from hostcore.events.history import MOST_MARKS, HistoryMark, MarkKind
from hostcore.history.bins import Bins, Summary
from hostcore.history.schema import HOUR_MS, MINUTE_MS, WIDTHS
from hostcore.history.series import Entry, Origin, SeriesKey
from hostcore.history.thinning import Progress, progress_of
from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A series as a list shows it."""

    key: SeriesKey
    entry: Entry
    first_ms: int
    """The begin of the hour of its oldest value, milliseconds since the Unix epoch; 0 if it has none."""
    last_ms: int
    """The begin of the hour of its newest value, or its time."""
    count: int
    """How many values it has had, without those that are deleted."""

    @property
    def name(self) -> str:
        """The name of its number: the plugin and the keys, with dots between them. Not yet fit for a terminal."""
        return ".".join((self.key.plugin, *self.key.path))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the time, and the table to read for it."""

    table: str
    since: int
    """Milliseconds since the Unix epoch."""
    until: int
    """Exclusive."""


def read_bins(connection: sqlite3.Connection, ids: Sequence[tuple[int, Origin]], bins: Bins, whole: Part) -> None:
    """Read series into bins. Blocks while the disk is read.

    Args:
        connection: the history.
        ids: the number of each series and its origin.
        bins: takes the values, each from the coarsest table that is fine enough and still has it.
        whole: the time; its table does not count.
    """
    for part in _parts(bins.step, whole, progress_of(connection)):
        for series, origin in ids:
            for first, width, *summary in _rows(connection, part, series, bins.step):
                bins.add(first, width, Summary(*summary), origin)


def series_of(connection: sqlite3.Connection, plugin: str, path: tuple[str, ...]) -> list[tuple[int, Origin]]:
    """Return the number and the origin of each series with the values of a number."""
    found = connection.execute(
        "SELECT id, origin FROM series WHERE plugin = ? AND path = ?", (plugin, SeriesKey(plugin, path).path_text)
    )
    return [(series, Origin(origin)) for series, origin in found]


def entries_of_all(connection: sqlite3.Connection) -> dict[SeriesKey, Entry]:
    """Return all series."""
    found = connection.execute("SELECT plugin, path, origin, id, unit, is_guessed FROM series ORDER BY id")
    return {
        SeriesKey(plugin, tuple(json.loads(path)), Origin(origin)): Entry(series, unit, bool(is_guessed))
        for plugin, path, origin, series, unit, is_guessed in found
    }


def stored_series(connection: sqlite3.Connection) -> list[StoredSeries]:
    """Return all series, by plugin and path. Reads the hours of all of them, and the values since the last hour."""
    spans: dict[int, tuple[int, int, int]] = {}
    hours = connection.execute(
        f"SELECT series, min(slot) * {HOUR_MS}, max(slot) * {HOUR_MS}, sum(count) FROM hours GROUP BY series"
    )
    newest = connection.execute(
        "SELECT series, min(time), max(time), count(*) FROM raw WHERE time >= ? GROUP BY series",
        (progress_of(connection).thinned_until,),
    )
    for series, first, last, count in (*hours, *newest):
        known = spans.get(series, (first, last, 0))
        spans[series] = min(known[0], first), max(known[1], last), known[2] + count
    entries = entries_of_all(connection).items()
    found = [StoredSeries(key, entry, *spans.get(entry.id, (0, 0, 0))) for key, entry in entries]
    return sorted(found, key=lambda each: (each.key.plugin, each.key.path, each.key.origin))


def read_marks(connection: sqlite3.Connection, plugin: str, since: int, until: int) -> list[HistoryMark]:
    """Return the newest `MOST_MARKS` marks of a plugin and of the whole host, the oldest first. Times in ms."""
    found = connection.execute(
        "SELECT time, plugin, kind, text FROM marks WHERE time >= ? AND time < ? AND plugin IN ('', ?) "
        f"ORDER BY time DESC, id DESC LIMIT {MOST_MARKS}",
        (since, until, plugin),
    )
    known = frozenset(MarkKind)  # a later version may have more
    marks = [
        HistoryMark(time * NS_PER_MS, name, MarkKind(kind), text) for time, name, kind, text in found if kind in known
    ]
    return marks[::-1]


def _parts(step: int, whole: Part, progress: Progress) -> Iterator[Part]:
    """Yield the parts of the time that have something, the oldest first."""
    thinned, raw_since, minutes_since = progress.thinned_until, progress.raw_since, progress.minutes_since
    if step >= HOUR_MS:
        borders = [("hours", 0), ("raw", thinned)]
    elif step >= MINUTE_MS:
        borders = [("hours", 0), ("minutes", minutes_since), ("raw", thinned)]
    else:
        borders = [("hours", 0), ("minutes", min(minutes_since, raw_since)), ("raw", raw_since)]
    ends = [begin for _, begin in borders[1:]] + [whole.until]
    for (table, begin), end in zip(borders, ends, strict=True):
        part = Part(table, max(begin, whole.since), min(end, whole.until))
        if part.since < part.until:
            yield part


def _rows(connection: sqlite3.Connection, part: Part, series: int, step: int) -> Iterable[tuple[Any, ...]]:
    """Return first, width, count, lowest, total and highest of each bin."""
    if part.table == "raw":
        return connection.execute(
            "SELECT min(time), 0, count(*), min(value), sum(value), max(value) FROM raw "
            "WHERE time >= ? AND time < ? AND series = ? GROUP BY time / ?",
            (part.since, part.until, series, step),
        )
    width = WIDTHS[part.table]
    return connection.execute(
        f"""
        SELECT min(slot) * {width}, {width}, sum(count), min(lowest), sum(total), max(highest) FROM {part.table}
        WHERE series = ? AND slot >= ? AND slot < ? GROUP BY slot * {width} / ?
        """,
        (series, part.since // width, -(-part.until // width), step),
    )
