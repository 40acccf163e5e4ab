"""The far end of a screen over ssh: passes the bytes of the control socket on to standard input and output."""

from __future__ import annotations

import os
import select
import socket
from pathlib import Path

from hostcore.control.attaching import connection_to

READY = b"wasi-host: connected"
"""The first line of a bridge. A login shell may have printed something before it."""
CHUNK = 1 << 16
"""The most bytes that are passed on at once."""


def bridge(config: Path, source: int, sink: int) -> None:
    """Connect to the running host of a settings file, and pass bytes on. Blocks until one side ends.

    Args:
        config: the settings file.
        source: the descriptor with the bytes for the host.
        sink: the descriptor for the bytes of the host. The line `READY` comes before them.

    Raises:
        OSError: no host listens that has these settings, or one side broke.
        HostError: the folder of the sockets cannot be trusted.
    """
    with connection_to(config) as connection:
        connection.settimeout(None)
        _write(sink, READY + b"\n")
        while part := _next_part(connection, source):
            end, content = part
            if end == source:
                connection.sendall(content)
            else:
                _write(sink, content)


def _next_part(connection: socket.socket, source: int) -> tuple[int, bytes] | None:
    """Wait for bytes of either side, and return them with their descriptor; None if that side has ended."""
    end = select.select([connection.fileno(), source], [], [])[0][0]
    content = os.read(end, CHUNK)
    return (end, content) if content else None


def _write(sink: int, content: bytes) -> None:
    while content:
        content = content[os.write(sink, content) :]
