"""TCP proxies: one cuts connections in the middle of a message, another one saves what a dead broker has sent."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from threading import Lock, Thread

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing sends a reset, and what was not sent yet is lost."""
CHUNK = 4096


class Proxy:
    """Passes connections on to a port of this computer, and only while it is open.

    Args:
        target: the port.
    """

    lets_read_on = False
    """Whether a client can read on and write on after the end of the broker's connection."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = Lock()
        self._is_open = False
        self._pairs: list[_Pair] = []
        self._cut: tuple[bool, int] | None = None
        self.cuts = 0
        """How many connections were cut in the middle."""
        Thread(target=self._accept, daemon=True).start()

    def open(self) -> None:
        """Let connections through from now on."""
        with self._lock:
            self._is_open = True

    def close(self) -> None:
        """End all connections, and let none through."""
        with self._lock:
            self._is_open, pairs, self._pairs = False, self._pairs, []
        for each in pairs:
            each.end()

    def cut_after(self, count: int, *, from_host: bool) -> None:
        """Cut the connection once so many more bytes have gone through, from the host or from the broker."""
        with self._lock:
            self._cut = (from_host, count)

    def passed(self, source: socket.socket, goal: socket.socket, *, from_host: bool) -> bool:
        """Pass bytes on until there are no more. Returns whether the connection is to be cut."""
        while data := source.recv(CHUNK):
            allowed = self.allowed(len(data), from_host=from_host)
            goal.sendall(data[:allowed])
            if allowed < len(data):
                return True
        return False

    @property
    def is_cutting(self) -> bool:
        """Whether the cut is still to come."""
        return self._cut is not None

    def allowed(self, count: int, *, from_host: bool) -> int:
        """Return how many of these bytes go through. Fewer than all: the connection is to be cut."""
        with self._lock:
            if self._cut is None or self._cut[0] is not from_host:
                return count
            left = self._cut[1] - count
            if left >= 0:
                self._cut = (from_host, left)
                return count
            self._cut = None
            self.cuts += 1
            return count + left

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), 2)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            pair = _Pair(self, client, server)
            with self._lock:
                is_open = self._is_open
                if is_open:
                    self._pairs.append(pair)
            if is_open:
                pair.start()
            else:
                pair.end()

    def end(self) -> None:
        """End the proxy."""
        self.close()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


class Drain(Proxy):
    """Passes on all that the broker has sent, also after its death.

    A subscriber learns of the death by a confirmation that it cannot send. Then it closes its connection, and with it
    what the broker has sent before and the subscriber has not read yet.
    """

    lets_read_on = True

    def passed(self, source: socket.socket, goal: socket.socket, *, from_host: bool) -> bool:
        is_heard = True
        while data := source.recv(CHUNK):
            try:
                if is_heard:
                    goal.sendall(data)
            except OSError:
                if not from_host:
                    raise
                is_heard = False
        return False


class _Pair:
    """A connection of the host, and the one to the broker that belongs to it."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self) -> None:
        Thread(target=self._pass, args=(self._client, self._server, True), daemon=True).start()
        Thread(target=self._pass, args=(self._server, self._client, False), daemon=True).start()

    def _pass(self, source: socket.socket, goal: socket.socket, from_host: bool) -> None:
        with suppress(OSError):
            if self._proxy.passed(source, goal, from_host=from_host):
                self._reset()
                return
        if from_host or not self._proxy.lets_read_on:
            self.end()
        else:
            with suppress(OSError):
                goal.shutdown(socket.SHUT_WR)

    def _reset(self) -> None:
        with suppress(OSError):
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.end()

    def end(self) -> None:
        for each in (self._client, self._server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
