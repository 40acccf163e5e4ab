"""A line that nobody can miss while there is no connection to the host."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style

from tui.lines import Line, LinesWidget
from tui.text import fit, safe, uptime


class ConnectionLine(LinesWidget):
    """One line above every pane, shown only while a screen has lost its host."""

    def on_mount(self) -> None:
        """Stay hidden until the connection is lost."""
        self.display = False

    def paint(self) -> None:
        """Appear while there is no connection."""
        self.display = self.desk.view.connection.lost is not None
        super().paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw since when everything below is old, and why."""
        if lost := self.desk.view.connection.lost:
            age = uptime(self.desk.now_ns() - lost.time_ns)
            text = f"NO CONNECTION for {age}: nothing here is newer. Trying again. {safe(lost.problem)}"
            yield [Segment(fit(text, width), self.look.bad + Style(reverse=True))]
