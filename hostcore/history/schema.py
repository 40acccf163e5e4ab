"""The tables of a history file, and connections to it. Import it only after the start: it imports sqlite3."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hostcore.errors import ForeignTablesError, HostError
from hostcore.files import Folder, require_ordinary

APPLICATION = 0x77686973
"""The application_id of a history: "whis" in ASCII. Other programs also keep SQLite files."""
VERSION = 1
"""The version of the tables. A host leaves the file of a newer version alone."""
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
WIDTHS = {"minutes": MINUTE_MS, "hours": HOUR_MS}
"""The tables of thinned values, and the milliseconds that one row stands for."""
LOG, INDEX = "-wal", "-shm"
"""What SQLite appends to the name of a file for its write-ahead log, and for the index of that."""
PAGE_BYTES = 4096
"""The size of a page of the file, SQLite's default."""
BUSY_SECONDS = 0.5
"""Seconds to wait for another process that has locked the file."""

_THINNED = """
CREATE TABLE {name} (
    series INTEGER, slot INTEGER, count INTEGER, lowest REAL, total REAL, highest REAL, PRIMARY KEY (series, slot)
) WITHOUT ROWID
"""
_TABLES = (
    "CREATE TABLE series "
    "(id INTEGER PRIMARY KEY, plugin TEXT, path TEXT, origin INTEGER, unit TEXT, is_guessed INTEGER)",
    "CREATE UNIQUE INDEX series_by_key ON series (plugin, path, origin)",
    # New values come at the end of this table, so that a write changes few pages. A query reads at most some hours.
    "CREATE TABLE raw (time INTEGER, series INTEGER, value REAL, PRIMARY KEY (time, series)) WITHOUT ROWID",
    _THINNED.format(name="minutes"),
    _THINNED.format(name="hours"),
    "CREATE TABLE marks (id INTEGER PRIMARY KEY, time INTEGER, plugin TEXT, kind TEXT, text TEXT)",
    "CREATE INDEX marks_by_time ON marks (time)",
    # One row. Values before `thinned_until` are counted in the minutes and hours; raw values are kept from `raw_since`
    # on, minutes from `minutes_since` on. All in milliseconds since the Unix epoch.
    "CREATE TABLE progress (thinned_until INTEGER, raw_since INTEGER, minutes_since INTEGER)",
    "INSERT INTO progress VALUES (0, 0, 0)",
)


def open_to_write(file: Path, size_mib: int, *, makes_folder: bool) -> sqlite3.Connection:
    """Open a history, and create it if it does not exist. Blocks while the disk works.

    Args:
        file: the file, absolute.
        size_mib: the size that the file cannot exceed, in MiB.
        makes_folder: whether its folder is created. One that a person named may be the mount point of a disk.

    Raises:
        OSError, sqlite3.Error: it cannot be opened.
        HostError: it belongs to another program, or to a newer version of this one.
    """
    with Folder.open(file.parent, create=0o700 if makes_folder else None) as folder:
        os.close(folder.open_file(file.name, os.O_RDWR | os.O_CREAT))
    connection = _connected(file, "mode=rw")
    try:
        _prepare(connection, file, size_mib)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def open_to_read(file: Path) -> Iterator[sqlite3.Connection]:
    """Make a context with a connection that only reads, in one transaction. A running host can write meanwhile.

    Raises:
        sqlite3.Error: the file cannot be read.
        OSError: it does not exist, or is not an ordinary file.
        HostError: it belongs to another program, or to a newer version of this one.
    """
    with closing(_opened_to_read(file)) as connection:
        _require_own(connection, file)
        yield connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make a context whose changes are all made, or none if it ends with an exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def is_damaged(error: Exception) -> bool:
    """Return whether an error means that the file is no SQLite file, a damaged one, or not what a host has made."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # the last two: a text in it, or in SQLite's words about it, is no UTF-8
        return isinstance(error, ForeignTablesError | sqlite3.OperationalError | UnicodeDecodeError)
    return code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_interrupted(error: Exception) -> bool:
    """Return whether `sqlite3.Connection.interrupt` was called."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_INTERRUPT


def is_full(error: Exception) -> bool:
    """Return whether an error means that there is no room, in the file or on the disk."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL


def _opened_to_read(file: Path) -> sqlite3.Connection:
    """Return a connection in a transaction.

    A connection keeps an index of the log beside the file. Where it cannot, as on a read-only disk, the file is read as
    one that nobody changes: its log is empty, so no host writes to it.
    """
    require_ordinary(file.stat(), file)  # SQLite waits for a pipe
    connection = _connected(file, "mode=ro")
    try:
        connection.execute("BEGIN")
        _pragma(connection, "schema_version")
    except sqlite3.OperationalError:
        connection.close()
        log = file.with_name(file.name + LOG)
        if log.exists() and log.stat().st_size:
            raise
        connection = _connected(file, "mode=ro&immutable=1")
        connection.execute("BEGIN")
    return connection


def limit(connection: sqlite3.Connection, most_bytes: int) -> None:
    """Let the file not exceed this size. One that is larger does not grow."""
    connection.execute(f"PRAGMA max_page_count = {most_bytes // PAGE_BYTES}")


def cut(connection: sqlite3.Connection, most_bytes: int) -> None:
    """Cut off free pages at the end of a file that is too large, after a person has set a smaller size."""
    surplus = _pragma(connection, "page_count") - most_bytes // PAGE_BYTES
    if surplus > 0:
        connection.executescript(f"PRAGMA incremental_vacuum({surplus})")  # `execute` would cut off one page only


def _connected(file: Path, options: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{file.as_uri()}?{options}", uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
    )


def _prepare(connection: sqlite3.Connection, file: Path, size_mib: int) -> None:
    limit(connection, size_mib << 20)
    connection.execute("PRAGMA cache_size = -1024")
    if _is_empty(connection):
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
    _require_own(connection, file)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA journal_size_limit = {4 << 20}")


def _is_empty(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tables == 0 and _pragma(connection, "user_version") == 0


def _require_own(connection: sqlite3.Connection, file: Path) -> None:
    if _pragma(connection, "application_id") != APPLICATION:
        raise HostError(f"{file} is the file of another program; name another one as file of [history] in host.toml")
    if (found := _pragma(connection, "user_version")) > VERSION:
        raise HostError(
            f"{file} was written by a newer wasi-host (version {found} of its tables, this one knows {VERSION}); "
            "update this wasi-host, or name another file in [history] of host.toml"
        )


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
