"""The host's tasks that take seconds."""

from __future__ import annotations

from hostcore.events import ConnectionLost, ConnectionRestored, Event, EventsDropped, TaskProgressed
from hostcore.view.part import Part, Takers

MOST = 16
"""Tasks that are remembered. A host does a few at once."""


class Work(Part):
    """The tasks that are under way, and how far each is."""

    def __init__(self) -> None:
        self._tasks: dict[str, TaskProgressed] = {}

    def takes(self) -> Takers:
        return {
            TaskProgressed: self.take,
            EventsDropped: self.forget,
            ConnectionLost: self.forget,
            ConnectionRestored: self.forget,
        }

    def tasks(self) -> tuple[TaskProgressed, ...]:
        """The tasks, the oldest first."""
        return tuple(self._tasks.values())

    def take(self, event: TaskProgressed) -> None:
        """A task goes on, or is over."""
        if not event.expected_seconds:
            self._tasks.pop(event.task, None)
        elif event.task in self._tasks or len(self._tasks) < MOST:
            self._tasks[event.task] = event

    def forget(self, _event: Event) -> None:
        """Some may be over, and nobody would say so. Those that go on are told again within a second."""
        self._tasks.clear()
