"""Does replays in the background, one at a time: their results can wait, and the plugins cannot."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from hostcore.threads import HostThread

MOST_JOBS = 8
"""Most jobs that wait. Further ones are refused, and their owners go on without the result."""
Job = Callable[[threading.Event], None]
"""A job. It ends soon after the event is set, and raises nothing."""


class Worker:
    """A thread that does jobs in their order. It starts with the first job. All methods are for any thread."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._wake = threading.Condition()
        self._stopping = threading.Event()
        self._thread: HostThread | None = None
        self._is_busy = False

    @property
    def is_idle(self) -> bool:
        """Whether it has nothing to do, and keeps nothing of what it did."""
        return not self._jobs and not self._is_busy

    def do(self, job: Job) -> bool:
        """Do `job` soon. Does not block. Returns False if too many wait, or no thread can be started."""
        with self._wake:
            if self._stopping.is_set() or len(self._jobs) >= MOST_JOBS:
                return False
            if self._thread is None:
                self._thread = HostThread(self._run, "replays")
                self._thread.start()
            self._jobs.append(job)
            self._wake.notify()
            return True

    def stop(self, timeout: float) -> bool:
        """End the present job and forget the others. Blocks for up to `timeout` seconds.

        Returns:
            Whether its thread has ended. While it has not, what its job uses must not be closed.
        """
        self._stopping.set()
        with self._wake:
            self._jobs.clear()
            self._wake.notify()
            thread = self._thread
        if thread is None:
            return True
        thread.join(timeout)
        return not thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._jobs or self._stopping.is_set())
                if self._stopping.is_set():
                    return
                self._is_busy = True  # first: it is never idle while it has a job
                job = self._jobs.popleft()
            job(self._stopping)
            del job  # it can hold a copy of a whole memory, and the next one may be hours away
            self._is_busy = False
