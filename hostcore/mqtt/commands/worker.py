"""A thread that follows commands, one after the other, and the bounded queue before it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from hostcore.broker.message import Arrived
from hostcore.threads import HostThread


class Worker:
    """Thread-safe. Only `join` blocks.

    Args:
        name: that of the thread.
        work: follows one command. It must not raise anything.
        most: the most commands that wait.
    """

    def __init__(self, name: str, work: Callable[[Arrived], None], most: int) -> None:
        self._work, self._most = work, most
        self._ready = threading.Condition()
        self._waiting = deque[Arrived]()
        self._is_stopped = False
        self._thread = HostThread(self._run, name)

    def start(self) -> None:
        """Begin.

        Raises:
            NoThreadError: the thread cannot be started.
        """
        self._thread.start()

    def put(self, arrived: Arrived) -> bool:
        """Let a command wait for its turn. Returns whether there is room for it."""
        with self._ready:
            if self._is_stopped or len(self._waiting) >= self._most:
                return False
            self._waiting.append(arrived)
            self._ready.notify()
            return True

    def clear(self) -> None:
        """Forget what waits."""
        with self._ready:
            self._waiting.clear()

    def stop(self) -> None:
        """End after the present command."""
        with self._ready:
            self._is_stopped = True
            self._waiting.clear()
            self._ready.notify_all()

    def join(self, seconds: float) -> bool:
        """Wait for the end, after `stop`. Returns whether it has come."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (arrived := self._next()) is not None:
            self._work(arrived)

    def _next(self) -> Arrived | None:
        with self._ready:
            self._ready.wait_for(lambda: self._waiting or self._is_stopped)
            return None if self._is_stopped else self._waiting.popleft()
