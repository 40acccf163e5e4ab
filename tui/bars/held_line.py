"""A line that says which quantities of the simulated world a person holds."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment

from tui.lines import Line, LinesWidget
from tui.text import fit, safe

HINT = "  (S: change)"
"""The key that leads to the simulated world."""


class HeldLine(LinesWidget):
    """One line above every pane, shown only while a quantity is held."""

    def on_mount(self) -> None:
        """Stay hidden until a quantity is held."""
        self.display = False

    def paint(self) -> None:
        """Appear while a quantity is held, and name it."""
        self.display = bool(self.desk.view.world.held)
        super().paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the quantities that are held, as many as fit."""
        view = self.desk.view
        if held := view.world.words(view.facts.quantities):
            text = f"SIMULATED, held by a person: {safe('; '.join(held))}"
            yield [Segment(fit(text, width - len(HINT)) + HINT, self.look.simulated)]
