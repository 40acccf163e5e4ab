"""How much of a bus's time one plugin may use, so that one that hammers it leaves room for the others."""

from __future__ import annotations

from hostcore.clock import NS_PER_S


class BusShare:
    """A credit of bus time that grows with the clock and pays for transfers. For the plugin's own thread.

    Args:
        share: the part of all time that the plugin may hold buses, above 0 up to 1.
        now_ns: the clock's present time.
    """

    def __init__(self, share: float, now_ns: int) -> None:
        self._share = share
        self._most_ns = round(share * NS_PER_S)  # a second's worth may be used in one burst
        self._credit_ns = self._most_ns
        self._seen_ns = now_ns
        self.throttled_ns = 0
        """How long transfers had to wait so far."""

    def wait_ns(self, now_ns: int) -> int:
        """How long the next transfer has to wait; 0 while there is credit."""
        earned = round((now_ns - self._seen_ns) * self._share)
        self._credit_ns = min(self._most_ns, self._credit_ns + earned)
        self._seen_ns = now_ns
        if self._credit_ns >= 0:
            return 0
        wait = round(-self._credit_ns / self._share)
        self.throttled_ns += wait
        return wait

    def spend(self, duration_ns: int) -> None:
        """A transfer held a bus for so long."""
        self._credit_ns -= duration_ns
