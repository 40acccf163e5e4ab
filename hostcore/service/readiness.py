"""The other side of `hostcore.service.notify`: learns from a host that was started when it is ready."""

from __future__ import annotations

import socket
from pathlib import Path

LONGEST = 4096
"""The most bytes of a message that are read."""


class Readiness:
    """Listens on a socket as a service manager does, while it is a context.

    Args:
        address: where, in a folder to which nobody else can write.

    Attributes:
        address: the same.
        is_ready: whether the host said that it is ready.
    """

    def __init__(self, address: Path) -> None:
        self.address = address
        self.is_ready = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def __enter__(self) -> Readiness:
        self._socket.bind(str(self.address))
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def take(self, seconds: float) -> str:
        """Take the next message, and return the host's status; "" if there is none. Blocks for up to `seconds`."""
        self._socket.settimeout(seconds)
        try:
            lines = self._socket.recv(LONGEST).decode(errors="replace").splitlines()
        except TimeoutError:
            return ""
        self.is_ready = self.is_ready or "READY=1" in lines
        return next((line.removeprefix("STATUS=") for line in lines if line.startswith("STATUS=")), "")
