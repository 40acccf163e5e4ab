"""The connection of a front end in another process to its host."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """The connection to the host was lost. Nothing is known of the host until `ConnectionRestored`.

    Only front ends in other processes get it. It is made on their side.
    """

    time_ns: int
    problem: str
    """Why, one line of text."""


@dataclass(frozen=True, slots=True)
class ConnectionRestored:
    """There is a connection again. The events that were missed follow, after an `EventsDropped` if some are gone."""

    time_ns: int
    is_new_host: bool
    """Whether the host was started again meanwhile: nothing that it said before need be true any more."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """All earlier events have come. Those that follow happen now. It comes once for each connection.

    Only front ends in other processes get it. It is made on their side.
    """

    time_ns: int
