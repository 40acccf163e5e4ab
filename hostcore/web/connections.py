"""Connections of visitors who may mean harm: not too many, none that is too slow, and all refused politely."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

from aiohttp import web

from hostcore.web.answers import ALWAYS, refusal
from hostcore.web.guesses import network_of

MOST_CONNECTIONS = 512
"""At the same time; a file descriptor each, of the 1,024 that Linux gives a process by default."""
MOST_OF_ONE = 448
"""Those of one visitor, token or not; the rest is for others."""
IDLE_SECONDS = 15.0
"""How long a connection may be without a request, or take to send the head of one."""
LINGER_SECONDS = 1.0
"""How long the rest of a body is read that nobody wanted."""
LONGEST_LINE = 8190
"""Bytes of a request's first line, and of one header."""
MOST_HEADERS = 64
"""Headers of a request."""
STALL_SECONDS = 20.0
"""How long a visitor may leave what was sent to it unread."""
SWEEP_SECONDS = 1.0
"""From one look at all connections to the next."""
SEND_BUFFER = 64 * 1024
"""Bytes that the kernel keeps for a visitor (SO_SNDBUF, which Linux doubles); it would take megabytes otherwise."""

_SILENT = logging.Logger("hostcore.web", logging.CRITICAL + 1)
"""For aiohttp every broken request is an error, which would be written over the screen."""


class Connections:
    """Makes a protocol for each new connection.

    Args:
        server: aiohttp's, whose connections are looked after.
        most: how many there may be; what is beyond is closed at once.
    """

    def __init__(self, server: web.Server, most: int) -> None:
        self._server, self._most = server, most
        self._stalled: dict[asyncio.WriteTransport, float] = {}

    def __call__(self) -> asyncio.Protocol:
        """For `loop.create_server`."""
        if len(self._server.connections) >= self._most:
            return _Full()
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
            auto_decompress=False,  # nothing that is sent here needs it, and a few bytes can become many
        )

    def abort_excessive(self, newest: asyncio.WriteTransport) -> None:
        """End a connection whose visitor has too many others."""
        visitor = _visitor(newest)
        others = [handler.transport for handler in self._server.connections if handler.transport not in (None, newest)]
        if sum(_visitor(other) == visitor for other in others) >= MOST_OF_ONE:
            newest.abort()

    async def sweep(self) -> None:
        """Look after all connections until it is cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.abort_stalled(asyncio.get_running_loop().time())

    def abort_stalled(self, now: float) -> None:
        """End the connections whose visitor has had something unread for too long."""
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
    """A socket that listens, whose connections have small buffers.

    Raises:
        OSError: the address or port cannot be had.
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
    """aiohttp's, but for whom it lets in, and for what it says to those who do not speak HTTP."""

    __slots__ = ("_connections",)

    def __init__(self, connections: Connections, server: web.Server, **options: Any) -> None:
        super().__init__(server, **options)
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody came."""
        super().connection_made(transport)
        assert isinstance(transport, asyncio.WriteTransport)
        self._connections.abort_excessive(transport)

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Refuse without repeating what was sent."""
        response = refusal("", status, "found something that is no HTTP request, or one with too long a head")
        response.headers.update(ALWAYS)
        response.force_close()
        return response


def _visitor(transport: asyncio.BaseTransport | None) -> str:
    address = None if transport is None else transport.get_extra_info("peername")
    return network_of(address[0]) if address else ""


class _Full(asyncio.Protocol):
    """There is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it at once."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.abort()
