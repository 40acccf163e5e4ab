"""Tells the manager that started this process how it is: systemd, or ``wasi-host up``.

Source: sd_notify(3), sd_watchdog_enabled(3). Each message is one datagram with a line for each variable.
"""

from __future__ import annotations

import os
import time
from collections.abc import MutableMapping
from contextlib import suppress

SOCKET, WATCHDOG, WATCHDOG_PROCESS = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"
US_PER_S = 1_000_000
"""Microseconds in a second."""


class Manager:
    """The manager of this process. No method blocks or raises: the host also runs if its manager is gone. Thread-safe.

    Args:
        address: the address of its socket, as socket(7) spells it.
        watchdog_seconds: the manager restarts this process if it does not beat for so long; None for never.
    """

    def __init__(self, address: str, watchdog_seconds: float | None = None) -> None:
        import socket  # noqa: PLC0415 - takes 3 ms, and a host in a terminal has no manager

        self._address = address
        self.watchdog_seconds = watchdog_seconds
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def ready(self, status: str) -> None:
        """The start, or a reload, is complete. `status` is one line for a person."""
        self._send("READY=1", f"STATUS={status}")

    def status(self, status: str) -> None:
        """The state of this process has changed. `status` is one line for a person."""
        self._send(f"STATUS={status}")

    def reloading(self) -> None:
        """A reload begins. `ready` ends it."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The end begins."""
        self._send("STOPPING=1")

    def beat(self) -> None:
        """This process is not stuck."""
        self._send("WATCHDOG=1")

    def close(self) -> None:
        """Close the socket. Later messages are not sent."""
        self._socket.close()

    def _send(self, *lines: str) -> None:
        with suppress(OSError):  # the manager is gone or too busy; nobody could be told about it
            self._socket.sendto("\n".join(lines).encode(), self._address)


def manager_of(environment: MutableMapping[str, str]) -> Manager | None:
    """Return the manager that these variables name; None if there is none, or it has a socket of another kind.

    The variables are removed: a process that this one starts must not speak for it.
    """
    address = environment.pop(SOCKET, "")
    microseconds = environment.pop(WATCHDOG, "")
    process = environment.pop(WATCHDOG_PROCESS, str(os.getpid()))
    if address[:1] not in {"/", "@"}:
        return None
    watches = microseconds.isascii() and microseconds.isdecimal() and int(microseconds) > 0
    seconds = int(microseconds) / US_PER_S if watches and process == str(os.getpid()) else None
    return Manager(f"\0{address[1:]}" if address[0] == "@" else address, seconds)
