"""The connection to a host in another process."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.events import CaughtUp, ConnectionLost, ConnectionRestored, Event
from hostcore.quick_dataclass import replace
from hostcore.view.part import Part, Takers


class Connection(Part):
    """Whether what a front end shows is up to date.

    Attributes:
        process: the PID of the host; 0 if the front end runs in the host's own process.
        computer: the computer of the host, as ssh takes it; "" for this one.
        is_own: whether the host ends with the front end.
        is_recorded: whether this is a recording, and there is no host.
        lost: why and since when there is no connection; None while there is one.
        is_behind: whether earlier events are still to come, so that nothing is sure to be up to date.
    """

    def __init__(self) -> None:
        self.process, self.computer = 0, ""
        self.is_own = self.is_recorded = False
        self.lost: ConnectionLost | None = None
        self.is_behind = False

    def takes(self) -> Takers:
        return {ConnectionLost: self.lose, ConnectionRestored: self.restore, CaughtUp: self.catch_up}

    def look(self, events: Iterable[Event]) -> bool:
        """Take in those of the events that tell of the connection. Return whether there are any."""
        takes = self.takes()
        own = [event for event in events if type(event) in takes]
        for event in own:
            takes[type(event)](event)
        return bool(own)

    def lose(self, event: ConnectionLost) -> None:
        """Nothing is known of the host any more. A later reason takes the place of an earlier one."""
        self.lost = replace(event, time_ns=self.lost.time_ns) if self.lost else event

    def restore(self, _event: ConnectionRestored) -> None:
        """There is a connection again. The events that were missed follow."""
        self.lost, self.is_behind = None, True

    def catch_up(self, _event: CaughtUp) -> None:
        """Everything that was missed has come."""
        self.is_behind = False
