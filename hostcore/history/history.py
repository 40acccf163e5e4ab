"""The history of a running host: a thread that records its events, and the answers to queries."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.config.history import HistorySettings
from hostcore.errors import DefectError
from hostcore.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    FaultsSet,
    FindingCleared,
    FindingRaised,
    InstanceRecycled,
    PluginCrashed,
    PluginReloaded,
    ReadingPublished,
    ReadingsDropped,
    StateChanged,
    ValuesDescribed,
)
from hostcore.events.stream import EventStream, Subscription
from hostcore.threads import HostThread

if TYPE_CHECKING:
    from hostcore.broker.unsent import Unsent
    from hostcore.events.history import HistoryQuery, HistoryReport
    from hostcore.history.recorder import Recorder

RECORDED = (
    ReadingPublished, ValuesDescribed, PluginCrashed, StateChanged, FindingRaised, FindingCleared, PluginReloaded,
    InstanceRecycled, FaultsSet, AlarmRaised, AlarmAcknowledged, AlarmCleared, ReadingsDropped,
)  # fmt: skip
"""The events that have values, units or marks."""
CAPACITY = 10_000
"""Events that may wait for the recorder. If there are more, the oldest are lost and counted."""
DELAY_SECONDS = 0.5
"""Seconds after the start of the host at which the recorder starts. The first readings do not wait for its import."""
STOP_SECONDS = 1.0
"""How many seconds the last write may take."""
PATIENCE_SECONDS = 0.3
"""Seconds after which a long write, such as one that deletes old values, is ended, so that the last one can begin."""


class History:
    """Records the numbers of all readings from now on.

    Args:
        file: the file, absolute.
        settings: the settings of the history.
        stream: has the events.
        warn: takes one line for a person.
        makes_folder: whether the file's folder is created.
    """

    def __init__(
        self,
        file: Path,
        settings: HistorySettings,
        stream: EventStream,
        warn: Callable[[str], None],
        *,
        makes_folder: bool,
    ) -> None:
        self._file, self._settings, self._stream, self._warn = file, settings, stream, warn
        self._makes_folder = makes_folder
        self._unsent: Unsent | None = None
        self._events: Subscription = stream.subscribe(*RECORDED, capacity=CAPACITY)
        self._stopping = threading.Event()
        self._recorder: Recorder | None = None
        self._thread = HostThread(self._run, "history")

    def keep_unsent(self, unsent: Unsent) -> str:
        """Keep a copy of the readings that wait for the broker, across restarts. Call it before `start`.

        Returns:
            Why that is not possible, in one line for a person; "" if it is.
        """
        self._unsent = unsent
        return ""

    def start(self) -> None:
        """Start to record soon, with the events since this object was made. Returns at once."""
        self._thread.start()

    def stop(self) -> bool:
        """Write the rest and close the file. Blocks for up to `STOP_SECONDS`.

        Returns:
            Whether this is done. If not, the disk hangs.
        """
        self._stopping.set()
        self._events.close()
        self._thread.join(PATIENCE_SECONDS)
        if self._thread.is_alive() and self._recorder is not None:
            self._recorder.interrupt()
        self._thread.join(STOP_SECONDS - PATIENCE_SECONDS)
        return not self._thread.is_alive()

    def report(self, query: HistoryQuery) -> HistoryReport:
        """Return the answer to a query. Blocks while a file is read."""
        if (recorder := self._recorder) is None:
            return NoHistory("the history has not begun yet; ask again in a second").report(query)
        return recorder.report(query)

    def _run(self) -> None:
        try:
            self._record()
        except Exception as defect:  # noqa: BLE001 - the host goes on without a history
            self._warn(f"the history ends until the next start: {DefectError(defect)}")

    def _record(self) -> None:
        self._stopping.wait(DELAY_SECONDS)
        from hostcore.history.recorder import Recorder  # noqa: PLC0415 - long after the start

        recorder = self._recorder = Recorder(
            self._file,
            self._settings,
            self._stream.clock,
            self._warn,
            makes_folder=self._makes_folder,
            unsent=self._unsent,
        )
        while not self._stopping.is_set():
            batch = self._events.take(recorder.wait_seconds)
            recorder.take(item.event for item in batch)
            if not recorder.wait_seconds:
                recorder.commit()
        recorder.take(item.event for item in self._events.take(0))
        recorder.close()


class NoHistory:
    """The history of a host that records nothing.

    Args:
        reason: why, one line for a person.
    """

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def keep_unsent(self, _unsent: Unsent) -> str:
        """Do nothing. Returns why, in one line for a person."""
        return self._reason

    def start(self) -> None:
        """Do nothing."""

    def stop(self) -> bool:
        """Do nothing. Returns True."""
        return True

    def report(self, _query: HistoryQuery) -> HistoryReport:
        """Return a report that gives the reason. Does not block."""
        from hostcore.events.history import HistoryReport  # noqa: PLC0415 - not at the start: it makes many classes

        return HistoryReport.without(self._reason)
