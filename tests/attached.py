"""A host without plugins whose session is served over socket pairs, and front ends of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from hostcore.clock import VirtualClock
from hostcore.control.attachments import Attachments
from hostcore.control.message_lines import answer_line, parse_request, read_line
from hostcore.control.messages import Failure
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_messages import AttachRequest
from hostcore.errors import HostError
from hostcore.events import Event, Level, LogWritten
from hostcore.events.backlog import Backlog
from hostcore.events.stream import Subscription
from tests.scripted_session import ScriptedSession
from tests.waiting import until

E = TypeVar("E", bound=Event)
PATIENCE = 10.0
"""Seconds that a test waits before it fails."""


class ServedSession:
    """A `ScriptedSession` that serves front ends, each on a thread.

    Attributes:
        session: what they are attached to.
        warnings: what a person is told.
        is_reachable: whether new connections succeed.
        connections: the host's ends.
        stops: how often a front end asked for the end of the host.
    """

    def __init__(self) -> None:
        self.session, self.clock = ScriptedSession(), VirtualClock()
        self.warnings: list[str] = []
        self.connections: list[socket.socket] = []
        self.is_reachable = True
        self.stops = 0
        self._threads: list[threading.Thread] = []
        self.begin()

    def begin(self) -> None:
        """Start the host, or start it again: nothing of the run before is known."""
        self.backlog = Backlog()
        self.session.stream.follow(self.backlog)
        self.attachments = Attachments(
            self.session, self.backlog, clock=self.clock, warn=self.warnings.append, stop=self._stop
        )

    def _stop(self) -> None:
        self.stops += 1

    def connect(self) -> socket.socket:
        """Connect a front end."""
        if not self.is_reachable:
            raise ConnectionRefusedError("nobody listens")
        host, front_end = socket.socketpair()
        self.connections.append(host)
        thread = threading.Thread(target=self._serve, args=(host,), daemon=True)
        self._threads.append(thread)
        thread.start()
        return front_end

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, ValueError):
            request = parse_request(read_line(connection, PATIENCE))
            assert isinstance(request, AttachRequest)
            try:
                attachment = self.attachments.attach(request)
            except HostError as error:
                connection.sendall(answer_line(Failure("HostError", str(error))))
                return
            attachment.serve(connection)

    def front_end(self) -> RemoteSession:
        """Return a session that is attached."""
        return RemoteSession(self.connect, self.clock)

    def cut(self) -> None:
        """Cut all connections."""
        for each in self.connections:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self.connections.clear()

    def join(self) -> bool:
        """Stop. Returns whether all threads have ended within a second."""
        self.attachments.stop()
        self.cut()
        for each in self._threads:
            each.join(1.0)
        return not any(each.is_alive() for each in self._threads)


def line(number: int) -> LogWritten:
    return LogWritten(number, "light", Level.INFO, f"line {number}")


class Told:
    """What a subscriber of a session was told."""

    def __init__(self, session: RemoteSession) -> None:
        self.events: list[Event] = []
        self._subscription: Subscription = session.subscribe()

    def wait_for(self, kind: type[E], where: Callable[[E], bool] = lambda _event: True) -> E:
        """Wait for an event that fulfils `where`."""
        until(lambda: self._look() or any(isinstance(each, kind) and where(each) for each in self.events), PATIENCE)
        return next(each for each in self.events if isinstance(each, kind) and where(each))

    def count(self, kind: type) -> int:
        """How many events of this kind have come so far."""
        self._look()
        return sum(isinstance(each, kind) for each in self.events)

    def lines(self, count: int) -> list[str]:
        """Wait for this many lines of the plugin, and return them."""
        until(lambda: self._look() or len(self._lines()) >= count, PATIENCE)
        return self._lines()

    def _lines(self) -> list[str]:
        return [each.text for each in self.events if isinstance(each, LogWritten) and not each.by_host]

    def _look(self) -> None:
        self.events += [item.event for item in self._subscription.take(0)]
