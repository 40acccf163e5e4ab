"""The transfers of a running host for one command that watches them: a queue on the host's side, lines on the other."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from hostcore.control.lines_in import LinesIn
from hostcore.control.message_lines import LONGEST_LINE, parse_answer, parse_watched, request_line, watched_line
from hostcore.control.messages import Watched, WatchReport, WatchRequest
from hostcore.errors import HostError
from hostcore.events.stream import Subscription

QUEUED = 2_000
"""The most transfers that wait for a slow client. Older ones are lost, and counted."""
QUIET_SECONDS = 0.5
"""Seconds without a transfer after which the host looks whether the client is still there."""


class Watch:
    """The transfers that a client asked for. They wait in a queue of their own, so that a slow one delays nobody.

    Args:
        request: says which transfers are wanted.
        subscription: the transfers of all plugins.

    Attributes:
        is_closed: whether `close` was called.
    """

    def __init__(self, request: WatchRequest, subscription: Subscription) -> None:
        self._request, self._subscription = request, subscription
        self.is_closed = False

    def lines(self) -> Iterator[bytes]:
        """Yield the line for each transfer since the last ones, until `close`; b"" after a quiet moment."""
        while not self.is_closed:
            wanted = list(self._request.wanted(item.event for item in self._subscription.take(QUIET_SECONDS)))
            yield from map(watched_line, wanted)  # one by one: all of a burst together can take 40 MB
            if not wanted:
                yield b""

    def close(self) -> None:
        """End the present wait, and collect no further transfers."""
        self.is_closed = True
        self._subscription.close()


class Watching:
    """A client's connection on which transfers arrive.

    Args:
        connection: the connection to the host. The object closes it, also if it cannot be made.
        request: says which transfers are wanted.
        seconds: how long the host may take for its first answer.

    Raises:
        HostError: the host refuses.
        ValueError: it does not answer properly.
        OSError: the connection broke.
    """

    def __init__(self, connection: socket.socket, request: WatchRequest, seconds: float) -> None:
        self._connection = connection
        self._arriving = LinesIn(connection, LONGEST_LINE)
        try:
            connection.sendall(request_line(request))
            first, *self._first = self._arriving.take(seconds) or [b""]
            parse_answer(first, WatchReport)
        except BaseException:
            connection.close()
            raise

    def take(self, seconds: float) -> list[Watched] | None:
        """Return the transfers that have arrived. Blocks for at most `seconds` for the first one.

        Returns:
            The transfers; none after `seconds`; None if the host has ended.

        Raises:
            HostError: the host sent something else.
        """
        try:
            lines, self._first = self._first or self._arriving.take(seconds), []
            return None if lines is None else [parse_watched(line) for line in lines]
        except ValueError as error:
            raise HostError(f"the running host sent no transfer: {error}") from None

    def close(self) -> None:
        """Leave. The host collects no further transfers for this client."""
        self._connection.close()
