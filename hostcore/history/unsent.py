"""The copy of the readings that wait for the broker: one table, which only the files of hosts with `[mqtt]` have.

An older host leaves the table alone. Import it only after the start: it imports sqlite3.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import suppress

from hostcore.broker.topics import RESERVED, is_name
from hostcore.broker.unsent import UnsentChanges, UnsentReading
from hostcore.clock import NS_PER_MS
from hostcore.history.schema import transaction
from hostcore.log.safe_text import log_line

LONGEST = 4 << 20
"""Bytes of a payload. Every reading is smaller; a damaged file can have larger ones."""
_RUN = re.compile(r"[0-9a-f]{8}", re.ASCII)
_OBJECTS = {
    "unsent": "CREATE TABLE unsent "
    "(id INTEGER PRIMARY KEY, time INTEGER, run TEXT, number INTEGER, plugin TEXT, payload BLOB)",
    "unsent_by_number": "CREATE UNIQUE INDEX unsent_by_number ON unsent (run, number)",
}
"""The table and its index. SQLite keeps these texts."""
_ASIDE = "unsent_aside"
"""The name of a table that was in the place of ours."""
LONGEST_SHOWN = 300
"""Characters of what was there, in the log."""


def put_copy_aside(connection: sqlite3.Connection) -> str:
    """Give a table in the place of the copy that no host has made another name. Delete other things with its name.

    Returns:
        What was found, in words; "" if nothing had to be done.

    Raises:
        sqlite3.Error: the file cannot be changed.
    """
    found = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND "
        "(tbl_name = 'unsent' COLLATE NOCASE OR name COLLATE NOCASE IN ('unsent', 'unsent_by_number'))"
    ).fetchall()
    if not found or {name: sql for _, name, sql in found} == _OBJECTS:
        return ""
    with transaction(connection):
        for kind, name, _ in found:
            if name.lower() in _OBJECTS:  # what belongs to a table goes with it
                _remove(connection, kind, name)
    return log_line("; ".join(sql for *_, sql in found), LONGEST_SHOWN)


def _remove(connection: sqlite3.Connection, kind: str, name: str) -> None:
    if kind == "table":
        with suppress(sqlite3.OperationalError):  # such as a view elsewhere that SQLite cannot read
            connection.execute(f"DROP TABLE IF EXISTS {_ASIDE}")
            connection.execute(f"ALTER TABLE {name} RENAME TO {_ASIDE}")
            return
    connection.execute(f"DROP {kind} IF EXISTS {name}")


def unsent_of(connection: sqlite3.Connection, most_bytes: int) -> list[UnsentReading]:
    """Return the readings that wait, the oldest first, and of more than `most_bytes` the newest.

    What no host would have written is left out: it would go to a topic of someone's choice.
    """
    if not _has_table(connection):
        return []
    found: list[UnsentReading] = []
    rows = connection.execute(
        "SELECT time, CAST(run AS BLOB), number, CAST(plugin AS BLOB), payload FROM unsent "
        "WHERE typeof(time) = 'integer' AND typeof(run) = 'text' AND typeof(number) = 'integer' "
        f"AND typeof(plugin) = 'text' AND typeof(payload) = 'blob' AND length(payload) <= {LONGEST} ORDER BY id DESC"
    )
    for time, run_bytes, number, plugin_bytes, payload in rows:
        most_bytes -= len(payload)
        if most_bytes < 0:
            break
        run, plugin = (each.decode("ascii", "replace") for each in (run_bytes, plugin_bytes))
        if _RUN.fullmatch(run) and is_name(plugin) and plugin not in RESERVED:
            found.append(UnsentReading(run, number, plugin, time * NS_PER_MS, payload))
    return found[::-1]


def change(connection: sqlite3.Connection, changes: UnsentChanges, most_bytes: int) -> None:
    """Change the copy. Call it in a transaction.

    Args:
        connection: the history.
        changes: what has changed since the last call.
        most_bytes: if there are more, the oldest are left out.
    """
    if not (changes.added or _has_table(connection)):
        return
    if not _has_table(connection):
        for statement in _OBJECTS.values():
            connection.execute(statement)
    if changes.is_whole:
        connection.execute("DELETE FROM unsent")
    connection.executemany("DELETE FROM unsent WHERE run = ? AND number = ?", changes.gone)
    connection.executemany(
        "INSERT OR REPLACE INTO unsent (time, run, number, plugin, payload) VALUES (?, ?, ?, ?, ?)",
        ((each.time_ns // NS_PER_MS, each.run, each.number, each.plugin, each.payload) for each in changes.added),
    )
    _shorten(connection, most_bytes)


def expire_unsent(connection: sqlite3.Connection, before: int) -> None:
    """Delete what was measured before a time, in milliseconds. Call it in a transaction."""
    if _has_table(connection):
        connection.execute("DELETE FROM unsent WHERE time < ?", (before,))


def _shorten(connection: sqlite3.Connection, most_bytes: int) -> None:
    connection.execute(
        "DELETE FROM unsent WHERE id <= (SELECT max(id) FROM "
        "(SELECT id, sum(length(payload)) OVER (ORDER BY id DESC) AS newer FROM unsent) WHERE newer > ?)",
        (most_bytes,),
    )


def _has_table(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'unsent'").fetchone() is not None
