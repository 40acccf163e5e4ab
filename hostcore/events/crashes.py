"""Crashes of plugins."""

from __future__ import annotations

from hostcore.events.life import Counters
from hostcore.events.log import LogWritten
from hostcore.events.transfers import TransferCompleted
from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class CrashReport:
    """Everything known about one crash."""

    time_ns: int
    plugin: str
    path: str
    """The plugin's file."""
    version: str
    """The first 12 hex digits of the file's SHA-256."""
    kind: str
    """A `hostcore.hostcall.CrashKind`."""
    problem: str
    """One sentence: ``KeyError: 'gain' in light.py line 9``, or ``still running after 2 s, likely in light.py line 14``
    if a replay found the place."""
    traceback: str
    """The traceback of the guest's language, or ""."""
    wasm_trace: str
    """wasmtime's message and its frames, or ""."""
    call: str
    """The fatal call: ``load``, ``read``, ``update`` or ``render``."""
    argument: str
    """The argument of that call, cut to 4,000 characters."""
    transfers: tuple[TransferCompleted, ...]
    """The last transfers before the crash, oldest first; at most 50."""
    lines: tuple[LogWritten, ...]
    """The last log lines, oldest first; at most 50."""
    counters: Counters
    host_version: str
    line: int = 0
    """The line of the plugin's file where it crashed; 0 if unknown. It is only likely if a replay found it,
    or if the traceback is the plugin's own text."""


@dataclass(frozen=True, slots=True)
class PluginCrashed:
    """An instance crashed and was discarded."""

    time_ns: int
    plugin: str
    report: CrashReport
    file: str
    """Path of the written report, or why it could not be written."""


@dataclass(frozen=True, slots=True)
class CrashLocated:
    """The search for a crash's place has ended. Follows a `PluginCrashed` whose report did not name the place."""

    time_ns: int
    """When the search ended."""
    plugin: str
    report: CrashReport
    """Replaces the report of the `PluginCrashed` that has the same `CrashReport.time_ns`."""
    file: str
    """Path of the written report, or why it could not be written."""
