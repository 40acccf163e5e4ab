"""Opens a running host to commands a moment after its start, so that the first readings wait for nothing of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

DELAY_SECONDS = 0.3
"""Seconds after the start. A command that comes before does its transfers itself, as if no host ran."""


class Door(Protocol):
    """What lets commands in."""

    def start(self) -> None:
        """Open it; returns at once."""

    def stop(self) -> bool:
        """Close it, within a second; returns whether all that was asked ended, too."""


class LateControl:
    """A door that is made and opened on a thread of its own.

    Args:
        make: makes it; loads what no other part of the host needs.
    """

    def __init__(self, make: Callable[[], Door]) -> None:
        self._make = make
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._door: Door | None = None
        self._thread = threading.Thread(target=self._open, name="control start", daemon=True)

    def start(self) -> None:
        """Open it soon; returns at once."""
        self._thread.start()

    def stop(self) -> bool:
        """Close it, within a second; returns whether all that was asked ended, too."""
        self._stopping.set()
        with self._lock:  # it is not being made now, and never will be
            ended = not self._door or self._door.stop()
        if self._thread.is_alive():
            self._thread.join()
        return ended

    def _open(self) -> None:
        if self._stopping.wait(DELAY_SECONDS):
            return
        with self._lock:
            if not self._stopping.is_set():
                self._door = self._make()
                self._door.start()
