"""What other threads want of a plugin's thread."""

from __future__ import annotations

import threading
from collections import deque

from hostcore.clock import Clock
from hostcore.events import RoundCompleted
from hostcore.supervisor.life_cycle import Trigger

MOST_ORDERS = 16
"""Orders that wait; of more, the oldest is forgotten."""


class Mailbox:
    """Orders in their turn, of the rounds only the newest, and the order to end, which nothing takes back.

    Putting in is for any thread and does not block; taking out is for the plugin's own.

    Args:
        clock: times the sleep.
    """

    def __init__(self, clock: Clock) -> None:
        self.ending = False
        """Whether the thread is to end."""
        self._clock = clock
        self._orders: deque[Trigger] = deque(maxlen=MOST_ORDERS)
        self._newest: RoundCompleted | None = None
        self._lock = threading.Lock()
        self._wake = threading.Event()

    def order(self, trigger: Trigger) -> None:
        """Have something done."""
        self._orders.append(trigger)
        self._wake.set()

    def show(self, finished: RoundCompleted) -> None:
        """Have a round shown; an older one that was not taken yet is skipped."""
        with self._lock:
            self._newest = finished
        self._wake.set()

    def end(self) -> None:
        """Have the thread end."""
        self.ending = True
        self._wake.set()

    def wake(self) -> None:
        """Have the thread look around."""
        self._wake.set()

    def take_order(self) -> Trigger | None:
        """The order that waited longest, or None."""
        return self._orders.popleft() if self._orders else None

    def take_round(self) -> RoundCompleted | None:
        """The newest round, if it was not taken yet."""
        with self._lock:
            newest, self._newest = self._newest, None
        return newest

    @property
    def wants_stop(self) -> bool:
        """Whether the plugin is to stop, for now or for good."""
        return self.ending or Trigger.STOP in tuple(self._orders)

    def sleep_until(self, moment_ns: int) -> bool:
        """Sleep until then on the monotonic clock, or until something comes; True when the moment has come."""
        if not self._orders and not self.ending:
            self._clock.wait_until(moment_ns, self._wake)
            self._wake.clear()
        return self._clock.monotonic_ns() >= moment_ns
