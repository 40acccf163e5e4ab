"""Wakes a thread that waits for sockets."""

from __future__ import annotations

import contextlib
import os
from threading import Lock


class Wake:
    """An eventfd(2) that is readable from `rouse` until `calm`. All methods are thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._number = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._is_roused = False

    def fileno(self) -> int:
        """The file descriptor to wait for."""
        return self._number

    def rouse(self) -> None:
        """Let the thread wake up. Does nothing if it is about to, or after `close`."""
        with self._lock:
            if self._number >= 0 and not self._is_roused:
                self._is_roused = True
                os.eventfd_write(self._number, 1)

    def calm(self) -> None:
        """Take note that the thread is awake."""
        with self._lock, contextlib.suppress(BlockingIOError):
            self._is_roused = False
            os.eventfd_read(self._number)

    def close(self) -> None:
        """Close the file descriptor."""
        with self._lock:
            number, self._number = self._number, -1
        if number >= 0:
            os.close(number)
