"""The lines that a host sends to a front end, which may be slow, or gone."""

from __future__ import annotations

import select
import socket
import threading

from hostcore.clock import NS_PER_S, Clock

STALL_SECONDS = 20.0
"""Seconds for which a front end may take nothing."""
LOOK_MS = 200
"""Milliseconds between two looks whether that time is over."""


class LinesOut:
    """Sends whole lines. Thread-safe.

    Args:
        connection: the connection. The object does not close it.
        clock: tells for how long the other end has taken nothing.
    """

    def __init__(self, connection: socket.socket, clock: Clock) -> None:
        self._connection, self._clock = connection, clock
        self._lock = threading.Lock()
        self._room = select.poll()  # select(2) takes no descriptor above 1,023
        self._room.register(connection, select.POLLOUT)

    def send(self, lines: bytes) -> None:
        """Send lines. Blocks while the other end is slow.

        Raises:
            TimeoutError: it took nothing for too long. The connection is of no use any more.
            OSError: the connection is closed.
        """
        with self._lock:
            rest = memoryview(lines)
            since_ns = self._clock.monotonic_ns()
            while rest:
                if self._has_room() and (sent := self._sent(rest)):
                    rest = rest[sent:]
                    since_ns = self._clock.monotonic_ns()
                elif self._clock.monotonic_ns() - since_ns > STALL_SECONDS * NS_PER_S:
                    raise TimeoutError(f"it took nothing for {STALL_SECONDS:g} s")

    def _has_room(self) -> bool:
        return bool(self._room.poll(LOOK_MS))

    def _sent(self, rest: memoryview) -> int:
        try:
            return self._connection.send(rest, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
