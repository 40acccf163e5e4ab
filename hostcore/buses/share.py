"""Limits the share of bus time that one plugin may use, so that a busy plugin leaves time for the others."""

from __future__ import annotations

from hostcore.clock import NS_PER_S


class BusShare:
    """A credit of bus time. It grows with the clock, and transfers use it up. For the plugin's own thread.

    Args:
        share: the share of time for which the plugin may hold buses, above 0 and up to 1.
        now_ns: the present time of the clock, in nanoseconds.
    """

    def __init__(self, share: float, now_ns: int) -> None:
        self._share = share
        self._most_ns = round(share * NS_PER_S)  # a second's worth may be used in one burst
        self._credit_ns = self._most_ns
        self._seen_ns = now_ns
        self.throttled_ns = 0
        """How long transfers had to wait so far, in nanoseconds."""

    def wait_ns(self, now_ns: int) -> int:
        """Return how many nanoseconds the next transfer has to wait; 0 while there is credit."""
        credit_ns = self._credit_ns + round((now_ns - self._seen_ns) * self._share)
        credit_ns = min(credit_ns, self._most_ns)
        self._credit_ns, self._seen_ns = credit_ns, now_ns
        if credit_ns >= 0:
            return 0
        wait = round(-credit_ns / self._share)
        self.throttled_ns += wait
        return wait

    def spend(self, duration_ns: int) -> None:
        """Use up the time for which a transfer held a bus, in nanoseconds."""
        self._credit_ns -= duration_ns
