"""The clock of a trial: waiting takes no time, and a driver that only looks at the clock sees it go on."""

from __future__ import annotations

from hostcore.clock import NS_PER_S, VirtualClock

LOOK_S = 20e-6
"""Seconds that each look at the clock takes. A host call of a plugin looks at it three to five times, and takes 65 to
100 µs on a real clock (measured, x86-64). Without it, a driver that polls its sensor until a moment comes would poll
for ever."""


class TrialClock(VirtualClock):
    """A virtual clock that every look moves on by `LOOK_S`. For one thread. It begins at 0."""

    def monotonic_ns(self) -> int:
        """See `Clock`."""
        self.advance(LOOK_S)
        return super().monotonic_ns()

    @property
    def seconds(self) -> float:
        """The time in seconds. Looking at it takes no time."""
        return super().monotonic_ns() / NS_PER_S
