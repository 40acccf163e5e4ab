"""A host without plugins whose session is served over socket pairs, and front ends of it."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from hostcore.clock import VirtualClock
from hostcore.control.attachments import Attachments
from hostcore.control.message_lines import answer_line, parse_request, read_line
from hostcore.control.messages import Failure
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_messages import AttachRequest
from hostcore.errors import HostError
from hostcore.events.backlog import Backlog
from tests.scripted_session import ScriptedSession

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
