"""Limits how long a plugin's call may take, and stops plugins."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from hostcore.buses.attendant import Attendant
from hostcore.clock import NS_PER_S, Clock
from hostcore.hostcall import CrashKind, Trap

USUAL_DELAY_NS = 10_000_000
"""Nanoseconds by which a sleep ends late on a computer that is only busy."""


class CallLimit(Protocol):
    """The time limit of a plugin's calls. `stop` is thread-safe. The rest is for the thread that makes the calls."""

    @property
    def seconds(self) -> float:
        """How many seconds one call may take."""

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""

    @property
    def excused_ns(self) -> int:
        """Nanoseconds since the call began that do not count, because the process stood still."""

    def begin(self, script: Attendant | None = None) -> None:
        """Start the time of a call. `script` says that it is a script's run, and is told of it."""

    def stop(self) -> None:
        """End the present call and all later ones."""

    def wake(self) -> None:
        """Have a script that sleeps look for orders."""

    def check(self) -> None:
        """Raise `Trap` if the call's time is over or the plugin was stopped."""

    def wait_until(self, moment_ns: int) -> None:
        """Block until `moment_ns` on the host's clock, but no longer than the call may take. Raises like `check`."""

    def sleep_until(self, moment_ns: int) -> None:
        """Do `wait_until` because the plugin wants to sleep. A script may sleep for as long as it likes."""

    def pause(self) -> None:
        """The plugin is about to wait for something other than time, such as a serial port or edges.

        Raises like `check`.
        """

    def alive(self) -> None:
        """The plugin shows a sign of life: it printed a line, or still waits. Does not block."""


