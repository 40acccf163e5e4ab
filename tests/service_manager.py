"""A service manager for tests: the socket on which a host says how it is, as sd_notify(3) describes it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0
"""Most seconds until an expected message comes."""


class ServiceManager:
    """Takes the messages of a service.

    Args:
        address: where it listens, as socket(7) spells it.
    """

    def __init__(self, address: str) -> None:
        self.address = address.replace("\0", "@")
        """The address as in NOTIFY_SOCKET."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.settimeout(PATIENCE)

    def take(self) -> dict[str, str]:
        """The next message: each variable with its value."""
        return dict(line.split("=", 1) for line in self._socket.recv(65_536).decode().splitlines())

    def wait_for(self, variable: str, value: str | None = None) -> dict[str, str]:
        """The next message with this variable, and this value if there is one."""
        while True:
            message = self.take()
            if variable in message and value in {None, message[variable]}:
                return message

    def is_quiet_for(self, seconds: float) -> bool:
        """Whether no message comes for some seconds."""
        self._socket.settimeout(seconds)
        try:
            self._socket.recv(65_536)
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(PATIENCE)
        return False

    def skip(self) -> None:
        """Forget the messages so far."""
        while not self.is_quiet_for(0.001):
            pass

    def close(self) -> None:
        self._socket.close()


@contextmanager
def service_manager(folder: Path) -> Iterator[ServiceManager]:
    """A manager with its socket in a folder."""
    made = ServiceManager(str(folder / "notify"))
    try:
        yield made
    finally:
        made.close()
