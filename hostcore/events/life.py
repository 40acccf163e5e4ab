"""What becomes of a plugin, and what it has done so far."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hostcore.permissions import Permission


class State(StrEnum):
    """Where a plugin is in its life."""

    DISCOVERED = "discovered"
    LOADING = "loading"
    RUNNING = "running"
    BACKOFF = "backoff"
    QUARANTINED = "quarantined"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class StateChanged:
    """A plugin moved from one state to another.

    If `before` is `after`, the plugin stays in its state, and only `cause` or `retry_seconds` is new.
    """

    time_ns: int
    plugin: str
    before: State
    after: State
    cause: str
    """One line for a person."""
    retry_seconds: float = 0.0
    """Until it gets a new instance by itself; 0 if it does not wait for one, or if that moment is not known yet."""


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """A plugin asked for what it may not have: a request that a person can grant."""

    time_ns: int
    plugin: str
    permission: Permission
    """The permission that would allow it."""
    reason: str
    """One line for a person."""
    count: int
    """How often since the plugin was loaded; repeats make an event at 1, 10, 100, ... only."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What one plugin has done since the host started."""

    calls: int = 0
    errors: int = 0
    """Calls that returned an error."""
    crashes: tuple[tuple[str, int], ...] = ()
    """How often for each `hostcore.hostcall.CrashKind`, most frequent first."""
    restarts: int = 0
    """Instances made after the first one."""
    reloads: int = 0
    """New versions of its file that took over."""
    denied: int = 0
    """Accesses without a permission."""
    call_p50_ns: int = 0
    """The median of the last calls' durations."""
    call_p99_ns: int = 0
    call_max_ns: int = 0
    """The longest call ever."""
    memory_bytes: int = 0
    """The instance's linear memory."""
    transfers: int = 0
    bus_time_ns: int = 0
    """How long it held buses."""
    bytes_read: int = 0
    """From devices."""
    bytes_written: int = 0
    """To devices."""
    lines_dropped: int = 0
    """Log lines beyond its limit."""
    throttled_ns: int = 0
    """How long it was kept from a bus because it had used its share."""


@dataclass(frozen=True, slots=True)
class CountersTaken:
    """A plugin's counters after a call."""

    time_ns: int
    plugin: str
    counters: Counters


@dataclass(frozen=True, slots=True)
class PluginReloaded:
    """A new version of a plugin's file took over between two calls."""

    time_ns: int
    plugin: str
    version: str
    """The first 12 hex digits of the file's SHA-256."""


@dataclass(frozen=True, slots=True)
class PluginsChanged:
    """Plugins appeared, vanished, or were given other settings."""

    time_ns: int
    names: tuple[str, ...]
    """All that there are now, in host.toml's order."""
