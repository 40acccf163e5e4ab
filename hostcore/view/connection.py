"""The connection to a host in another process."""

from __future__ import annotations

from dataclasses import replace

from hostcore.events import ConnectionLost, ConnectionRestored
from hostcore.view.part import Part, Takers


class Connection(Part):
    """Whether what a front end shows is up to date.

    Attributes:
        process: the PID of the host; 0 if the front end runs in the host's own process.
        computer: the computer of the host, as ssh takes it; "" for this one.
        lost: why and since when there is no connection; None while there is one.
    """

    def __init__(self) -> None:
        self.process, self.computer = 0, ""
        self.lost: ConnectionLost | None = None

    def takes(self) -> Takers:
        return {ConnectionLost: self.lose, ConnectionRestored: self.restore}

    def lose(self, event: ConnectionLost) -> None:
        """Nothing is known of the host any more. A later reason takes the place of an earlier one."""
        self.lost = replace(event, time_ns=self.lost.time_ns) if self.lost else event

    def restore(self, _event: ConnectionRestored) -> None:
        """There is a connection again."""
        self.lost = None
