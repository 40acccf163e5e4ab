"""The lines that arrive on a connection, one after the other."""

from __future__ import annotations

import select
import socket

PART = 1 << 16
"""The most bytes that are received at once."""
MS_PER_S = 1_000
"""Milliseconds in a second: poll(2) counts them."""


class LinesIn:
    """Cuts what arrives into lines. For one thread.

    Args:
        connection: the connection. The object does not close it.
        longest: the longest line in bytes.
    """

    def __init__(self, connection: socket.socket, longest: int) -> None:
        self._connection, self._longest = connection, longest
        self._rest = bytearray()
        self._arrival = select.poll()  # select(2) takes no descriptor above 1,023
        self._arrival.register(connection, select.POLLIN)

    def take(self, seconds: float | None) -> list[bytes] | None:
        """Return the whole lines that have arrived, without their newlines; None at the end of the connection.

        Args:
            seconds: for how long to block for the first bytes; None for no limit.

        Raises:
            ValueError: a line is too long.
        """
        if not self._arrival.poll(None if seconds is None else seconds * MS_PER_S):
            return []
        try:
            part = self._connection.recv(PART)
        except (ConnectionError, BlockingIOError):
            part = b""
        if not part:
            return None
        *lines, rest = part.split(b"\n")
        if lines:
            lines[0] = bytes(self._rest + lines[0])
            self._rest.clear()
        self._rest += rest
        if len(self._rest) > self._longest or any(len(each) > self._longest for each in lines):
            raise ValueError(f"a line of more than {self._longest} bytes")
        return lines
