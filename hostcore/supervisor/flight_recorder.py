"""What one plugin did last, kept for the report of its death."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path

from hostcore import __version__
from hostcore.errors import PluginCrashedError
from hostcore.events import Counters, CrashReport, Event, LogWritten, Message, TransferCompleted
from hostcore.hostcall import CrashKind
from hostcore.log.plugin_log import log_line
from hostcore.runtime.crash import place_of
from hostcore.runtime.tracing import TracedPlace

KEPT = 50
"""Transfers that are kept, and log lines."""
MAX_DATA = 256
"""Bytes of one message that are kept."""
MAX_ARGUMENT = 4000
"""Characters of a call's argument that a report holds."""
MAX_TEXT = 500
"""Characters of a transfer's texts that are kept; a plugin can name a port as long as it likes."""


class FlightRecorder:
    """Remembers a plugin's call under way, its last transfers and its last log lines.

    For the plugin's own thread; takes no lock. To note an event takes some 0.2 µs.

    Args:
        memory_mib: how much memory the plugin may have, MiB.
    """

    def __init__(self, memory_mib: int) -> None:
        self.called = "load"
        """The call under way, or the last one: ``load``, ``read``, ``update`` or ``render``."""
        self.argument = ""
        """What it was called with, whole."""
        self.memory_mib = memory_mib
        """How much memory the plugin may have, MiB; another version of host.toml may change it."""
        self._transfers: deque[TransferCompleted] = deque(maxlen=KEPT)
        self._lines: deque[LogWritten] = deque(maxlen=KEPT)

    def call(self, name: str, argument: str = "") -> None:
        """A call begins."""
        self.called, self.argument = name, argument

    def note(self, event: Event) -> None:
        """Keep a transfer or a log line; other events are let pass."""
        if isinstance(event, TransferCompleted):
            large = len(event.detail) > MAX_TEXT
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
        """All that is known of `crash`.

        Args:
            crash: how the plugin died.
            time_ns: when, on the wall clock.
            path: the plugin's file.
            version: the first 12 hex digits of the file's SHA-256.
            counters: what it had done until then.
            traced: what `Runtime.trace` found, where it was asked.
        """
        place = traced.place if traced else place_of(crash.traceback, Path(path).with_suffix(".py").name)
        problem = crash.problem
        if crash.kind == CrashKind.MEMORY:
            problem = f"asked for more than {self.memory_mib} MiB"
        return CrashReport(
            time_ns=time_ns,
            plugin=crash.plugin,
            path=path,
            version=version,
            kind=crash.kind,
            problem=log_line(f"{problem} in {place}" if place else problem),
            traceback="\n".join(text for text in (crash.traceback, traced.traceback if traced else "") if text),
            wasm_trace=crash.wasm_trace,
            call=self.called,
            argument=_shortened(self.argument, MAX_ARGUMENT),
            transfers=tuple(self._transfers),
            lines=tuple(self._lines),
            counters=counters,
            host_version=__version__,
        )


def _cut(event: TransferCompleted) -> TransferCompleted:
    beyond = sum(max(0, len(message.data) - MAX_DATA) for message in event.messages)
    note = f"{beyond} bytes more are not kept" if beyond else ""
    return replace(
        event,
        messages=tuple(Message(message.written, message.data[:MAX_DATA]) for message in event.messages),
        detail="; ".join(text for text in (_shortened(event.detail, MAX_TEXT), note) if text),
    )


def _shortened(text: str, length: int) -> str:
    beyond = len(text) - length
    return f"{text[:length]} [{beyond} characters more]" if beyond > 0 else text
