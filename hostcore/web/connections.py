"""Limits connections, because visitors may be hostile: their number, their speed and the size of their requests."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

from aiohttp import web

from hostcore.web.answers import ALWAYS, refusal
from hostcore.web.guesses import network_of

MOST_CONNECTIONS = 512
"""Most connections at the same time. Each uses one of the 1,024 file descriptors that Linux grants by default."""
MOST_OF_ONE = 448
"""Most connections of one visitor. The others stay free for other visitors."""
IDLE_SECONDS = 15.0
"""Seconds that a connection may stay without a request, or take to send the head of one."""
LINGER_SECONDS = 1.0
"""Seconds for which the rest of an unwanted body is read."""
LONGEST_LINE = 8190
"""Most bytes in a request's first line, and in each header."""
MOST_HEADERS = 64
"""Most headers of a request."""
STALL_SECONDS = 20.0
"""Seconds for which a visitor may leave sent data unread."""
SWEEP_SECONDS = 1.0
"""Seconds between two checks of all connections."""
SEND_BUFFER = 64 * 1024
"""Bytes that the kernel buffers for a visitor (SO_SNDBUF, which Linux doubles). The default would be megabytes."""

_SILENT = logging.Logger("hostcore.web", logging.CRITICAL + 1)
"""Logger for aiohttp that drops everything. aiohttp logs every broken request, which would overwrite the screen."""


class Connections:
    """Creates a protocol for each new connection, and closes connections that break the limits.

    Args:
        server: aiohttp's server.
        most: most connections at a time.
    """

    def __init__(self, server: web.Server, most: int) -> None:
        self._server, self._most = server, most
        self._stalled: dict[asyncio.WriteTransport, float] = {}

    def __call__(self) -> asyncio.Protocol:
        """Protocol factory for `loop.create_server`."""
        return _Handler(
            self,
            self._server,
            loop=asyncio.get_running_loop(),
            access_log=_SILENT,
            logger=_SILENT,
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGER_SECONDS,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            max_headers=MOST_HEADERS,
            auto_decompress=False,  # no request needs it, and a few bytes could expand to gigabytes
        )

    def abort_excessive(self, newest: _Handler) -> None:
        """Abort a connection if there are too many, of one visitor or of all.

        It is the oldest on which no request was let in yet, so that a visitor with the token gets in, even from an
        address from which others connect. If all are welcome, it is the newest.
        """
        others = [each for each in self._open() if each is not newest]
        own = [each for each in others if each.visitor == newest.visitor]
        crowd = own if len(own) >= MOST_OF_ONE else others if len(others) >= self._most else []
        if crowd:
            _abort_oldest([each for each in crowd if not each.is_welcome] or [newest])

    def _open(self) -> list[_Handler]:
        """All connections, the oldest first."""
        found = (each for each in self._server.connections if isinstance(each, _Handler))
        return [each for each in found if each.transport is not None and not each.transport.is_closing()]

    async def sweep(self) -> None:
        """Check all connections at regular intervals, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.abort_stalled(asyncio.get_running_loop().time())

    def abort_stalled(self, now: float) -> None:
        """Abort connections whose visitor has left data unread for too long."""
        unread = [
            transport
            for handler in self._server.connections
            if (transport := handler.transport) is not None and transport.get_write_buffer_size() > 0
        ]
        self._stalled = {transport: self._stalled.get(transport, now) for transport in unread}
        for stalled, since in self._stalled.items():
            if now - since > STALL_SECONDS:
                stalled.abort()


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket. Its connections have small buffers.

    Raises:
        OSError: the address or port is not available.
    """
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listening = socket.socket(family, kind)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "::")
        listening.bind(address)
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


class _Handler(web.RequestHandler):
    """aiohttp's handler, with limits for new connections, and short answers to requests that are not HTTP.

    Attributes:
        visitor: the network that the connection came from.
        is_welcome: whether a request on it was let in.
    """

    __slots__ = ("_connections", "is_welcome", "visitor")

    def __init__(self, connections: Connections, server: web.Server, **options: Any) -> None:
        super().__init__(server, **options)
        self._connections = connections
        self.visitor = ""
        self.is_welcome = False

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self._current_request is None

    def abort(self) -> None:
        """End the connection at once."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept a connection, and make room for it."""
        super().connection_made(transport)
        address = transport.get_extra_info("peername")
        self.visitor = network_of(address[0]) if address else ""
        self._connections.abort_excessive(self)

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Refuse a request without repeating its content."""
        response = refusal("", status, "found something that is not HTTP, or a request whose head is too long")
        response.headers.update(ALWAYS)
        response.force_close()
        return response


def welcome(request: web.Request) -> None:
    """Note that the visitor on this connection may be here: it is not closed to make room for a stranger."""
    if isinstance(request.protocol, _Handler):
        request.protocol.is_welcome = True


def _abort_oldest(handlers: list[_Handler]) -> None:
    """Abort one of these connections: rather one that waits than one that is being answered."""
    next((each for each in handlers if each.is_idle), handlers[0]).abort()
