"""Collects values from events, writes them at times, and copes with every trouble of the file.

Import it only after the start: it imports sqlite3.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from hostcore.broker.unsent import Unsent, UnsentChanges
from hostcore.clock import NS_PER_MS, NS_PER_S, Clock, timestamp
from hostcore.config.history import HistorySettings
from hostcore.errors import HostError
from hostcore.events import Event, EventsDropped, ReadingPublished, ValuesDescribed
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.history.answers import Answer
from hostcore.history.ledger import Ledger, put_aside
from hostcore.history.marks import mark_of
from hostcore.history.pending import Pending
from hostcore.history.schema import HOUR_MS, is_damaged, is_full, is_interrupted
from hostcore.history.series import MOST_OF_PLUGIN, MOST_SERIES, Origin, Register, SeriesKey, numbers_of
from hostcore.history.steadiness import Steadiness

VALUES_PER_SECOND = 200
"""The most values of one plugin in a second, as a mean over the time between two writes."""
FAILURES = (sqlite3.Error, OSError, HostError, UnicodeDecodeError)
"""The last one: SQLite quotes a damaged file in the words of its error, and Python cannot read them."""


class Recorder:
    """Records the numbers of readings. `take`, `commit` and `close` are for one thread, the others for any.

    Args:
        file: the file, absolute. It is opened at the first `commit`.
        settings: the settings of the history.
        clock: times the writes.
        warn: takes one line for a person.
        makes_folder: whether the file's folder is created.
        unsent: has the readings that wait for the broker, of which the file keeps a copy; None if there is no broker.
    """

    def __init__(
        self,
        file: Path,
        settings: HistorySettings,
        clock: Clock,
        warn: Callable[[str], None],
        *,
        makes_folder: bool,
        unsent: Unsent | None = None,
    ) -> None:
        self._file, self._settings, self._clock, self._warn = file, settings, clock, warn
        self._makes_folder, self._unsent, self._has_found = makes_folder, unsent, False
        self._register = Register()
        self._ledger: Ledger | None = None
        self._lock = threading.Lock()
        self._newest: dict[SeriesKey, int] = {}
        self._pending = self._fresh()
        self._not_kept = 0
        self._has_failed = False
        self._crowded: set[str] = set()
        self._due_ns = clock.monotonic_ns()
        self._steadiness = Steadiness(clock)
        self._thinned: tuple[int, bool] | None = None
        """The hour in which the file was thinned last, and whether old values could be deleted then."""

    @property
    def wait_seconds(self) -> float:
        """Seconds until the next write is due; 0 if it is due now."""
        if self._pending.is_nearly_full and not self._has_failed:
            return 0.0
        return max(0, self._due_ns - self._clock.monotonic_ns()) / NS_PER_S

    def take(self, events: Iterable[Event]) -> None:
        """Collect the values and marks of events. Does not block."""
        with self._lock:
            for event in events:
                match event:
                    case ReadingPublished():
                        self._take_reading(event)
                    case ValuesDescribed():
                        self._register.quantities.describe(event.plugin, event.values)
                    case EventsDropped():
                        self._not_kept += event.count
                    case _ if (mark := mark_of(event)) is not None:
                        self._not_kept += not self._pending.mark(mark)

    def commit(self, *, is_last: bool = False) -> None:
        """Write what was collected. Blocks while the disk works. Trouble is reported through `warn`, not raised."""
        self._due_ns = self._clock.monotonic_ns() + round(self._settings.commit_seconds * NS_PER_S)
        try:
            ledger = self._opened()
            changes = self._unsent_changes(is_last=is_last)
            with self._lock:  # otherwise, a query could find a value twice, or not at all
                ledger.write(self._pending, changes)
                self._pending = self._fresh()
            if self._unsent and changes:
                self._unsent.copied(changes)
            self._thin(ledger)
        except FAILURES as error:
            self._fail(error)
        else:
            self._succeed()

    def interrupt(self) -> None:
        """End a running `commit`, which then has failed."""
        if (ledger := self._ledger) is not None:
            ledger.interrupt()

    def close(self) -> None:
        """Write the rest, and close the file. Blocks while the disk works."""
        if self._pending.count or self._pending.marks or self._unsent_changes(is_last=True):
            self.commit(is_last=True)
        self._release()

    def report(self, query: HistoryQuery) -> HistoryReport:
        """Return the answer to a query. Blocks while the file is read."""
        answer = Answer(query)
        with ExitStack() as held:
            with self._lock:  # what is written meanwhile would be in neither, or in both
                answer.add_waiting(self._pending)
                answer.open(self._file, held)
                is_complete = not self._not_kept
            answer.read(self._file)
            return answer.report(is_complete=is_complete)

    def _fresh(self) -> Pending:
        if len(self._newest) > 2 * MOST_SERIES:
            self._newest.clear()  # most of these series are gone
        return Pending(max(1, round(VALUES_PER_SECOND * self._settings.commit_seconds)), self._newest)

    def _take_reading(self, event: ReadingPublished) -> None:
        origin = Origin.SIMULATED if event.simulated else Origin.REAL
        origin |= Origin.FAULTY if event.faulty else Origin.REAL
        time = event.time_ns // NS_PER_MS
        for path, value in numbers_of(event.reading):
            key = SeriesKey(event.plugin, path, origin)
            if key not in self._pending.series and not self._register.admits(key):
                self._tell_crowded(event.plugin)
            elif not self._pending.add(key, time, value):
                self._not_kept += 1

    def _tell_crowded(self, plugin: str) -> None:
        if plugin not in self._crowded:
            self._crowded.add(plugin)
            self._warn(
                f"{plugin} has had more than {MOST_OF_PLUGIN} different numbers, or all plugins have too many; "
                "the history keeps no new ones of it. Let the plugin use the same keys in each reading"
            )

    def _unsent_changes(self, *, is_last: bool) -> UnsentChanges:
        return self._unsent.changes(is_last=is_last) if self._unsent else UnsentChanges()

    def _opened(self) -> Ledger:
        """Return the open file. One that is damaged is put aside, and a new one begins."""
        if self._ledger is None:
            try:
                self._ledger = self._open()
            except (sqlite3.DatabaseError, HostError, UnicodeDecodeError) as error:
                if not is_damaged(error):
                    raise
                self._put_aside(error)
                self._ledger = self._open()
            self._tell_put_aside(self._ledger.put_aside)
            self._compare_unsent(self._ledger)
        return self._ledger

    def _open(self) -> Ledger:
        return Ledger(self._file, self._settings, self._register, makes_folder=self._makes_folder)

    def _tell_put_aside(self, found: str) -> None:
        if found:
            self._warn(
                f"the history {self._file} had something in the place of the readings that wait for the broker that "
                f"no host has made ({found}); a table is kept as unsent_aside, and a new one begins. Readings that "
                "waited in it are not sent"
            )

    def _compare_unsent(self, ledger: Ledger) -> None:
        """Find what the last run has left. A file that is opened again may be a new one, which has nothing of ours."""
        if self._unsent is None:
            return
        if self._has_found:
            self._unsent.forget_copy()
        else:
            self._unsent.found(ledger.unsent())
            self._has_found = True

    def _thin(self, ledger: Ledger) -> None:
        """Thin once an hour, and once more in the hour in which the clock can be trusted."""
        now = self._clock.wall_ns() // NS_PER_MS
        is_steady = self._steadiness.is_steady()
        if (wanted := (now // HOUR_MS, is_steady)) != self._thinned:
            ledger.thin(now, is_steady=is_steady)
            self._thinned = wanted

    def _fail(self, error: Exception) -> None:
        if is_interrupted(error):
            return  # the host stops, and the last write comes
        self._release()
        if is_damaged(error):
            try:
                self._put_aside(error)
            except OSError as reason:
                error = reason
            else:
                return
        words = _words(error, self._file)
        if self._unsent:
            self._unsent.not_copied(words)
        if not self._has_failed:
            self._has_failed = True
            lost = "; until then, readings that wait for the MQTT broker are lost if the host ends"
            self._warn(
                f"the history cannot be written: {words}; the host goes on, and tries again every "
                f"{self._settings.commit_seconds:g} s{lost if self._unsent else ''}"
            )

    def _succeed(self) -> None:
        if self._unsent:
            self._unsent.not_copied("")
        if self._has_failed:
            self._has_failed = False
            lost = f"{self._not_kept} values are missing" if self._not_kept else "nothing is missing"
            self._warn(f"the history is written again; {lost}")

    def _put_aside(self, error: Exception) -> None:
        now_ns = self._clock.wall_ns()
        stamp = timestamp(now_ns).replace("-", "").replace(":", "")
        aside = put_aside(self._file, stamp)
        self._warn(f"the history {self._file} is damaged ({error}); it is now {aside}, and a new one begins")

    def _release(self) -> None:
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()
            self._thinned = None


def _words(error: Exception, file: Path) -> str:
    """Return what is wrong, and what to do."""
    if isinstance(error, HostError):
        return str(error)
    if is_full(error):
        return f"there is no room for {file}; make room there, or set a larger size_mib in [history] of host.toml"
    reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return f"{file}: {reason}; make it a file that you may write, or name another one in [history] of host.toml"
