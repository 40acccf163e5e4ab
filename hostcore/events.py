"""What happened, as immutable values. Front ends learn everything from these; they never ask the core.

Times are `Clock.wall_ns`: nanoseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Reading = Mapping[str, Any]
"""One JSON object that a driver measured. Never changed once published."""


class Level(StrEnum):
    """How much a log line matters."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ReadingPublished:
    """A driver's `read` returned."""

    time_ns: int
    plugin: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class ReadingFailed:
    """A driver's `read` reported an error, or crashed."""

    time_ns: int
    plugin: str
    error: str


@dataclass(frozen=True, slots=True)
class RoundCompleted:
    """Every driver had its turn: the readings of all, as displays, pages and front ends get them."""

    time_ns: int
    number: int
    """Counts from 1."""
    readings: Reading
    """One key a plugin, ``timestamp`` (RFC 3339, UTC), and the keys that pages of the demo:plugin contract look for."""


@dataclass(frozen=True, slots=True)
class PageRendered:
    """A page plugin made a page of a round's readings."""

    time_ns: int
    plugin: str
    number: int
    """The round's."""
    html: str
    """As the plugin wrote it: hostile until proven otherwise."""


class Outcome(StrEnum):
    """How a transfer ended; the WIT contract's own names."""

    OK = "ok"
    NO_ACKNOWLEDGE = "no-acknowledge"
    BUS = "bus"
    ARBITRATION_LOSS = "arbitration-loss"
    TIMEOUT = "timeout"
    DENIED = "denied"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Message:
    """One direction of a transfer."""

    written: bool
    """True from the host to the device."""
    data: bytes


@dataclass(frozen=True, slots=True)
class TransferCompleted:
    """A plugin's access to the hardware ended, well or not."""

    time_ns: int
    """When it began."""
    plugin: str
    bus: str
    """As host.toml names it: ``i2c-1``, ``spi-0``, ``gpio``, ``uart-serial0``."""
    address: int | None
    """7-bit I2C address, SPI chip select or GPIO line; None for a UART."""
    messages: tuple[Message, ...]
    """What went over the wires, in order; a read that failed has no message."""
    outcome: Outcome
    detail: str
    """One line for a person where the outcome is not ok, else ""."""
    duration_ns: int
    """Nanoseconds it held the bus."""
    waited_ns: int = 0
    """Nanoseconds it waited before that: for the bus, or for its share of it."""


@dataclass(frozen=True, slots=True)
class LogWritten:
    """A plugin, or the host about a plugin, logged one line."""

    time_ns: int
    plugin: str
    level: Level
    text: str
    """One line; control characters are escaped."""


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
    """A plugin moved from one state to another."""

    time_ns: int
    plugin: str
    before: State
    after: State
    cause: str
    """One line for a person."""


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """A plugin asked for what it may not have: a request that a person can grant."""

    time_ns: int
    plugin: str
    permission: str
    """The permission that would allow it, as host.toml writes it: ``i2c:1:0x77``."""
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
class CrashReport:
    """All that is known of one death: what the flight recorder held."""

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
    """What was called: ``load``, ``read``, ``update`` or ``render``."""
    argument: str
    """What it was called with, cut to 4,000 characters."""
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
class PluginsChanged:
    """Plugins appeared, vanished, or were given other settings."""

    time_ns: int
    names: tuple[str, ...]
    """All that there are now, in host.toml's order."""


class Presence(StrEnum):
    """What a scan found at an address."""

    ABSENT = "absent"
    """Nobody answered."""
    PRESENT = "present"
    """A device answered every probe."""
    GHOST = "ghost"
    """It answered some probes and not others."""
    KERNEL = "kernel"
    """A kernel driver holds it; shown as UU."""
    FAULT = "fault"
    """The bus failed while it was probed."""


@dataclass(frozen=True, slots=True)
class Probed:
    """One address of a scan."""

    address: int
    """7 bits."""
    presence: Presence
    detail: str
    """One line for a person where the presence alone does not say it all, else ""."""


@dataclass(frozen=True, slots=True)
class ScanCompleted:
    """Every address of an I2C bus was probed."""

    time_ns: int
    bus: str
    """``i2c-1``."""
    mode: str
    """A `hostcore.session.ScanMode`."""
    probed: tuple[Probed, ...]
    """In the order of the addresses, 0x08 to 0x77."""
    duration_ns: int


@dataclass(frozen=True, slots=True)
class ChipIdentified:
    """Somebody asked what chip sits at an I2C address: the registers that tell chips apart were read."""

    time_ns: int
    bus: str
    """``i2c-1``."""
    address: int
    """7 bits."""
    chips: tuple[str, ...]
    """The known chips whose identity is what was read; none where it is none of those that have an identity."""
    detail: str
    """One line for a person: what was read."""


@dataclass(frozen=True, slots=True)
class LedsShown:
    """The strip of LEDs got colours of which one at least is new."""

    time_ns: int
    plugin: str
    """Who showed them, or set one last; "" where the host switched them off."""
    colors: tuple[tuple[int, int, int], ...]
    """Red, green and blue of every LED, 0 to 255."""


@dataclass(frozen=True, slots=True)
class RelaySwitched:
    """A relay went on or off."""

    time_ns: int
    plugin: str
    """Who switched it; "" where the host did."""
    relay: str
    """NAME of `[relays.NAME]`."""
    on: bool


@dataclass(frozen=True, slots=True)
class PwmSet:
    """The pulse-width modulation of a GPIO line was set."""

    time_ns: int
    plugin: str
    """Who set it; "" where the host did."""
    line: int
    """BCM number."""
    duty: float
    """The part of each period that it is high, 0 to 1."""
    frequency_hz: float
    """Periods a second."""


@dataclass(frozen=True, slots=True)
class EventsDropped:
    """A subscriber was too slow: so many events before this one are lost to it."""

    time_ns: int
    count: int


Event = (
    ReadingPublished
    | ReadingFailed
    | RoundCompleted
    | PageRendered
    | TransferCompleted
    | LogWritten
    | StateChanged
    | AccessDenied
    | CountersTaken
    | PluginReloaded
    | PluginCrashed
    | PluginsChanged
    | ScanCompleted
    | ChipIdentified
    | LedsShown
    | RelaySwitched
    | PwmSet
    | EventsDropped
)
