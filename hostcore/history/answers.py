"""Answers queries from a history file, and from what is not in it yet. Import it only after the start: sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from hostcore.clock import NS_PER_MS
from hostcore.errors import HostError
from hostcore.events.history import MOST_MARKS, HistoryMark, HistoryPoint, HistoryQuery, HistoryReport
from hostcore.history.bins import Bins
from hostcore.history.lock import is_in_use
from hostcore.history.pending import Pending
from hostcore.history.querying import Part, StoredSeries, read_bins, read_marks, series_of, stored_series
from hostcore.history.schema import open_to_read
from hostcore.history.series import Origin

FOREIGN = (ValueError, TypeError, ArithmeticError)
"""What reading values raises that no host has written. SQLite's own words about a damaged file can be unreadable, too.
"""


class Answer:
    """The answer to a query, as it is collected. Call the methods in this order, on one thread.

    Args:
        query: the query.
        step_ms: the width of a point; by default that which gives the number of points that the query wants.
    """

    def __init__(self, query: HistoryQuery, step_ms: int = 0) -> None:
        self._query = query
        since, until = query.since_ns // NS_PER_MS, -(-query.until_ns // NS_PER_MS)
        self._whole = Part("", since, until)
        self._bins = Bins(step_ms or -(-(until - since) // query.points))
        self._marks: list[HistoryMark] = []
        self._connection: sqlite3.Connection | None = None
        self._ids: Sequence[tuple[int, Origin]] = ()
        self._problem = ""

    def add_waiting(self, pending: Pending) -> None:
        """Take what waits for the next write."""
        plugin, whole = self._query.plugin, self._whole
        pending.read(plugin, self._query.path, whole.since, whole.until, self._bins)
        self._marks += (
            mark
            for mark in pending.marks
            if mark.plugin in {"", plugin} and self._query.since_ns <= mark.time_ns < self._query.until_ns
        )

    def open(self, file: Path, held: ExitStack) -> None:
        """Open the file. Values that are written later are not in the answer. A missing file is an empty one."""
        if not file.exists():
            return
        try:
            connection = held.enter_context(open_to_read(file))
            self._ids = series_of(connection, self._query.plugin, self._query.path)
            self._connection = connection
        except UnicodeEncodeError:
            pass  # no file can hold a name with half a character, so there are no values
        except (sqlite3.Error, OSError, HostError, *FOREIGN) as error:
            self._fail(file, error)

    def read(self, file: Path) -> None:
        """Read the opened file. Blocks while the disk is read."""
        if self._connection is None or self._problem:
            return
        try:
            read_bins(self._connection, self._ids, self._bins, self._whole)
            whole = self._whole
            self._marks[:0] = read_marks(self._connection, self._query.plugin, whole.since, whole.until)
        except (sqlite3.Error, *FOREIGN) as error:
            self._fail(file, error)

    def report(self, *, is_complete: bool) -> HistoryReport:
        """Return the report."""
        points: tuple[HistoryPoint, ...] = tuple(self._bins.points(self._whole.since))
        has_single = all(each.count == 1 for each in points)
        return HistoryReport(
            points,
            0 if has_single else self._bins.step * NS_PER_MS,
            is_complete=is_complete and not self._problem,
            problem=self._problem,
            marks=tuple(self._marks[-MOST_MARKS:]),
        )

    def _fail(self, file: Path, error: Exception) -> None:
        self._problem = str(error if isinstance(error, HostError) else _unreadable(file, error))


def answer_from(file: Path, query: HistoryQuery, step_ms: int = 0) -> HistoryReport:
    """Return the answer from a file alone, whether or not a host runs. Blocks while the file is read.

    Args:
        file: the history.
        query: the query.
        step_ms: the width of a point in milliseconds; 0 for that which gives the number of points that the query wants.
    """
    answer = Answer(query, step_ms)
    with ExitStack() as held:
        answer.open(file, held)
        answer.read(file)
        return answer.report(is_complete=not is_in_use(file))


def series_in(file: Path) -> list[StoredSeries]:
    """Return all series of a file. Blocks while it is read.

    Raises:
        HostError: it cannot be read, or is not for this program.
    """
    if not file.exists():
        return []
    try:
        with open_to_read(file) as connection:
            return stored_series(connection)
    except (sqlite3.Error, OSError, *FOREIGN) as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> HostError:
    reason = (isinstance(error, OSError) and error.strerror) or error
    if isinstance(error, FOREIGN):
        reason = "it has what no host has written"
    return HostError(f"the history {file} cannot be read: {reason}")
