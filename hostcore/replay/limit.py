"""The limit of a replayed call: it ends where the recorded call was ended, and never runs longer than that could."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from hostcore.buses.attendant import Attendant
from hostcore.clock import NS_PER_S
from hostcore.hostcall import CrashKind, Trap
from hostcore.recording.model import Ending


class Stopping(Protocol):
    """Ends a replay: an event, or something like one."""

    def is_set(self) -> bool:
        """Whether the replay has to end."""

    def set(self) -> None:
        """End it."""


class ReplayLimit:
    """Ends a guest's call where the host ended the recorded one. A `CallLimit`; see there.

    Args:
        seconds: most seconds of computing for one call.
        ending: the recorded ending, once everything before it has been played.
        progress: counts what of the recording's call has been played. The limit begins again when this has grown.
        lingers_s: for how long the guest goes on computing before that ending, so that a tracer sees where it is.
        stopping: ends the replay when it is set.
        now_ns: the computer's monotonic clock.
    """

    excused_ns = 0

    def __init__(
        self,
        seconds: float,
        ending: Callable[[], Ending | None],
        *,
        progress: Callable[[], int] = lambda: 0,
        lingers_s: float = 0.0,
        stopping: Stopping | None = None,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.seconds = seconds
        self._progress, self._played = progress, 0
        self._ending, self._lingers_ns, self._now_ns = ending, round(lingers_s * NS_PER_S), now_ns
        self._deadline_ns = 0
        self._ends_ns: int | None = None
        self._stop: Stopping = stopping or threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    def begin(self, script: Attendant | None = None) -> None:
        """Start the time of a call."""
        self._deadline_ns = self._now_ns() + round(self.seconds * NS_PER_S) + self._lingers_ns
        self._ends_ns, self._played = None, 0

    def stop(self) -> None:
        """End the replay. Thread-safe; returns at once."""
        self._stop.set()

    def wake(self) -> None:
        """Do nothing: nothing sleeps in a replay."""

    def check(self) -> None:
        """Raise `Trap` where the recorded call was ended, or if the replay takes too long or was stopped."""
        if self._stop.is_set():
            raise Trap(None, "told to stop")
        now, ending = self._now_ns(), self._ending()
        if ending is not None:
            self._ends_ns = now + self._lingers_ns if self._ends_ns is None else self._ends_ns
            if now >= self._ends_ns:
                raise ending.trap()
        if now > self._deadline_ns and not self._goes_on(now):
            raise Trap(CrashKind.DEADLINE, f"the replay is still running after {self.seconds:g} s")

    def _goes_on(self, now_ns: int) -> bool:
        """Whether the replay has got on since the deadline was set, which begins again then."""
        before, self._played = self._played, self._progress()
        if self._played <= before:
            return False
        self._deadline_ns = now_ns + round(self.seconds * NS_PER_S)
        return True

    def wait_until(self, _moment_ns: int) -> None:
        """Do `check`: nothing sleeps in a replay."""
        self.check()

    def sleep_until(self, _moment_ns: int) -> None:
        """Do `check`: nothing sleeps in a replay."""
        self.check()

    def pause(self) -> None:
        """Do nothing: nothing waits in a replay."""

    def alive(self) -> None:
        """Do nothing: the time of a replayed call is that of its computing."""
