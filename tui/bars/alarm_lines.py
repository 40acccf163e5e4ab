"""The most urgent alarm, above everything else, for terminals that do not show it in the findings pane."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual.geometry import Size

from tui.alarm_words import alarm_lines
from tui.desk import Desk
from tui.lines import Line, LinesWidget, width_of
from tui.panes import Panes

MOST_LINES = 3
"""Lines that it takes at most, so that the panes keep most of a small terminal."""


class AlarmLines(LinesWidget):
    """Shown only while an alarm is raised that is not in sight in the findings pane.

    Args:
        desk: the screen around it.
        panes: the panes below it.
    """

    def __init__(self, desk: Desk, panes: Panes) -> None:
        super().__init__(desk)
        self._panes = panes
        self._revision = 0
        self.display = False

    def paint(self) -> None:
        """Appear while an alarm is raised, and take the lines that its words need."""
        alarms = self.desk.view.alarms
        self.display = bool(alarms) and not self._panes.are_findings_in_sight
        if self.display and self._revision != alarms.revision:
            self._revision = alarms.revision
            self.refresh(layout=True)
        super().paint()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for the words. Textual calls this."""
        return len(list(self.draw(width, MOST_LINES)))

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the most urgent alarm, how many others there are, and the key that acknowledges it."""
        alarms = self.desk.view.alarms.raised()
        if not alarms:
            return []
        lines = list(alarm_lines(alarms[0], self.look, width))
        others = len(alarms) - 1
        keys = [Segment(f" +{others} more," if others else ""), Segment(" 8", self.look.key)]
        if not alarms[0].acknowledged_ns:
            keys += [Segment(","), Segment(" a", self.look.key), Segment(" acknowledges it")]
        if len(lines) > MOST_LINES or width_of((*lines[-1], *keys)) > width:
            lines = [*lines[: MOST_LINES - 1], [Segment(" " * 8), *keys]]
        else:
            lines[-1] = [*lines[-1], *keys]
        return lines
