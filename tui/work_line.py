"""Work that takes seconds, such as compiling: told by the host's threads, shown as a bar."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment

from tui.rows import Line, Lines
from tui.text import fit, safe

LEAST, WIDTH = 10, 24
"""Cells of the bar: at least, and where there is room for so many."""


class Work:
    """What is under way; a `hostcore.workshop.Progress`. For any thread."""

    def __init__(self) -> None:
        self._tasks: dict[str, tuple[float, float]] = {}

    def __call__(self, task: str, elapsed: float, expected: float) -> None:
        """`task` has run for `elapsed` seconds of about `expected`; both 0 when it is over."""
        if expected:
            self._tasks[task] = elapsed, expected
        else:
            self._tasks.pop(task, None)

    def tasks(self) -> list[tuple[str, float, float]]:
        """Each task with the seconds that it has taken, and will take in all."""
        return [(task, elapsed, expected) for task, (elapsed, expected) in list(self._tasks.items())]


class WorkLine(Lines):
    """One line, in sight only while there is work."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work
        self.display = False

    def paint(self) -> None:
        """Show how far the work is, or nothing."""
        self.display = bool(self._work.tasks())
        super().paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """The first task; the others wait for it anyway."""
        for task, elapsed, expected in self._work.tasks()[:1]:
            # The end is not known: the bar nears it but reaches it only when the work is done.
            time = f" {elapsed:.0f} s of about {expected:.0f} s"
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
