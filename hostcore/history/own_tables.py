"""Checks that the tables of a history are those that hosts make. Import it only after the start: it imports sqlite3."""

from __future__ import annotations

import sqlite3

from hostcore.errors import ForeignTablesError
from hostcore.history.querying import entries_of_all
from hostcore.history.series import Entry, SeriesKey

_THINNED = (
    "EXPLAIN INSERT INTO {name} (series, slot, count, lowest, total, highest) VALUES (0, 0, 0, 0, 0, 0) "
    "ON CONFLICT (series, slot) DO UPDATE SET count = 0"
)
_PROBES = (
    "EXPLAIN INSERT INTO series (plugin, path, origin, unit, is_guessed) VALUES ('', '', 0, '', 0) "
    "ON CONFLICT (plugin, path, origin) DO UPDATE SET unit = '' RETURNING id",
    "EXPLAIN INSERT INTO raw (time, series, value) VALUES (0, 0, 0) ON CONFLICT (time, series) DO NOTHING",
    _THINNED.format(name="minutes"),
    _THINNED.format(name="hours"),
    "EXPLAIN INSERT INTO marks (id, time, plugin, kind, text) VALUES (0, 0, '', '', '')",
)
"""What SQLite only prepares, and refuses if a table, a column or a key is missing."""
_PROGRESS = (
    "SELECT count(*) FROM progress WHERE typeof(thinned_until) = 'integer' AND typeof(raw_since) = 'integer' "
    "AND typeof(minutes_since) = 'integer'"
)


def require_own_tables(connection: sqlite3.Connection) -> dict[SeriesKey, Entry]:
    """Return all series of a history. Blocks while the disk works.

    Raises:
        ForeignTablesError: no host has made these tables. A write would fail each time.
        sqlite3.Error: they cannot be read.
    """
    try:
        for probe in _PROBES:
            connection.execute(probe).fetchall()
        (rows,) = connection.execute(_PROGRESS).fetchone()
        entries = entries_of_all(connection)
    except (ValueError, TypeError) as error:
        raise ForeignTablesError(f"no host has made its table of series: {error}") from None
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR:
            raise
        raise ForeignTablesError(f"no host has made its tables: {error}") from None
    if rows != 1:
        raise ForeignTablesError(f"its table progress has {rows} rows of three whole numbers instead of one")
    return entries
