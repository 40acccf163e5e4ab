"""Plugin states, denials, reloads and counters."""

from __future__ import annotations

from enum import StrEnum

from hostcore.permissions import Permission
from hostcore.quick_dataclass import dataclass

FAILING = 3
"""Errors in a row from which on a plugin is failing."""


class State(StrEnum):
    """The state of a plugin."""

    DISCOVERED = "discovered"
    LOADING = "loading"
    RUNNING = "running"
    BACKOFF = "backoff"
    QUARANTINED = "quarantined"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class StateChanged:
    """A plugin changed its state, or the cause of its state.

    If `before` equals `after`, only `cause`, `retry_seconds`, `is_searching`, `lacks_libraries`, `rejected` or
    `broken_line` is new.
    """

    time_ns: int
    plugin: str
    before: State
    after: State
    cause: str
    """One line of text."""
    retry_seconds: float = 0.0
    """Seconds until the plugin gets a new instance; 0 if it does not wait for one, or the time is not known yet."""
    is_searching: bool = False
    """The host is looking for the line of a crash."""
    version: str = ""
    """The first 12 hex digits of the SHA-256 of the file that was loaded; "" if this change loaded none."""
    lacks_libraries: bool = False
    """The libraries that the newest version of its file asks for have not been fetched."""
    rejected: str = ""
    """Why the newest version of its file was not taken, one line of text, while the version before runs on; "" if that
    version runs, or none does."""
    broken_line: int = 0
    """The line of its file, from 1 on, that keeps the newest version from being used; 0 if no line is known."""
    is_woken: bool = False
    """It goes on where it was when the host stopped. What it did before, such as the setup of its chip, is not seen."""


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """A plugin was denied an access. A person can grant the permission, unless the device belongs to another plugin."""

    time_ns: int
    plugin: str
    permission: Permission
    """The permission that would allow it."""
    reason: str
    """One line of text."""
    count: int
    """Number of times since the plugin was loaded. Repeats publish an event only at 1, 10, 100, ..."""
    owner: str = ""
    """The other plugin that the device belongs to; "" if it belongs to none."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Counts for one plugin since the host started."""

    calls: int = 0
    errors: int = 0
    """Calls that returned an error."""
    crashes: tuple[tuple[str, int], ...] = ()
    """Number of crashes of each `hostcore.hostcall.CrashKind`, most frequent first."""
    restarts: int = 0
    """Instances created after the first one."""
    reloads: int = 0
    """New versions of the plugin's file that took over."""
    recycles: int = 0
    """Instances that were replaced between two calls because a leak had nearly used up their memory."""
    denied: int = 0
    """Accesses that were denied."""
    call_p50_ns: int = 0
    """Median duration of the last calls."""
    call_p99_ns: int = 0
    call_max_ns: int = 0
    """Duration of the longest call so far."""
    memory_bytes: int = 0
    """Size of the instance's linear memory."""
    host_bytes: int = 0
    """An estimate of the most bytes of the host's memory that one call took. 0 if all calls were small."""
    transfers: int = 0
    bus_time_ns: int = 0
    """Time that the plugin held buses."""
    bytes_read: int = 0
    """From devices."""
    bytes_written: int = 0
    """To devices."""
    lines_dropped: int = 0
    """Log lines dropped because they exceeded the limit."""
    throttled_ns: int = 0
    """Time that the plugin had to wait because it had used up its share of a bus."""
    errors_in_a_row: int = 0
    """The newest calls of one function of its present instance that all returned an error. If several functions do so,
    such as ``read`` and ``update``, the most of one."""
    erring_since_ns: int = 0
    """When the first of these calls ended; 0 if there are none."""

    @property
    def is_failing(self) -> bool:
        """Whether it has reported only errors for some time. A sensor may miss one or two readings."""
        return self.errors_in_a_row >= FAILING


@dataclass(frozen=True, slots=True)
class CountersTaken:
    """A plugin's counters after a call."""

    time_ns: int
    plugin: str
    counters: Counters


@dataclass(frozen=True, slots=True)
class PluginReloaded:
    """A new version of a plugin's file took over, between two calls."""

    time_ns: int
    plugin: str
    version: str
    """The first 12 hex digits of the file's SHA-256."""


@dataclass(frozen=True, slots=True)
class InstanceRecycled:
    """A new instance of the same version took over between two calls, because a leak had nearly used up the memory."""

    time_ns: int
    plugin: str
    memory_bytes: int
    """Linear memory of the instance that was replaced."""
    limit_bytes: int
    """The most that it could have."""
    per_call_bytes: int
    """How much its memory grew with each call, on average."""
    calls: int
    """Calls in which it grew."""

    @property
    def words(self) -> str:
        """How it grew, for a person: ``memory grew 12.0 KiB per call to 58 of 64 MiB``."""
        each, mib = self.per_call_bytes, 1 << 20
        grew = f"{each / mib:.1f} MiB" if each >= mib else f"{each / 1024:.1f} KiB" if each >= 1024 else f"{each} bytes"
        return f"memory grew {grew} per call to {self.memory_bytes / mib:.0f} of {self.limit_bytes / mib:.0f} MiB"


@dataclass(frozen=True, slots=True)
class KeptStateWritten:
    """The state that a plugin keeps across restarts was written to the disk."""

    time_ns: int
    plugin: str
    size_bytes: int
    """Bytes of its JSON."""
    saves: int
    """How often the plugin saved a new value since the write before. Only the newest one was written."""


@dataclass(frozen=True, slots=True)
class FetchEnded:
    """The host tried to fetch the libraries of a plugin."""

    time_ns: int
    plugin: str
    error: str = ""
    """Why they could not be fetched, one line of text; "" if they were."""


@dataclass(frozen=True, slots=True)
class DriverAdded:
    """The host tried to write a new driver that a person wished for."""

    time_ns: int
    plugin: str
    file: str = ""
    """Its file on the computer of the host; "" if there is none."""
    permissions: tuple[Permission, ...] = ()
    """What it may use from the start."""
    uses: str = ""
    """The class of its library with its module; "" if it has no library, or no class looked like a driver."""
    is_elsewhere: bool = False
    """Whether it belongs to copies of the built-in settings that were made for it. This host does not run these."""
    error: str = ""
    """Why it was not written, one line of text; "" if it was."""


@dataclass(frozen=True, slots=True)
class ScriptEnded:
    """A script ran to its end without an error. It runs again after its interval."""

    time_ns: int
    plugin: str


@dataclass(frozen=True, slots=True)
class PluginsChanged:
    """Plugins were added, removed, or given other settings."""

    time_ns: int
    names: tuple[str, ...]
    """All plugins, in the order of host.toml."""
