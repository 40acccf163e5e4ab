"""How long a connection that was lost is not tried again, and what waits then."""

from __future__ import annotations

import random

from hostcore.quick_dataclass import dataclass

LASTING_SECONDS = 30.0
"""A connection that lasted so long was good: the next attempt comes soon."""
UNDISPUTED = 2
"""A connection that lasted this many times as long as `Delays.longest_taken_over` was not taken over: nobody else has
our name any more."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds between two attempts. Each is a random part of these, at least half, so that 1000 nodes spread.

    `others` is no such pause, and no random part is taken.
    """

    first: float = 1.0
    longest: float = 30.0
    taken_over: float = 60.0
    """After another client took our name: two hosts must not throw each other out all the time. It doubles each time.
    """
    longest_taken_over: float = 900.0
    others: float = 15.0
    """Seconds that others have to come back, before they get what waited for the broker. Telegraf and Home Assistant
    try it every 10 s."""


DELAYS = Delays()


class Backoff:
    """Chooses the pause after each connection. For one thread.

    Args:
        delays: the shortest and the longest.
    """

    def __init__(self, delays: Delays = DELAYS) -> None:
        self._delays = delays
        self._usual, self._taken_over = delays.first, delays.taken_over

    def pause(self, lasted: float, *, was_taken_over: bool) -> float:
        """Return for how many seconds to wait.

        Args:
            lasted: for how many seconds there was a connection, or an attempt.
            was_taken_over: whether another client with our name has ended it.
        """
        delays = self._delays
        if lasted > LASTING_SECONDS:
            self._usual = delays.first
        if lasted > UNDISPUTED * delays.longest_taken_over:
            self._taken_over = delays.taken_over
        if was_taken_over:
            seconds, self._taken_over = self._taken_over, min(2 * self._taken_over, delays.longest_taken_over)
        else:
            seconds, self._usual = self._usual, min(2 * self._usual, delays.longest)
        return seconds * random.uniform(0.5, 1)
