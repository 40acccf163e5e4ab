"""Carries events from the core's stream to the screen, at a pace that a screen can use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from hostcore.events import Event
from hostcore.events.stream import Subscription

PACE = 0.15
"""Seconds from one delivery to the next, at least: a person cannot read faster, and a slow line cannot carry more."""
MOST_EVENTS = 2_000
"""Events in one delivery: taking in more would hold up the keyboard. The rest follows in the next ones."""
POLL = 1.0
"""Seconds after which it looks whether it is to end."""


class Pump:
    """A thread that waits for events and hands them over in batches.

    The screen says when it has taken a batch in; until then nothing more comes, and events queue up in the
    subscription, which drops the oldest and says so.

    Args:
        subscription: where the events come from; the pump closes it.
        deliver: takes a batch, on the pump's thread; must not block.
        pace: seconds from one delivery to the next, at least.
    """

    def __init__(
        self, subscription: Subscription, deliver: Callable[[Sequence[Event]], None], pace: float = PACE
    ) -> None:
        self._subscription, self._deliver, self._pace = subscription, deliver, pace
        self._taken = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screen-pump", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def taken(self) -> None:
        """The last batch has been taken in."""
        self._taken.set()

    def stop(self) -> None:
        """Deliver nothing more; returns when the thread has ended."""
        self._ended.set()
        self._taken.set()
        self._subscription.close()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            batch = [item.event for item in self._subscription.take(POLL)]
            for start in range(0, len(batch), MOST_EVENTS):
                self._taken.clear()
                if self._ended.is_set():
                    return
                self._deliver(batch[start : start + MOST_EVENTS])
                self._taken.wait()
                self._ended.wait(self._pace)
