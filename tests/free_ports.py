"""TCP ports for servers of the tests that cannot choose one themselves, or that must come back on the same one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from random import SystemRandom

RANGE = range(20_000, 32_000)
"""No port of these is given to a client that connects (ip_local_port_range begins at 32768), so each stays free while
its server is away."""
_held: list[socket.socket] = []


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody uses, and that no other process of the tests gets before this one ends."""
    found = _found()
    return [next(found) for _ in range(count)]


def _found() -> Iterator[int]:
    for port in SystemRandom().sample(RANGE, len(RANGE)):
        with suppress(OSError):
            _hold(port)
            socket.create_server(("127.0.0.1", port)).close()
            yield port


def _hold(port: int) -> None:
    """Take a port among the processes of the tests. Raises OSError if another one has it."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0wasi-host-tests-port-{port}")  # the kernel forgets an abstract name with its process
    except OSError:
        name.close()
        raise
    _held.append(name)
