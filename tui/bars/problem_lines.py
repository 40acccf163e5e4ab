"""What is wrong, above the panes: the worst problem in full, for terminals that do not show the problems pane."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size

from tui.desk import Desk
from tui.lines import Line, LinesWidget, width_of
from tui.panes import Panes
from tui.problem_words import problem_line, problem_lines
from tui.problems.pane import ProblemsPane
from tui.wrapping import cut

LEAST_LINES, SHARE = 4, 6
"""The lines that it may always take, and the part of the screen that it takes at most beyond that. The pane below it
keeps most of a small terminal."""


class ProblemLines(LinesWidget):
    """Shown only while there is a problem that is not in sight in its pane. A click goes to that pane.

    Args:
        desk: the screen around it.
        panes: the panes below it.
    """

    def __init__(self, desk: Desk, panes: Panes) -> None:
        super().__init__(desk)
        self._panes = panes
        self._height = 0
        self.display = False

    def paint(self) -> None:
        """Appear while there is a problem, and take the lines that the sentences need."""
        self.display = bool(self.desk.view.problems) and not self._panes.are_problems_in_sight
        height = len(self._lines(self.content_size.width)) if self.display and self.content_size.width else 0
        if self._height != height:
            self._height = height
            self.refresh(layout=True)
        super().paint()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for the sentences. Textual calls this."""
        return len(self._lines(width))

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the worst problem in full, one line of each of the next, and how many others there are."""
        click = Style(meta={"@click": f"app.go_to({ProblemsPane.number})"})
        return [list(Segment.apply_style(line, post_style=click)) for line in self._lines(width)[:height]]

    def _lines(self, width: int) -> list[Line]:
        problems = self.desk.view.problems
        most = max(LEAST_LINES, self.app.size.height // SHARE)
        lines: list[Line] = []
        for place, problem in enumerate(problems):
            whole = list(problem_lines(problem, self.look, width))
            if len(lines) == most:
                return self._with_more(lines, len(problems) - place, most, width)
            lines += whole[:most] if place == 0 else [problem_line(problem, self.look, width)]
        return self._with_more(lines, 0, most, width) if lines else []

    def _with_more(self, lines: list[Line], others: int, most: int, width: int) -> list[Line]:
        """End with the key that leads to all of them."""
        more = [Segment(f" +{others} more," if others else ""), Segment(" 8", self.look.key), Segment(" what to do")]
        if self.desk.view.alarms.unacknowledged():
            more += [Segment(","), Segment(" a", self.look.key), Segment(" acknowledge")]
        room = width - width_of(more)
        if width_of(lines[-1]) > room and len(lines) < most:
            return [*lines, more]
        if width_of(lines[-1]) > room and len(lines) == 1:
            return lines
        return [*lines[:-1], [*cut(lines[-1], room), *more]]
