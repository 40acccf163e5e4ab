"""Thins a history: counts values in minutes and hours, deletes the oldest, and keeps the file small.

Every value is counted once: when its hour is over, or when it is written if it comes later than that, because the clock
has stepped back. Import it only after the start: it imports sqlite3.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from hostcore.history.schema import HOUR_MS, WIDTHS
from hostcore.quick_dataclass import dataclass

MOST_KEPT_MARKS = 50_000
"""The most marks that are kept, in 10 MB."""
SHARE = 8
"""When the file is too large, the oldest of this many parts of the time goes at once."""
_MERGED = """
ON CONFLICT (series, slot) DO UPDATE SET
    count = count + excluded.count,
    lowest = min(lowest, excluded.lowest),
    total = total + excluded.total,
    highest = max(highest, excluded.highest)
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """What has become of the values, in milliseconds since the Unix epoch. All are full hours."""

    thinned_until: int
    """Values before this are counted in minutes and hours."""
    raw_since: int
    """Each value from here on is kept."""
    minutes_since: int
    """Each minute from here on is kept."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How long values are kept, in milliseconds."""

    raw: int
    minutes: int
    hours: int


def progress_of(connection: sqlite3.Connection) -> Progress:
    """Return how far a history is thinned."""
    return Progress(*connection.execute("SELECT thinned_until, raw_since, minutes_since FROM progress").fetchone())


def insert(connection: sqlite3.Connection, values: Iterable[tuple[int, int, float]], thinned_until: int) -> None:
    """Store values: time, series and value. Call it in a transaction.

    Args:
        connection: the history.
        values: times are in milliseconds. One series has one value at a time.
        thinned_until: that of the history's progress.
    """
    rows = list(values)
    connection.executemany("INSERT OR REPLACE INTO raw (time, series, value) VALUES (?, ?, ?)", rows)
    late = [row for row in rows if row[0] < thinned_until]
    for table, width in WIDTHS.items():
        connection.executemany(
            f"INSERT INTO {table} (series, slot, count, lowest, total, highest) VALUES (?, ?, 1, ?, ?, ?) {_MERGED}",
            ((series, time // width, value, value, value) for time, series, value in late),
        )


def thin(connection: sqlite3.Connection, until: int) -> None:
    """Count the values before `until` in minutes and hours, if they are not yet. Call it in a transaction.

    Args:
        connection: the history.
        until: milliseconds since the Unix epoch, a full hour.
    """
    since = progress_of(connection).thinned_until
    if until <= since:
        return
    for table, width in WIDTHS.items():
        connection.execute(
            f"""
            INSERT INTO {table} (series, slot, count, lowest, total, highest)
            SELECT series, time / {width}, count(*), min(value), sum(value), max(value)
            FROM raw WHERE time >= ? AND time < ? GROUP BY 1, 2
            {_MERGED}
            """,
            (since, until),
        )
    connection.execute("UPDATE progress SET thinned_until = ?", (until,))


def expire(connection: sqlite3.Connection, now: int, keep: Keep) -> None:
    """Delete what is older than it may be, and series that have no values any more. Call it in a transaction."""
    progress = progress_of(connection)
    raw_since = min(_hour(now - keep.raw), progress.thinned_until)
    _delete_raw(connection, raw_since)
    minutes_since = min(_hour(now - keep.minutes), raw_since)
    _delete_minutes(connection, minutes_since)
    hours_since = min(_hour(now - keep.hours), minutes_since)
    _delete_hours(connection, hours_since)
    connection.execute("DELETE FROM marks WHERE time < ?", (hours_since,))
    connection.execute(f"DELETE FROM marks WHERE id <= (SELECT max(id) FROM marks) - {MOST_KEPT_MARKS}")
    _delete_empty_series(connection)


def shrink(connection: sqlite3.Connection, most_bytes: int) -> bool:
    """Delete the oldest part of the finest values if the file is too large. Call it in a transaction.

    Returns:
        Whether something was deleted. Call it again until nothing is.
    """
    if used_bytes(connection) <= most_bytes:
        return False
    progress = progress_of(connection)
    oldest_raw = _least(connection, "SELECT min(time) FROM raw")
    if oldest_raw is not None and oldest_raw < progress.thinned_until:
        _delete_raw(connection, _next_part(oldest_raw, progress.thinned_until))
        return True
    for table, delete in (("minutes", _delete_minutes), ("hours", _delete_hours)):
        oldest = _least(connection, f"SELECT min(slot) * {WIDTHS[table]} FROM {table}")
        if oldest is not None and oldest < progress.thinned_until:
            delete(connection, _next_part(oldest, progress.thinned_until))
            return True
    return False


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return the bytes of the file that hold something."""
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _next_part(oldest: int, until: int) -> int:
    return min(_hour(oldest + (until - oldest) // SHARE) + HOUR_MS, until)


def _delete_raw(connection: sqlite3.Connection, since: int) -> None:
    connection.execute("DELETE FROM raw WHERE time < ?", (since,))
    connection.execute("UPDATE progress SET raw_since = max(raw_since, ?)", (since,))


def _delete_minutes(connection: sqlite3.Connection, since: int) -> None:
    _delete_slots(connection, "minutes", since)
    connection.execute("UPDATE progress SET minutes_since = max(minutes_since, ?)", (since,))


def _delete_hours(connection: sqlite3.Connection, since: int) -> None:
    _delete_slots(connection, "hours", since)


def _delete_slots(connection: sqlite3.Connection, table: str, since: int) -> None:
    """Delete one series after the other, which finds the first of its rows in the table's order."""
    series = connection.execute("SELECT id FROM series").fetchall()
    slot = since // WIDTHS[table]
    connection.executemany(f"DELETE FROM {table} WHERE series = ? AND slot < ?", ((each, slot) for (each,) in series))


def _delete_empty_series(connection: sqlite3.Connection) -> None:
    connection.execute(
        """
        DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM hours WHERE hours.series = id)
        AND id NOT IN (SELECT series FROM raw WHERE time >= (SELECT thinned_until FROM progress))
        """
    )


def _least(connection: sqlite3.Connection, query: str) -> int | None:
    (found,) = connection.execute(query).fetchone()
    return None if found is None else int(found)


def _hour(time: int) -> int:
    return time - time % HOUR_MS
