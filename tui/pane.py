"""What the panes of the screen have in common."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content

from hostcore.view.view import View
from tui.rows import Rows


class Pane(Rows):
    """One region of the screen: a framed list with a title.

    Attributes:
        number: the key that goes to it, and its place among the tabs.
        title: its name.
    """

    number: ClassVar[int]
    title: ClassVar[str]

    @property
    def view(self) -> View:
        """What there is to show."""
        return self.host_app.view

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self.border_title = Content(f"{self.number} {self.title}")

    def note(self) -> str:
        """A few words for the lower right corner of the frame: filters, what is paused, how much there is."""
        return ""

    def clear_filters(self) -> bool:
        """Show everything again; False where that is so already."""
        return False

    def update(self, now_ns: int) -> None:
        """Something has happened, or a second has gone by."""
        if self.content_size:
            self.paint()
            self.write_note()

    def write_note(self) -> None:
        """Bring the frame's corner up to date, where it is not."""
        note = Content(self.note())
        if note != self._border_subtitle:
            self.border_subtitle = note

    def moved(self) -> None:
        """The cursor is on another row."""
        super().moved()
        self.write_note()
