"""What is wrong, above the panes: the surest finding in full, for terminals that do not show the findings pane."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size

from tui.desk import Desk
from tui.finding_words import sentence_lines
from tui.findings.pane import FindingsPane
from tui.lines import Line, LinesWidget
from tui.panes import Panes

MOST_LINES = 4
"""Lines that it takes at most, so that the pane below it keeps most of a small terminal."""


class FindingLines(LinesWidget):
    """Shown only while there is a finding that is not in sight in its pane. A click goes to that pane.

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
        """Appear while there is a finding, and take the lines that its sentence needs."""
        findings = self.desk.view.findings
        self.display = bool(findings) and not self._panes.are_findings_in_sight
        if self.display and self._revision != findings.revision:
            self._revision = findings.revision
            self.refresh(layout=True)
        super().paint()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for the sentence. Textual calls this."""
        return len(list(self.draw(width, MOST_LINES)))

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the surest finding, and how many others there are."""
        findings = self.desk.view.findings.all()
        if not findings:
            return []
        lines = list(sentence_lines(findings[0].finding, self.look, width))[:MOST_LINES]
        others = len(findings) - 1
        more = [Segment(f" +{others} more," if others else ""), Segment(" 8", self.look.key), Segment(" what to do")]
        if sum(each.cell_length for each in (*lines[-1], *more)) <= width:
            lines[-1] = [*lines[-1], *more]
        elif len(lines) < MOST_LINES:
            lines.append([Segment(" " * 8), *more])
        click = Style(meta={"@click": f"app.go_to({FindingsPane.number})"})
        return [list(Segment.apply_style(line, post_style=click)) for line in lines]
