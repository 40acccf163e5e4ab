"""A line that nobody can miss, which is there only while it has something to say."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style

from tui.lines import Line, LinesWidget
from tui.text import fit


class NoticeLine(LinesWidget):
    """The base of such lines."""

    @property
    def text(self) -> str:
        """What it says now; "" hides it."""
        raise NotImplementedError

    @property
    def is_bad(self) -> bool:
        """Whether something is lost, so that it is not only a warning."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Stay hidden until there is something to say."""
        self.display = False

    def paint(self) -> None:
        """Appear while there is something to say."""
        self.display = bool(self.text)
        super().paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the text in the ink of its weight."""
        if text := self.text:
            ink = self.look.bad if self.is_bad else self.look.warn
            yield [Segment(fit(text, width), ink + Style(reverse=True))]
