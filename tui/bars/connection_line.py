"""A line that nobody can miss while the screen does not know how its host is now."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style

from tui.lines import Line, LinesWidget
from tui.text import fit, safe, uptime


class ConnectionLine(LinesWidget):
    """One line above every pane, shown only while a screen has lost its host, or learns what it missed."""

    def on_mount(self) -> None:
        """Stay hidden until there is something to say."""
        self.display = False

    def paint(self) -> None:
        """Appear while there is no connection, and until everything that was missed has come."""
        connection = self.desk.view.connection
        self.display = connection.lost is not None or connection.is_behind
        super().paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw since when everything below is old, and why."""
        if lost := self.desk.view.connection.lost:
            age = uptime(self.desk.now_ns() - lost.time_ns)
            text = f"NO CONNECTION for {age}: nothing here is newer. Trying again. {safe(lost.problem)}"
            yield [Segment(fit(text, width), self.look.bad + Style(reverse=True))]
        else:
            text = "CATCHING UP: what happened so far is still arriving. Nothing here is up to date yet."
            yield [Segment(fit(text, width), self.look.warn + Style(reverse=True))]
