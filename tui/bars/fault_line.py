"""A line that nobody can miss while faults on demand are on."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style

from tui.fault_words import fault_words
from tui.lines import Line, LinesWidget
from tui.text import fit

HINT = "  (5 f: change)"
"""The keys that lead to the list of faults."""


class FaultLine(LinesWidget):
    """One line above every pane, shown only while there are faults."""

    def on_mount(self) -> None:
        """Stay hidden until there is a fault."""
        self.display = False

    def paint(self) -> None:
        """Appear while there are faults, and name them."""
        self.display = bool(self.desk.view.faults)
        super().paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the faults, as many as fit, and how many do not."""
        view, now_ns = self.desk.view, self.desk.now_ns()
        faults = [fault_words(each, view.facts.started_ns, now_ns) for each in view.faults.all]
        if faults:
            ink = self.look.bad + Style(reverse=True)
            hint = "" if self.desk.read_only else HINT
            room = width - len(hint)
            yield [Segment(fit(in_brief(faults, room), room) + hint, ink)]


def in_brief(faults: list[str], width: int) -> str:
    """Name as many faults as fit into `width` cells, and count the others. A fault that is alone is always named."""
    for named in range(len(faults), 0, -1):
        more = f"; and {len(faults) - named} more" if named < len(faults) else ""
        text = f"FAULTS ON: {'; '.join(faults[:named])}{more}"
        if len(text) <= width or len(faults) == 1:
            return text
    return f"{len(faults)} FAULTS ON"
