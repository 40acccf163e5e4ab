"""The messages of other threads to a plugin's thread."""

from __future__ import annotations

import threading
from collections import deque

from hostcore.clock import Clock
from hostcore.events import RoundCompleted
from hostcore.supervisor.transitions import Trigger

MOST_ORDERS = 16
"""The most orders that wait. Beyond that, the oldest is dropped."""


class Mailbox:
    """Keeps orders in the order in which they came, the newest round, and the request to end, which is final.

    Any thread can put messages in, without blocking. Only the plugin's own thread takes them out.

    Args:
        clock: times the sleep.
    """

    def __init__(self, clock: Clock) -> None:
        self.ending = False
        """Whether the thread should end."""
        self._clock = clock
        self._orders: deque[Trigger] = deque(maxlen=MOST_ORDERS)
        self._newest: RoundCompleted | None = None
        self._lock = threading.Lock()
        self._wake = threading.Event()

    def order(self, trigger: Trigger) -> None:
        """Add an order."""
        with self._lock:
            self._orders.append(trigger)
        self._wake.set()

    def show(self, finished: RoundCompleted) -> None:
        """Leave a round to be shown. It replaces an older one that was not taken yet."""
        with self._lock:
            self._newest = finished
        self._wake.set()

    def end(self) -> None:
        """Ask the thread to end."""
        self.ending = True
        self._wake.set()

    def wake(self) -> None:
        """End the thread's sleep."""
        self._wake.set()

    def take_order(self, but: Trigger | None = None) -> Trigger | None:
        """Take out the oldest order; None if there is none, or if the oldest is `but`, which stays."""
        if not self._orders:
            return None
        with self._lock:
            return None if self._orders[0] is but else self._orders.popleft()

    def take_round(self) -> RoundCompleted | None:
        """Take out the newest round; None if it was taken already."""
        with self._lock:
            newest, self._newest = self._newest, None
        return newest

    @property
    def wants_stop(self) -> bool:
        """Whether the plugin should stop, for now or for good."""
        return self.ending or Trigger.STOP in tuple(self._orders)

    def sleep_until(self, moment_ns: int) -> bool:
        """Sleep until a moment of the monotonic clock, or until a message comes. True if the moment has come."""
        if not self._orders and not self.ending:
            self._clock.wait_until(moment_ns, self._wake)
            self._wake.clear()
        return self._clock.monotonic_ns() >= moment_ns

    def rest(self, seconds: float) -> None:
        """Sleep for some seconds of real time, or until a message comes. It works even if the clock does not."""
        if not self._orders and not self.ending:
            self._wake.wait(seconds)
            self._wake.clear()
