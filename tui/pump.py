"""Carries events from the core's stream to the screen, no faster than a screen needs them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hostcore.threads import HostThread

if TYPE_CHECKING:
    from hostcore.events import Event
    from hostcore.events.stream import Subscription

PACE = 0.15
"""The least seconds from one delivery to the next. A person cannot read faster, and a slow line cannot carry more."""
GATHER = 0.05
"""Seconds for which a first event waits for others, so that what plugins do at the same time is drawn at once."""
MOST_EVENTS = 2_000
"""The most events in one delivery. More would delay the keyboard; the rest follows in the next deliveries."""
WAITING_BYTES = 32 << 20
"""The most bytes of large events that wait for a screen, which its terminal or an editor can stop for long."""
POLL = 1.0
"""Seconds after which the thread checks whether it should end."""


class Pump:
    """A thread that waits for events and hands them over in batches.

    The screen calls `taken` when it has taken in a batch. Until then nothing more is delivered. Events wait in the
    subscription, which drops the oldest if there are too many, and counts them.

    Args:
        subscription: the source of the events. The pump closes it.
        deliver: takes a batch. It is called on the pump's thread, and must not block.
        pace: the least seconds from one delivery to the next.
    """

    def __init__(
        self, subscription: Subscription, deliver: Callable[[Sequence[Event]], None], pace: float = PACE
    ) -> None:
        self._subscription, self._deliver, self._pace = subscription, deliver, pace
        subscription.bound_large(WAITING_BYTES)
        self._taken = threading.Event()
        self._is_hurried = False
        self._ended = threading.Event()
        self._thread = HostThread(self._run, "screen-pump")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def taken(self, *, hurry: bool = False) -> None:
        """Allow the next delivery: the last batch has been taken in.

        Args:
            hurry: whether the next one may follow at once, because nobody reads what comes now.
        """
        self._is_hurried = hurry
        self._taken.set()

    def stop(self) -> None:
        """Deliver nothing more. Blocks until the thread has ended."""
        self._ended.set()
        self._taken.set()
        self._subscription.close()
        if self._thread.is_alive():
            self._thread.join()

    def _gather(self) -> list[Event]:
        """Wait for an event, and return it with those that follow at once."""
        items = self._subscription.take(POLL)
        if items and not self._is_hurried:
            self._ended.wait(min(GATHER, self._pace))
            items += self._subscription.take(0)
        return [item.event for item in items]

    def _run(self) -> None:
        while not self._ended.is_set():
            batch = self._gather()
            for start in range(0, len(batch), MOST_EVENTS):
                self._taken.clear()
                if self._ended.is_set():
                    return
                self._deliver(batch[start : start + MOST_EVENTS])
                self._taken.wait()
                if not self._is_hurried:
                    self._ended.wait(self._pace)
