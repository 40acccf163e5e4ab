"""The last things that one plugin did, kept for the report of its death."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore import __version__
from hostcore.errors import PluginCrashedError
from hostcore.events import Counters, CrashReport, Event, LogWritten, Message, TransferCompleted
from hostcore.hostcall import CrashKind
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import replace
from hostcore.runtime.crash import line_of

if TYPE_CHECKING:
    from hostcore.runtime.tracing import TracedPlace

KEPT = 50
"""Transfers that are kept, and log lines."""
MAX_DATA = 256
"""Bytes of one message that are kept."""
MAX_EDGES = 128
"""Edges of one capture that are kept; a frame of a DHT22 has 84."""
MAX_ARGUMENT = 4000
"""Characters of a call's argument that a report holds."""
MAX_TEXT = 500
"""Characters of a transfer's texts that are kept; a plugin can name a port as long as it likes."""


class FlightRecorder:
    """Remembers a plugin's call under way, its last transfers and its last log lines.

    For the plugin's own thread. It takes no lock, and needs about 0.2 µs for an event.

    Args:
        memory_mib: how much memory the plugin may have, MiB.
    """

    def __init__(self, memory_mib: int) -> None:
        self.called = "load"
        """The call under way, or else the last call: ``load``, ``read``, ``update``, ``render`` or ``run``."""
        self.argument = ""
        """The argument of that call, in full."""
        self.memory_mib = memory_mib
        """How much memory the plugin may have, MiB; another version of host.toml may change it."""
        self._transfers: deque[TransferCompleted] = deque(maxlen=KEPT)
        self._lines: deque[LogWritten] = deque(maxlen=KEPT)

    def call(self, name: str, argument: str = "") -> None:
        """A call begins."""
        self.called, self.argument = name, argument

    def note(self, event: Event) -> None:
        """Keep a transfer or a log line, and ignore other events."""
        if isinstance(event, TransferCompleted):
            large = len(event.detail) > MAX_TEXT or len(event.edges) > MAX_EDGES
            for message in event.messages:  # three times as fast as any()
                if len(message.data) > MAX_DATA:
                    large = True
            self._transfers.append(_cut(event) if large else event)
        elif isinstance(event, LogWritten):
            self._lines.append(event)

    def report(
        self,
        crash: PluginCrashedError,
        *,
        time_ns: int,
        path: str,
        version: str,
        counters: Counters,
        traced: TracedPlace | None = None,
    ) -> CrashReport:
        """The report of `crash`.

        Args:
            crash: how the plugin died.
            time_ns: when, on the wall clock.
            path: the plugin's file.
            version: the first 12 hex digits of the file's SHA-256.
            counters: the plugin's counters at its death.
            traced: the place of the crash, if it is known and `crash` does not tell it.
        """
        file = Path(path).with_suffix(".py").name
        line = line_of(crash.traceback, file)
        problem = crash.problem
        if crash.kind == CrashKind.MEMORY:
            problem = f"asked for more than {self.memory_mib} MiB"
        elif crash.kind == CrashKind.DEADLINE and self.called == "run":
            problem += self._last_access(Path(path).name)
        report = CrashReport(
            time_ns=time_ns,
            plugin=crash.plugin,
            path=path,
            version=version,
            kind=crash.kind,
            problem=log_line(f"{problem} in {file} line {line}" if line else problem),
            traceback=crash.traceback,
            wasm_trace=crash.wasm_trace,
            call=self.called,
            argument=_shortened(self.argument, MAX_ARGUMENT),
            transfers=tuple(self._transfers),
            lines=tuple(self._lines),
            counters=counters,
            host_version=__version__,
            line=line,
        )
        return with_place(report, traced) if traced else report

    def _last_access(self, file: str) -> str:
        """Where a script that hangs was near, because its run is not repeated to find the line."""
        line = self._transfers[-1].source_line if self._transfers else 0
        return f"; its last access to a bus came from {file} line {line}" if line else ""


def with_place(report: CrashReport, traced: TracedPlace) -> CrashReport:
    """The report of a crash that did not tell its place, with the result of the search for it."""
    return replace(
        report,
        problem=log_line(f"{report.problem}, {traced.words}") if traced.place else report.problem,
        traceback="\n".join(text for text in (report.traceback, traced.traceback) if text),
        line=traced.line,
    )


def _cut(event: TransferCompleted) -> TransferCompleted:
    beyond = {
        "bytes": sum(max(0, len(message.data) - MAX_DATA) for message in event.messages),
        "edges": max(0, len(event.edges) - MAX_EDGES),
    }
    notes = [f"{count} {unit} more are not kept" for unit, count in beyond.items() if count]
    return replace(
        event,
        messages=tuple(Message(message.written, message.data[:MAX_DATA]) for message in event.messages),
        edges=event.edges[:MAX_EDGES],
        detail="; ".join(text for text in (_shortened(event.detail, MAX_TEXT), *notes) if text),
    )


def _shortened(text: str, length: int) -> str:
    beyond = len(text) - length
    return f"{text[:length]} [{beyond} characters more]" if beyond > 0 else text
