"""Work that the original libraries leave to threads: callbacks of edges, blinking.

The sandbox has no threads. Such work runs while the plugin sleeps or waits: `time.sleep`, `signal.pause` and the
modules' own waits call it. It does not run between two calls of a plugin, or while the plugin computes. So a plugin's
`read()` sees what happened while it slept; a script, which sleeps in its loop, sees nearly everything.
"""

import math
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import SupportsIndex

import host

POLL_SECONDS = 0.01
"""Time between two looks at a line. A press of a button lasts at least five times as long."""
LONGEST_SLEEP = 3600.0
"""Seconds of one sleep of a wait without an end."""

_plain_sleep = time.sleep


class Job:
    """A piece of work with pauses.

    Args:
        step: does the next part of the work. Returns the seconds until the next part; None if it was the last one. It
            may sleep. Meanwhile, the other jobs go on.
        seconds: the time until the first part.
    """

    def __init__(self, step: Callable[[], float | None], seconds: float = 0.0) -> None:
        self._step, self._due = step, time.monotonic() + seconds
        self._is_busy = False
        _jobs.append(self)

    @property
    def is_running(self) -> bool:
        """Whether a part is left."""
        return self in _jobs

    def stop(self) -> None:
        """Do no further part. Does nothing if it has ended."""
        if self in _jobs:
            _jobs.remove(self)

    def wait(self) -> None:
        """Do all parts. Blocks until the last one."""
        wait_until(lambda: not self.is_running)

    def do_if_due(self) -> None:
        """Do the next part, if its time has come."""
        if self._is_busy or time.monotonic() < self._due:
            return
        self._is_busy = True
        try:
            seconds = self._step()
        finally:
            self._is_busy = False
        if seconds is None:
            self.stop()
        else:
            self._due = time.monotonic() + seconds

    def seconds_left(self) -> float:
        """Return the time until the next part."""
        return math.inf if self._is_busy else max(0.0, self._due - time.monotonic())


_jobs: list[Job] = []
_announced: set[str] = set()


def announce(what: str) -> None:
    """Log once that something happens only at times, with threads it would always."""
    if what not in _announced:
        _announced.add(what)
        host.log.warning(f"{what}, but only while the plugin sleeps or waits: the sandbox has no threads")


def call(callback: Callable[..., object], *arguments: object) -> None:
    """Call a callback of the plugin. What it raises is printed, as by the thread of the original library.

    Raises:
        host.Denied: the callback used what host.toml does not grant. This must not go unnoticed.
    """
    try:
        callback(*arguments)
    except host.Denied:
        raise
    except Exception:  # noqa: BLE001 - any exception of the plugin
        traceback.print_exc(file=sys.stderr)


def wait_until(is_done: Callable[[], bool], seconds: float | None = None) -> bool:
    """Run the jobs until `is_done()`, or until `seconds` have passed. Returns whether it is done."""
    end = math.inf if seconds is None else time.monotonic() + seconds
    while True:
        for job in [*_jobs]:
            if job.is_running:  # an earlier one may have stopped it
                job.do_if_due()
        if is_done():
            return True
        left = end - time.monotonic()
        if left <= 0:
            return False
        _plain_sleep(min(left, LONGEST_SLEEP, *[job.seconds_left() for job in _jobs]))


def sleep(seconds: float | SupportsIndex, /) -> None:
    """`time.sleep`, which runs the jobs meanwhile."""
    if _jobs and isinstance(seconds, int | float) and seconds >= 0:
        wait_until(_never, seconds)
    else:
        _plain_sleep(seconds)


def pause() -> None:
    """`signal.pause`: runs the jobs. No signal ever ends it."""
    wait_until(_never)


def _never() -> bool:
    return False


def stop_all() -> None:
    """Stop all jobs."""
    _jobs.clear()


def use_background() -> None:
    """Run the jobs during `time.sleep` and `signal.pause`."""
    time.sleep = sleep
    signal.pause = pause
