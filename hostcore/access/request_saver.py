"""Saves the plugins' access requests while the host runs, for ``wasi-host grant``."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.access.requests import AccessRequests
from hostcore.events import AccessDenied
from hostcore.events.stream import EventStream
from hostcore.threads import HostThread

STOP_SECONDS = 1.0
"""How long the last save may take."""


class RequestSaver:
    """A thread that saves the requests after each denial.

    Args:
        requests: the requests.
        stream: tells of denials.
        warn: takes one line for a person if they cannot be saved.
        keeps: whether anything is saved.
    """

    def __init__(
        self, requests: AccessRequests, stream: EventStream, warn: Callable[[str], None], *, keeps: bool = True
    ) -> None:
        self._requests, self._warn, self._keeps = requests, warn, keeps
        self._denials = stream.subscribe(AccessDenied, capacity=100)
        self._thread = HostThread(self._run, "requests")

    def start(self) -> None:
        """Begin. Returns at once. Raises `NoThreadError`."""
        self._thread.start()

    def stop(self) -> None:
        """Save what is left. Blocks until it is on the disk, for at most a second."""
        self._denials.close()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while self._denials.take():
            try:
                if self._keeps:
                    self._requests.save()
            except OSError as error:
                self._warn(f"cannot save the plugins' requests for `wasi-host grant`: {error}")
