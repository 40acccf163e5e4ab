"""What was logged, and what a subscriber missed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HOST = "host"
"""Who speaks in the log where no plugin does."""


class Level(StrEnum):
    """How much a log line matters."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class LogWritten:
    """A plugin, or the host about a plugin, logged one line."""

    time_ns: int
    plugin: str
    level: Level
    text: str
    """One line; control characters are escaped."""


@dataclass(frozen=True, slots=True)
class EventsDropped:
    """A subscriber was too slow: so many events before this one are lost to it."""

    time_ns: int
    count: int
