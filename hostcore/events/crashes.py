"""The deaths of plugins."""

from __future__ import annotations

from dataclasses import dataclass

from hostcore.events.life import Counters
from hostcore.events.log import LogWritten
from hostcore.events.transfers import TransferCompleted


@dataclass(frozen=True, slots=True)
class CrashReport:
    """All that is known of one death."""

    time_ns: int
    plugin: str
    path: str
    """The plugin's file."""
    version: str
    """The first 12 hex digits of the file's SHA-256."""
    kind: str
    """A `hostcore.hostcall.CrashKind`."""
    problem: str
    """One line in plain words: ``still running after 2 s in light.py line 14``."""
    traceback: str
    """The guest language's own traceback, or ""."""
    wasm_trace: str
    """The WebAssembly machine's own words and frames, or ""."""
    call: str
    """The fatal call: ``load``, ``read``, ``update`` or ``render``."""
    argument: str
    """The argument of that call, cut to 4,000 characters."""
    transfers: tuple[TransferCompleted, ...]
    """The last ones before the end, oldest first; at most 50."""
    lines: tuple[LogWritten, ...]
    """The last log lines, oldest first; at most 50."""
    counters: Counters
    host_version: str


@dataclass(frozen=True, slots=True)
class PluginCrashed:
    """An instance died and was thrown away."""

    time_ns: int
    plugin: str
    report: CrashReport
    file: str
    """Where the report is kept, or why it could not be written."""


@dataclass(frozen=True, slots=True)
class CrashLocated:
    """The search for the place of a crash is over. It follows a `PluginCrashed` whose report did not tell the place."""

    time_ns: int
    """When the search ended."""
    plugin: str
    report: CrashReport
    """Replaces the one of the `PluginCrashed` with the same `CrashReport.time_ns`."""
    file: str
    """Where the report is kept, or why it could not be written."""
