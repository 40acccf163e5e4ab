"""A recording on its way from a running host to a command: its size as an answer, and its bytes after that.

It can have many times the bytes of the longest line.
"""

from __future__ import annotations

import socket
import time

from hostcore.control.message_lines import answer_line, parse_answer, request_line
from hostcore.control.messages import RecordingReport, RecordingRequest
from hostcore.recording.file import MOST_BYTES

LONGEST_ANSWER = 1 << 16
"""Most bytes of the line before the recording: an error, or its size."""
PIECE = 1 << 18
"""Bytes that are sent at a time. Each piece has the time of an answer."""
SECONDS = 30.0
"""Seconds that a command waits for the whole recording."""


class Handover:
    """A recording for one command. The host's side.

    Args:
        content: the recording as a file.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content

    def send(self, connection: socket.socket) -> None:
        """Send it all. Blocks while the command reads.

        Raises:
            OSError: the command has left, or reads nothing within the connection's timeout.
        """
        connection.sendall(answer_line(RecordingReport(len(self._content))))
        whole = memoryview(self._content)
        for start in range(0, len(whole), PIECE):
            connection.sendall(whole[start : start + PIECE])


def received(connection: socket.socket, plugin: str, seconds: float = SECONDS) -> bytes:
    """Ask for the recording of a plugin. Blocks until it is here. The command's side.

    Args:
        connection: a new connection to the host.
        plugin: the plugin's name.
        seconds: how long it may take.

    Raises:
        HostError: there is no such plugin, or it is not recorded.
        ValueError: the host does not answer properly.
        OSError: the connection broke.
    """
    deadline = time.monotonic() + seconds
    connection.sendall(request_line(RecordingRequest(plugin)))
    size = parse_answer(_line(connection, deadline), RecordingReport).size_bytes
    if not 0 <= size <= MOST_BYTES:
        raise ValueError(f"a recording of {size:,} bytes; up to {MOST_BYTES:,} are read")
    found = bytearray()
    while len(found) < size:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        part = connection.recv(min(PIECE, size - len(found)))
        if not part:
            raise ValueError(f"the recording ends after {len(found):,} of {size:,} bytes")
        found += part
    return bytes(found)


def _line(connection: socket.socket, deadline: float) -> bytes:
    """Receive the first line, and none of the bytes after it."""
    line = bytearray()
    while not line.endswith(b"\n"):
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        part = connection.recv(1)
        if not part:
            raise ValueError("the line has no end")
        line += part
        if len(line) > LONGEST_ANSWER:
            raise ValueError(f"a line of more than {LONGEST_ANSWER} bytes")
    return bytes(line[:-1])
