"""What is known of one plugin: its counters, its last transfers and log lines, and the report when it dies."""

from __future__ import annotations

from hostcore.clock import Clock
from hostcore.errors import PluginCrashedError
from hostcore.events import AccessDenied, CountersTaken, Event, Level, LogWritten, PluginCrashed, TransferCompleted
from hostcore.events.stream import EventStream
from hostcore.log.plugin_log import log_line
from hostcore.permissions import Permission
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.tracing import TracedPlace
from hostcore.supervisor.crash_store import CrashStore, CrashStoreError
from hostcore.supervisor.flight_recorder import FlightRecorder
from hostcore.supervisor.meter import Meter


class Evidence:
    """Everything a plugin does passes through here on its way to the stream. For the plugin's own thread.

    Args:
        spec: the plugin.
        clock: the host's clock.
        stream: gets every event.
        store: keeps crash reports.
    """

    def __init__(self, spec: PluginSpec, clock: Clock, stream: EventStream, store: CrashStore) -> None:
        self._plugin, self._clock, self._stream, self._store = spec.name, clock, stream, store
        self._recorder = FlightRecorder(spec.memory_mib)
        self.meter = Meter()

    def publish(self, event: Event) -> None:
        """Count and remember `event`, and hand it to the stream."""
        if isinstance(event, TransferCompleted):
            self.meter.note(event)
        self._recorder.note(event)
        self._stream.publish(event)

    def log(self, level: Level, line: str) -> None:
        """One line of the plugin's own log."""
        self.publish(LogWritten(self._clock.wall_ns(), self._plugin, level, line))

    def say(self, level: Level, text: object) -> None:
        """The host's own words about the plugin, possibly several lines."""
        for line in str(text).splitlines():
            self.log(level, log_line(line))

    def denied(self, permission: Permission, reason: str, count: int) -> None:
        """The plugin asked for what it may not have."""
        self._stream.publish(AccessDenied(self._clock.wall_ns(), self._plugin, str(permission), reason, count))

    def begin(self, call: str, argument: str) -> None:
        """A call starts."""
        self._recorder.call(call, argument)

    def end(self, duration_ns: int) -> None:
        """The call ended, well or not."""
        self.meter.called(duration_ns)
        self._stream.publish(CountersTaken(self._clock.wall_ns(), self._plugin, self.meter.snapshot()))

    def crash(
        self, crash: PluginCrashedError, spec: PluginSpec, version: str, traced: TracedPlace | None, died_ns: int
    ) -> None:
        """Report a death at `died_ns` of the wall clock: to the log, the store and the stream."""
        self._recorder.memory_mib = spec.memory_mib
        report = self._recorder.report(
            crash, time_ns=died_ns, path=str(spec.path), version=version, counters=self.meter.snapshot(), traced=traced
        )
        self.say(Level.ERROR, f"crashed ({report.kind}): {report.problem}")
        self.say(Level.ERROR, report.traceback)
        try:
            file = str(self._store.save(report))
        except CrashStoreError as error:
            file = f"not kept: {error}"
            self.say(Level.WARNING, f"the crash report is {file}")
        self._stream.publish(PluginCrashed(died_ns, self._plugin, report, file))
