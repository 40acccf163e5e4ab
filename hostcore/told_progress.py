"""Tells every front end of the host's long work, also those in other processes."""

from __future__ import annotations

import threading

from hostcore.events import TaskProgressed
from hostcore.events.stream import EventStream
from hostcore.workshop import Progress

PACE_S = 1.0
"""Seconds between two events of one task: a task reports far more often."""


class ToldProgress:
    """A `hostcore.workshop.Progress` that passes everything on, and publishes it now and then. Thread-safe.

    Args:
        progress: takes everything.
        stream: takes the events.
    """

    def __init__(self, progress: Progress, stream: EventStream) -> None:
        self._progress, self._stream = progress, stream
        self._lock = threading.Lock()
        """Keeps the events of a task in order."""
        self._under_way: dict[str, TaskProgressed] = {}

    @property
    def under_way(self) -> tuple[TaskProgressed, ...]:
        """What was told last of each task that is under way."""
        with self._lock:
            return tuple(self._under_way.values())

    def __call__(self, task: str, elapsed: float, expected: float) -> None:
        """See `Progress`."""
        self._progress(task, elapsed, expected)
        with self._lock:
            before = self._under_way.pop(task, None)
            event = TaskProgressed(self._stream.clock.wall_ns(), task, elapsed, expected)
            if not expected:
                if before is not None:
                    self._stream.publish(event)
            elif before is not None and elapsed - before.elapsed_seconds < PACE_S:
                self._under_way[task] = before
            else:
                self._under_way[task] = event
                self._stream.publish(event)
