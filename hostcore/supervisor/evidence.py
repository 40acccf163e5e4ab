"""The evidence about one plugin: its counters, its last transfers and log lines, and the reports of its crashes."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.access.decisions import Denial
from hostcore.clock import Clock
from hostcore.errors import CrashStoreError, HostError, PluginCrashedError
from hostcore.events import (
    AccessDenied,
    CountersTaken,
    CrashLocated,
    CrashReport,
    Event,
    Level,
    LogWritten,
    PluginCrashed,
    TransferCompleted,
)
from hostcore.events.event_json import to_json
from hostcore.events.stream import EventStream
from hostcore.log.safe_text import log_line
from hostcore.recording.recorder import Recorder
from hostcore.runtime.plugin import PluginSpec
from hostcore.supervisor.crash_store import CrashStore
from hostcore.supervisor.flight_recorder import FlightRecorder, with_place
from hostcore.supervisor.guard import traceback_of
from hostcore.supervisor.meter import Meter

if TYPE_CHECKING:
    from hostcore.runtime.tracing import TracedPlace


class Evidence:
    """Records everything that a plugin does, on its way to the stream.

    `publish` is for any thread: a train of pulses goes on after the call. The rest is for the plugin's own thread.

    Args:
        spec: the plugin.
        clock: the host's clock.
        stream: gets every event.
        store: keeps crash reports.

    Attributes:
        plugin: the plugin's name.
    """

    def __init__(self, spec: PluginSpec, clock: Clock, stream: EventStream, store: CrashStore) -> None:
        self.plugin, self._clock, self._stream, self._store = spec.name, clock, stream, store
        self._recorder = FlightRecorder(spec.limits.memory_mib)
        self.meter = Meter()
        self.kept: Path | None = None
        """The file of the last crash report; None if it is not kept."""
        self._counting = threading.Lock()

    def publish(self, event: Event) -> None:
        """Count and remember `event`, and publish it."""
        with self._counting:
            if isinstance(event, TransferCompleted):
                self.meter.note(event)
            self._recorder.note(event)
        self._stream.publish(event)

    def log(self, level: Level, line: str) -> None:
        """Publish one line of the plugin's own log."""
        self.publish(LogWritten(self._clock.wall_ns(), self.plugin, level, line))

    def log_more(self, level: Level, line: str) -> None:
        """Publish one line that goes on with the one before it."""
        self.publish(LogWritten(self._clock.wall_ns(), self.plugin, level, line, continues=True))

    def say(self, level: Level, text: object) -> None:
        """Log `text`, the host's own words about the plugin. Only its first line counts as the host's.

        The text of an error may quote the plugin, with as many lines as the plugin likes.
        """
        first, _, rest = str(text).partition("\n")
        line = log_line(first.removesuffix("\r"))
        self.publish(LogWritten(self._clock.wall_ns(), self.plugin, level, line, by_host=True))
        self.quote(level, rest)

    def quote(self, level: Level, text: str) -> None:
        """Log `text`, which the plugin chose or had a part in, such as a traceback. It goes on with the line before."""
        for line in text.splitlines():
            self.log_more(level, log_line(line))

    def fault(self, problem: str, error: HostError) -> None:
        """Log a problem with the plugin, the error that is its cause, and where it was raised if it says so."""
        self.say(Level.ERROR, f"{problem}: {error}")
        self.quote(Level.ERROR, traceback_of(error))

    def denied(self, denial: Denial) -> None:
        """The plugin asked for an access that it may not have."""
        self._stream.publish(
            AccessDenied(
                self._clock.wall_ns(), self.plugin, denial.permission, denial.reason, denial.count, denial.owner
            )
        )

    @property
    def latest_call(self) -> str:
        """The call under way, or else the last call."""
        return self._recorder.called

    def begin(self, call: str, argument: str) -> None:
        """A call begins."""
        self._recorder.call(call, argument)

    def tell_counters(self) -> None:
        """Publish the counters."""
        self._stream.publish(CountersTaken(self._clock.wall_ns(), self.plugin, self.meter.snapshot()))

    def crash(
        self, crash: PluginCrashedError, spec: PluginSpec, version: str, traced: TracedPlace | None, died_ns: int
    ) -> PluginCrashed:
        """Log, store and publish a crash. Blocks as long as the disk does.

        Args:
            crash: how the plugin died.
            spec: the plugin, as it was then.
            version: the first 12 hex digits of the SHA-256 of its file.
            traced: where it died, if that is known already.
            died_ns: when it died, on the wall clock.
        """
        self._recorder.memory_mib = spec.limits.memory_mib
        report = self._recorder.report(
            crash, time_ns=died_ns, path=str(spec.path), version=version, counters=self.meter.snapshot(), traced=traced
        )
        self.say(Level.ERROR, f"crashed ({report.kind}): {report.problem}")
        self.quote(Level.ERROR, report.traceback)
        crashed = PluginCrashed(died_ns, self.plugin, report, self._store_new(report))
        self._stream.publish(crashed)
        return crashed

    def keep_recording(self, kept: Path | None, report: CrashReport, recorder: Recorder) -> None:
        """Store the recording of the instance that died, with its report. Blocks as long as the disk does.

        Args:
            kept: the file of the report; None if it is not kept, and then the recording is not either.
            report: the report.
            recorder: has the recording.
        """
        if kept is None:
            return
        try:
            self._store.save_recording(kept, recorder.snapshot(json.dumps(to_json(report)).encode()))
        except CrashStoreError as error:
            self.say(Level.WARNING, f"the crash report is kept without its recording: {error}")

    def located(self, crashed: PluginCrashed, traced: TracedPlace, kept: Path | None) -> CrashReport:
        """Add what the search for the place of a crash found: to the log, the stored report and the stream.

        Args:
            crashed: the crash.
            traced: its place.
            kept: the file of its report; None if it is not kept.

        Returns:
            The report with the place.
        """
        report = with_place(crashed.report, traced)
        if traced.place:
            self.say(Level.ERROR, f"it died {traced.words}, as a replay of the recording did")
        self.quote(Level.ERROR, traced.traceback)
        if kept is not None:
            try:
                self._store.replace(kept, report)
            except CrashStoreError as error:
                self.say(Level.WARNING, f"the crash report is kept without the place: {error}")
        self._stream.publish(CrashLocated(self._clock.wall_ns(), self.plugin, report, crashed.file))
        return report

    def _store_new(self, report: CrashReport) -> str:
        try:
            self.kept = self._store.save(report)
        except CrashStoreError as error:
            self.kept = None
            self.say(Level.WARNING, f"the crash report is not kept: {error}")
            return f"not kept: {error}"
        return str(self.kept)
