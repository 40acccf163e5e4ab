"""Does what takes too long for the screen's thread on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from hostcore.threads import HostThread

LONGEST_END_S = 1.0
"""Seconds for which the end of work under way is awaited."""

Deliver = Callable[[Callable[[], object]], object]
"""Calls a function on the screen's thread, later."""
Work = Callable[[], Callable[[], object]]
"""May block. Returns what is then to be done on the screen's thread. It must not raise."""


class Background:
    """Does one piece of work after the other. All methods return at once, except `stop`. The thread starts with the
    first work.

    Args:
        name: the name of the thread.
        deliver: calls what the work returns on the screen's thread.
    """

    def __init__(self, name: str, deliver: Deliver) -> None:
        self._name, self._deliver = name, deliver
        self._waiting: dict[Hashable, Work] = {}
        self._changed = threading.Condition()
        self._ended = False
        self._thread: HostThread | None = None

    def put(self, key: Hashable, work: Work) -> None:
        """Have work done. Call it on the screen's thread. After `stop`, nothing happens.

        Args:
            key: newer work of the same key takes the place of that which still waits.
            work: what to do.

        Raises:
            NoThreadError: no thread can be started. Nothing is done.
        """
        if self._thread is None and not self._ended:
            thread = HostThread(self._run, self._name)
            thread.start()
            self._thread = thread
        with self._changed:
            if not self._ended:
                self._waiting[key] = work
                self._changed.notify()

    def stop(self) -> None:
        """Deliver nothing more. Blocks until the thread has ended, for a second at most."""
        with self._changed:
            self._ended = True
            self._waiting.clear()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(LONGEST_END_S)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            done = work()
            if not self._ended:
                self._deliver(done)

    def _next(self) -> Work | None:
        """Wait for work; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended)
            return None if self._ended else self._waiting.pop(next(iter(self._waiting)))
