"""How long a plugin's call may take, and how it is told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from hostcore.clock import NS_PER_S, Clock
from hostcore.hostcall import CrashKind, Trap


class CallLimit(Protocol):
    """The bound of a plugin's calls. `stop` is for any thread, the rest for the one that calls."""

    @property
    def seconds(self) -> float:
        """How long one call may take."""

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""

    def begin(self) -> None:
        """A call starts now."""

    def stop(self) -> None:
        """End the call under way and all later ones."""

    def check(self) -> None:
        """Raise `Trap` when the call's time is over or the plugin is told to stop."""

    def wait_until(self, moment_ns: int) -> None:
        """Sleep until `moment_ns` on the host's clock, but no longer than the call may take; raises like `check`."""


class TimeLimit:
    """The time bound of one plugin's calls: running, sleeping and waiting for a bus together.

    Sleeping is measured on the host's clock, running also on the machine's own, since a virtual clock stands still
    while a guest computes.

    Args:
        clock: the host's clock.
        seconds: how long one call may take.
        asleep: called before and after each wait, so that nothing ticks for a guest that does not run.
    """

    def __init__(
        self, clock: Clock, seconds: float, asleep: tuple[Callable[[], None], Callable[[], None]] | None = None
    ) -> None:
        self._clock = clock
        self.seconds = seconds
        self._asleep = asleep
        self._deadline_ns = 0
        self._real_deadline_ns = 0
        self._stop = threading.Event()

    def begin(self) -> None:
        """A call starts now."""
        self._deadline_ns = self._clock.monotonic_ns() + round(self.seconds * NS_PER_S)
        self._real_deadline_ns = time.monotonic_ns() + round(self.seconds * NS_PER_S)

    def stop(self) -> None:
        """End the call under way and all later ones; for any thread."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise `Trap` when the call's time is over or the plugin is told to stop."""
        if self._stop.is_set():
            raise Trap(None, "told to stop")
        if time.monotonic_ns() > self._real_deadline_ns or self._clock.monotonic_ns() > self._deadline_ns:
            raise Trap(CrashKind.DEADLINE, f"still running after {self.seconds:g} s")

    def wait_until(self, moment_ns: int) -> None:
        """Sleep until `moment_ns` on the host's clock, but no longer than the call may take."""
        if moment_ns <= self._clock.monotonic_ns():
            return
        if self._asleep:
            self._asleep[0]()
        try:
            self._clock.wait_until(min(moment_ns, self._deadline_ns + 1), self._stop)
        finally:
            if self._asleep:
                self._asleep[1]()
        if self._stop.is_set() or moment_ns > self._deadline_ns:
            if not self._stop.is_set():
                raise Trap(CrashKind.DEADLINE, f"still asleep after {self.seconds:g} s")
            self.check()


class WithinCall:
    """The bound of a call, for what another instance does on its behalf: that begins no time of its own.

    Args:
        outer: the bound of the call.
    """

    def __init__(self, outer: CallLimit) -> None:
        self.seconds = outer.seconds
        self._outer = outer

    def begin(self) -> None:
        """The outer call began before."""

    def stop(self) -> None:
        """End the outer call as well."""
        self._outer.stop()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._outer.stopped

    def check(self) -> None:
        """Raise `Trap` when the outer call's time is over or its plugin is told to stop."""
        self._outer.check()

    def wait_until(self, moment_ns: int) -> None:
        """Sleep until `moment_ns` on the host's clock, but no longer than the outer call may take."""
        self._outer.wait_until(moment_ns)


class NoWait:
    """The bound of what is done outside any call: it may take a free bus, but waits for nothing."""

    seconds = 0.0
    stopped = False

    def begin(self) -> None:
        """Nothing is timed."""

    def stop(self) -> None:
        """Nothing waits."""

    def check(self) -> None:
        """Raise `Trap`: the bus is taken."""
        raise Trap(None, "the bus is taken")

    def wait_until(self, _moment_ns: int) -> None:
        """Raise `Trap`: nothing may sleep."""
        raise Trap(None, "nothing may sleep outside a call")
