"""The base of all panes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from tui.layouts.layout import PaneLayout
from tui.row_list import RowList
from tui.text import counted

if TYPE_CHECKING:
    from hostcore.view.view import View


class Pane(RowList):
    """One region of the screen: a framed list with a title.

    Attributes:
        number: the key that goes to the pane, and its place among the tabs.
        title: its name.
    """

    number: ClassVar[int]
    title: ClassVar[str]

    @property
    def view(self) -> View:
        """The state of everything that the screen shows."""
        return self.desk.view

    @property
    def help_title(self) -> str:
        """The title of its part of the help."""
        return f"{self.number} {self.title}"

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self.border_title = Content(self.help_title)

    def note(self) -> str:
        """The text in the lower right corner of the frame: filters, what is paused, how much there is."""
        return ""

    def out_of_sight(self) -> list[str]:
        """How many rows are above and below those in sight, for the note; nothing if there are none."""
        rows, shown = self.row_numbers(), self.in_sight
        sides = {"above": shown.start - rows.start, "below": rows.stop - shown.stop}
        return [f"{counted(count, 'row')} {side}" for side, count in sides.items() if count > 0]

    def clear_filters(self) -> bool:
        """Show everything again. Returns False if nothing was hidden."""
        return False

    def chosen_layout(self) -> PaneLayout:
        """What the person chose here, to keep it."""
        return PaneLayout(self.number)

    def take_layout(self, layout: PaneLayout) -> None:
        """Choose what the person chose before. What is not known any more is left out."""

    def forget_view(self) -> None:
        """Forget what was kept of the view: the desk has another one."""

    def update(self, now_ns: int) -> None:
        """Show what is new. Called after every batch of events, and at least once a second.

        Args:
            now_ns: the wall clock.
        """
        if self.content_size:
            self.paint()
            self.write_note()

    def write_note(self) -> None:
        """Update the text in the frame's corner if it has changed."""
        note = Content(self.note())
        if note != self._border_subtitle:
            self.border_subtitle = note

    def moved(self) -> None:
        """Draw again: the cursor is on another row."""
        super().moved()
        self.write_note()
