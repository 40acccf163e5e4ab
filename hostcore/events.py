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
    """One key a plugin, and ``timestamp`` (RFC 3339, UTC)."""


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
    """Nanoseconds, the wait for the bus included."""


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
    | EventsDropped
)
