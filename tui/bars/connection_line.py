"""A line that nobody can miss while the screen does not know how its host is now."""

from __future__ import annotations

from tui.desk import Desk
from tui.notice_line import NoticeLine
from tui.requests import Requests
from tui.text import safe, time_of_day, uptime

LATE_SECONDS = 1.0
"""Seconds after which an answer of the host is late."""


class ConnectionLine(NoticeLine):
    """One line above every pane, shown only while a screen has lost its host, waits for it, or learns what it missed.

    Args:
        desk: the screen around it.
        requests: the requests to a host in another process.
    """

    def __init__(self, desk: Desk, requests: Requests) -> None:
        super().__init__(desk)
        self._requests = requests

    @property
    def is_bad(self) -> bool:
        """Whether there is no connection."""
        return bool(self.desk.view.connection.lost)

    @property
    def text(self) -> str:
        """Why a person does not see how the host is now; "" if they do."""
        connection, waiting = self.desk.view.connection, self._requests.waiting_seconds
        if lost := connection.lost:
            since = f"for {uptime(self.desk.now_ns() - lost.time_ns)}"
            if self.desk.frozen_since_ns:
                since = f"since {time_of_day(lost.time_ns)[:8]}"  # the screen's clock stands
            return f"NO CONNECTION {since}, nothing here is newer: {safe(lost.problem)}. Trying again"
        if connection.is_behind:
            return "CATCHING UP: what happened so far is still arriving. Nothing here is up to date yet."
        if waiting > LATE_SECONDS:
            return f"WAITING for the host, which has not answered for {waiting:.0f} s. You can go on meanwhile."
        return ""