class TimeLimit:
    """The time limit of one plugin's calls. Computing, sleeping and waiting for a bus count.

    The run of a script can last for days. For it, the time starts again at each sign of life: when it sleeps, prints a
    line, or waits for a serial port or for edges. A script that does none of these hangs.

    Sleeping is measured on the host's clock. Computing is measured on the computer's clock as well, because a virtual
    clock stands still while a guest computes. Time in which the process stood still does not count: it was stopped
    (SIGSTOP), or its virtual machine was paused.

    Args:
        clock: the host's clock.
        seconds: how many seconds one call may take.
        asleep: two functions, called before and after each wait. They pause the engine's ticks for the guest.
        stood_still: returns for how many nanoseconds the process has stood still so far.
        now_ns: the computer's monotonic clock.
    """

    def __init__(
        self,
        clock: Clock,
        seconds: float,
        asleep: tuple[Callable[[], None], Callable[[], None]] | None = None,
        *,
        stood_still: Callable[[], int] = lambda: 0,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._clock = clock
        self.seconds, self._most_ns = seconds, round(seconds * NS_PER_S)
        self._asleep = asleep
        self._stood_still, self._now_ns = stood_still, now_ns
        self._stood_still_before_ns = self._overslept_ns = 0
        self._deadline_ns = self._real_deadline_ns = self._excused_before_ns = 0
        self._script: Attendant | None = None
        self._stop, self._wake = threading.Event(), threading.Event()

    def begin(self, script: Attendant | None = None) -> None:
        """Start the time of a call. `script` says that it is a script's run, and is told of it."""
        self._stood_still_before_ns, self._overslept_ns = self._stood_still(), 0
        self._script = script
        self._start_time()

    def stop(self) -> None:
        """End the present call and all later ones. Thread-safe; returns at once."""
        self._stop.set()
        self._wake.set()

    def wake(self) -> None:
        """Have a script that sleeps look for orders. Thread-safe; returns at once."""
        self._wake.set()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    @property
    def excused_ns(self) -> int:
        """Nanoseconds since the call began that do not count, because the process stood still."""
        return self._stood_still() - self._stood_still_before_ns + self._overslept_ns

    def check(self) -> None:
        """Raise `Trap` if the call's time is over or the plugin was stopped."""
        if self._stop.is_set():
            raise Trap(None, "told to stop")
        late_ns = max(self._now_ns() - self._real_deadline_ns, self._clock.monotonic_ns() - self._deadline_ns)
        if late_ns > 0 and late_ns > self._newly_excused_ns:
            raise Trap(CrashKind.DEADLINE, self._hang if self._script else f"still running after {self.seconds:g} s")

    def wait_until(self, moment_ns: int) -> None:
        """Block until `moment_ns` on the host's clock, but no longer than the call may take. Raises like `check`."""
        if moment_ns <= self._clock.monotonic_ns():
            return
        deadline_ns = self._deadline_ns + self._newly_excused_ns
        self._rest_until(min(moment_ns, deadline_ns + 1), self._stop)
        if self._stop.is_set() or moment_ns > deadline_ns:
            if not self._stop.is_set():
                problem = self._hang if self._script else f"still asleep after {self.seconds:g} s"
                raise Trap(CrashKind.DEADLINE, problem)
            self.check()

    def sleep_until(self, moment_ns: int) -> None:
        """Do `wait_until` because the plugin wants to sleep. A script may sleep for as long as it likes."""
        script = self._script
        if script is None:
            self.wait_until(moment_ns)
            return
        if moment_ns <= self._clock.monotonic_ns():
            return  # it does not sleep
        while not self._stop.is_set() and self._clock.monotonic_ns() < moment_ns:
            self._wake.clear()
            again_ns = script.waits()
            if not self._stop.is_set():
                self._rest_until(min(moment_ns, again_ns), self._wake)
        self._go_on(script)

    def pause(self) -> None:
        """The plugin is about to wait for something other than time. Raises like `check`."""
        if self._script is not None:
            self._script.waits()
            self._go_on(self._script)

    def alive(self) -> None:
        """The plugin shows a sign of life. Does not block."""
        if self._script is not None:
            self._start_time()

    @property
    def _newly_excused_ns(self) -> int:
        """The part of `excused_ns` since the time started."""
        return self.excused_ns - self._excused_before_ns

    @property
    def _hang(self) -> str:
        return (
            f"it hangs: for {self.seconds:g} s (call_seconds), the script did not sleep, print a line, or wait for a "
            "serial port or for edges"
        )

    def _go_on(self, script: Attendant) -> None:
        self._start_time()
        self.check()
        script.goes_on()

    def _start_time(self) -> None:
        self._deadline_ns = self._clock.monotonic_ns() + self._most_ns
        self._real_deadline_ns = self._now_ns() + self._most_ns
        self._excused_before_ns = self.excused_ns

    def _rest_until(self, moment_ns: int, wake: threading.Event) -> None:
        """Sleep. A sleep that ends late does not count for longer, because the guest did not ask for that."""
        stood_still_ns = self._stood_still()
        if self._asleep:
            self._asleep[0]()
        try:
            self._clock.wait_until(moment_ns, wake)
        finally:
            if self._asleep:
                self._asleep[1]()
        late_ns = self._clock.monotonic_ns() - moment_ns - (self._stood_still() - stood_still_ns)
        if late_ns > USUAL_DELAY_NS:
            self._overslept_ns += late_ns


class WithinCall:
    """The limit of a nested call into another instance. The nested call uses the time of the outer one.

    Args:
        outer: the limit of the outer call.
    """

    def __init__(self, outer: CallLimit) -> None:
        self.seconds = outer.seconds
        self._outer = outer

    def begin(self, script: Attendant | None = None) -> None:
        """Do nothing: the time of the outer call has begun before."""

    def stop(self) -> None:
        """End the outer call as well."""
        self._outer.stop()

    def wake(self) -> None:
        """Wake the outer call."""
        self._outer.wake()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._outer.stopped

    @property
    def excused_ns(self) -> int:
        """Nanoseconds since the outer call began that do not count."""
        return self._outer.excused_ns

    def check(self) -> None:
        """Raise `Trap` if the outer call's time is over or its plugin was stopped."""
        self._outer.check()

    def wait_until(self, moment_ns: int) -> None:
        """Block until `moment_ns` on the host's clock, but no longer than the outer call may take."""
        self._outer.wait_until(moment_ns)

    def sleep_until(self, moment_ns: int) -> None:
        """Block until `moment_ns` on the host's clock, but no longer than the outer call may take."""
        self._outer.wait_until(moment_ns)

    def pause(self) -> None:
        """Do nothing: the outer call is no script's."""

    def alive(self) -> None:
        """Do nothing: the outer call is no script's."""


class NoWait:
    """The limit of effects outside any call: they may use a free bus, but never wait."""

    seconds = 0.0
    stopped = False
    excused_ns = 0

    def begin(self, script: Attendant | None = None) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing: nothing waits."""

    def wake(self) -> None:
        """Do nothing: nothing sleeps."""

    def check(self) -> None:
        """Raise `Trap`, because another access holds the bus."""
        raise Trap(None, "the bus is taken")

    def wait_until(self, _moment_ns: int) -> None:
        """Raise `Trap`, because nothing may sleep outside a call."""
        raise Trap(None, "nothing may sleep outside a call")

    def sleep_until(self, moment_ns: int) -> None:
        """Raise `Trap` like `wait_until`."""
        self.wait_until(moment_ns)

    def pause(self) -> None:
        """Raise `Trap`, because nothing may wait outside a call."""
        self.wait_until(0)

    def alive(self) -> None:
        """Do nothing: there is no call."""
