"""Writes to a history file and thins it. Import it only after the start: it imports sqlite3."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hostcore.broker.unsent import UnsentChanges, UnsentReading
from hostcore.clock import NS_PER_MS
from hostcore.config.history import HistorySettings
from hostcore.events.history import HistoryMark
from hostcore.files import Folder
from hostcore.history.lock import locked
from hostcore.history.own_tables import require_own_tables
from hostcore.history.pending import Pending
from hostcore.history.querying import entries_of_all
from hostcore.history.schema import HOUR_MS, INDEX, LOG, cut, is_full, limit, open_to_write, transaction
from hostcore.history.series import Entry, Register, SeriesKey
from hostcore.history.thinning import Keep, expire, insert, progress_of, shrink, thin, used_bytes
from hostcore.history.unsent import change, expire_unsent, put_copy_aside, unsent_of

DAY_MS = 24 * HOUR_MS
FILLED = 0.9
"""The share of the allowed size at which the oldest values are deleted."""
SPARE_BYTES = 4 << 20
"""By how much the file may exceed the allowed size while old values are thinned to make room."""
MOST_DAMAGED = 2
"""How many damaged files are kept beside the history. The oldest are deleted first."""


class Ledger:
    """An open history file, for one thread, and for one process: others are refused while it is open.

    Args:
        file: the file, absolute.
        settings: how long values are kept, and how large the file may be.
        register: the known series. Those of the file replace them.
        makes_folder: whether the file's folder is created.

    Raises:
        OSError, sqlite3.Error: the file cannot be opened.
        HostError: another host has it, or it is not for this program.
        ForeignTablesError: no host has made its tables.

    Attributes:
        put_aside: what the file had in the place of the readings that wait for the broker, in words; "" for nothing.
    """

    def __init__(self, file: Path, settings: HistorySettings, register: Register, *, makes_folder: bool) -> None:
        self._settings, self._register = settings, register
        self._lock = locked(file, makes_folder=makes_folder)
        try:
            self._connection = open_to_write(file, settings.size_mib, makes_folder=makes_folder)
            register.load(require_own_tables(self._connection))
            self.put_aside = put_copy_aside(self._connection)
        except BaseException:
            os.close(self._lock)
            raise

    def unsent(self) -> list[UnsentReading]:
        """Return the readings of an earlier run that wait for the broker. Blocks while the disk works.

        Raises:
            sqlite3.Error: they cannot be read.
        """
        return unsent_of(self._connection, self._most_unsent)

    def write(self, pending: Pending, unsent: UnsentChanges) -> None:
        """Store values, marks and changes of the readings that wait: all or none. Blocks while the disk works.

        Raises:
            sqlite3.Error: they cannot be stored.
        """
        self._with_room(lambda: self._write(pending, unsent))

    def thin(self, now: int, *, is_steady: bool) -> None:
        """Count values in minutes and hours, delete what is too old, and keep the file small.

        Args:
            now: milliseconds since the Unix epoch.
            is_steady: whether the clock can be trusted, so that old values may be deleted.

        Raises:
            sqlite3.Error: the file cannot be changed.
        """
        self._with_room(lambda: self._thin(now, is_steady=is_steady))
        self._shrink()
        self._register.load(entries_of_all(self._connection))

    def interrupt(self) -> None:
        """End a running `write` or `thin` with an error, from another thread."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the file. Blocks while the disk works."""
        with suppress(sqlite3.Error):
            self._connection.close()
        os.close(self._lock)

    @property
    def _most_unsent(self) -> int:
        return self._settings.unsent_mib << 20

    def _write(self, pending: Pending, unsent: UnsentChanges) -> None:
        with transaction(self._connection):
            entries = {key: self._entry(key) for key in pending.series}
            rows = ((time, entries[key].id, value) for key, time, value in pending.rows())
            insert(self._connection, rows, progress_of(self._connection).thinned_until)
            self._connection.executemany(
                "INSERT INTO marks (time, plugin, kind, text) VALUES (?, ?, ?, ?)", map(_row, pending.marks)
            )
            if unsent:
                change(self._connection, unsent, self._most_unsent)
        self._register.entries.update(entries)

    def _entry(self, key: SeriesKey) -> Entry:
        """Return the entry of a series in the file, with what its driver now says that it measures."""
        quantity = self._register.quantities.of(key.plugin, key.path)
        known = self._register.entries.get(key)
        if known is not None and (known.unit, known.is_guessed) == (quantity.unit, quantity.is_guessed):
            return known
        cursor = self._connection.execute(
            "INSERT INTO series (plugin, path, origin, unit, is_guessed) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
            "(plugin, path, origin) DO UPDATE SET unit = excluded.unit, is_guessed = excluded.is_guessed RETURNING id",
            (key.plugin, key.path_text, int(key.origin), quantity.unit, quantity.is_guessed),
        )
        (number,) = cursor.fetchone()
        return Entry(number, quantity.unit, quantity.is_guessed)

    def _thin(self, now: int, *, is_steady: bool) -> None:
        kept = self._settings
        with transaction(self._connection):
            thin(self._connection, now - now % HOUR_MS)
            if is_steady:
                days = (kept.keep_raw_days, kept.keep_minutes_days, kept.keep_hours_days)
                expire(self._connection, now, Keep(*(round(each * DAY_MS) for each in days)))
                expire_unsent(self._connection, now - round(kept.keep_minutes_days * DAY_MS))

    def _with_room(self, change: Callable[[], None]) -> None:
        """Make a change. If the file is full, make room first."""
        try:
            change()
        except sqlite3.Error as error:
            if not is_full(error):
                raise
            self._make_room()
            change()

    def _make_room(self) -> None:
        """Thin even the newest hour, so that its values can be deleted. The file may grow for that moment."""
        most = self._settings.size_mib << 20
        limit(self._connection, max(most, used_bytes(self._connection)) + SPARE_BYTES)
        (newest,) = self._connection.execute("SELECT max(time) FROM raw").fetchone()
        with transaction(self._connection):
            thin(self._connection, (newest or 0) // HOUR_MS * HOUR_MS + HOUR_MS)
        self._shrink()
        limit(self._connection, most)

    def _shrink(self) -> None:
        most = int((self._settings.size_mib << 20) * FILLED)
        is_too_large = True
        while is_too_large:
            with transaction(self._connection):
                is_too_large = shrink(self._connection, most)
        cut(self._connection, self._settings.size_mib << 20)


def put_aside(file: Path, stamp: str) -> Path:
    """Rename a damaged file, with its log, and delete the oldest of several damaged ones.

    Args:
        file: the history. No connection to it is open.
        stamp: the time, for the new name.

    Returns:
        The new path.

    Raises:
        OSError: it cannot be renamed.
    """
    start = f"{file.name}.damaged-"
    with Folder.open(file.parent) as folder:
        folder.remove(file.name + INDEX)
        with suppress(FileNotFoundError):
            folder.rename(file.name + LOG, start + stamp + LOG)
        folder.rename(file.name, start + stamp)
        damaged = [name for name in folder.names() if name.startswith(start)]
        stamps = sorted({name.removeprefix(start).removesuffix(LOG) for name in damaged})
        for name in damaged:
            if name.removeprefix(start).removesuffix(LOG) in stamps[:-MOST_DAMAGED]:
                folder.remove(name)
    return file.with_name(start + stamp)


def _row(mark: HistoryMark) -> tuple[int, str, str, str]:
    return mark.time_ns // NS_PER_MS, mark.plugin, mark.kind.value, mark.text
