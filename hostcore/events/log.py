"""Log lines, and events that a subscriber lost."""

from __future__ import annotations

from enum import StrEnum

from hostcore.quick_dataclass import dataclass

HOST = "host"
"""The name in the log for lines of the host itself."""
PERSON = "a person"
"""The name in the traffic for a person's use of an output. No plugin can have it."""


class Level(StrEnum):
    """Severity of a log line."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class LogWritten:
    """A plugin logged one line, or the host logged one about a plugin."""

    time_ns: int
    plugin: str
    level: Level
    text: str
    """One line; control characters are escaped."""
    by_host: bool = False
    """The host speaks. Otherwise these are the plugin's words, and the host vouches for none of them."""
    continues: bool = False
    """It goes on with the line of this plugin before it, as the lines of a traceback do."""


@dataclass(frozen=True, slots=True)
class EventsDropped:
    """A subscriber was too slow and lost this many events at this place."""

    time_ns: int
    count: int
