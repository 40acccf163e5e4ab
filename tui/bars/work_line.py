"""Tasks that take seconds, such as compiling: the host's threads report them, a bar shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment

from hostcore.workshop import about
from tui.desk import Desk
from tui.lines import Line, LinesWidget
from tui.text import fit, safe

LEAST, WIDTH = 10, 24
"""Cells of the bar: the least, and the most."""


class TasksUnderWay:
    """The tasks that are under way, and how far each is. It is a `hostcore.workshop.Progress`. Thread-safe."""

    def __init__(self) -> None:
        self._tasks: dict[str, tuple[float, float]] = {}

    def __call__(self, task: str, elapsed: float, expected: float) -> None:
        """Take a report of a task.

        Args:
            task: its name.
            elapsed: seconds that it has taken so far.
            expected: seconds that it will take in all, about; 0 if it is over.
        """
        if expected:
            self._tasks[task] = elapsed, expected
        else:
            self._tasks.pop(task, None)

    def tasks(self) -> list[tuple[str, float, float]]:
        """Each task with the seconds that it has taken, and the seconds that it will take in all."""
        return [(task, elapsed, expected) for task, (elapsed, expected) in list(self._tasks.items())]


class WorkLine(LinesWidget):
    """One line, shown only while a task is under way.

    Args:
        desk: the screen around it.
        work: the tasks.
    """

    def __init__(self, desk: Desk, work: TasksUnderWay) -> None:
        super().__init__(desk)
        self._work = work
        self.display = False

    def paint(self) -> None:
        """Appear while there is a task, and show how far it is."""
        self.display = bool(self._work.tasks())
        super().paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the first task. The others wait for it anyway."""
        for task, elapsed, expected in self._work.tasks()[:1]:
            # Nobody knows when a task will end, so the bar only nears its right end.
            time = f" {elapsed:.0f} s of {about(expected)}"
            room = width - len(time) - len(" []")
            name = safe(task)
            name = fit(name, min(cell_len(name), room - LEAST))
            cells = min(WIDTH, room - cell_len(name))
            filled = round((1 - math.exp(-1.5 * elapsed / expected)) * cells)
            yield [
                Segment(f"{name} ", self.look.warn),
                Segment("[" + "#" * filled + "." * (cells - filled) + "]", self.look.accent),
                Segment(time, self.look.muted),
            ]
