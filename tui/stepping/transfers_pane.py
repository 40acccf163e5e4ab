"""The transfers of the traced calls, in the words of their chips: those up to here, and those that come later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.stepping.navigation import to_transfer
from tui.lines import Line, width_of
from tui.row_list import RowList
from tui.stepping.step_desk import StepDesk
from tui.text import counted
from tui.traffic.transfer_words import transfer_line

GUESS = "GUESS "
LATER = "later "


class TransfersPane(RowList):
    """The transfers, oldest first. The newest up to here is the last row in sight.

    Args:
        desk: the screen around it.
    """

    desk: StepDesk
    help_title = "Transfers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run_to", "Run to it", key_display="Enter"),
        Binding("i", "open", "What it means"),
    ]

    def __init__(self, desk: StepDesk) -> None:
        super().__init__(desk, id="transfers")
        self._made = 0

    def settle(self) -> None:
        """Show the transfers up to where the person is: the cursor is on the last one."""
        travel = self.desk.travel
        if not travel.has_steps:
            return
        self._made = travel.here.transfers
        self.cursor = max(0, self._made - 1)
        self.top = max(0, self._made - self._height)
        calls, later = travel.trace.calls, len(self.row_numbers()) - self._made
        since = f"since call {calls[0].number}" if calls else "up to here"
        title = f"{counted(self._made, 'transfer')} {since}"
        self.border_title = Content(f"{title}, {later} later" if later else title)
        self.paint()

    def row_numbers(self) -> range:
        """All of them, also the later ones."""
        window = self.desk.travel.window
        return range(len(window.seen) if window is not None else 0)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the rows. Those that come later are out of sight until a person moves there."""
        if not self.row_numbers():
            return [[Segment("none in the traced calls", self.look.muted)]]
        if not self._made and not self.has_focus:
            return [[Segment("none yet", self.look.muted)]]
        return super().draw(width, height)

    def row(self, number: int, width: int) -> Line:
        """Make one row. A later one says so."""
        window = self.desk.travel.window
        assert window is not None
        marks: Line = []
        if number >= self._made:
            marks.append(Segment(LATER, self.look.muted))
        if window.trace.transfers[number].is_guess:
            marks.append(Segment(GUESS, self.look.bad))
        line = transfer_line(window.seen[number], self.look, width - width_of(marks), with_plugin=False)
        if number >= self._made:
            line = [Segment(each.text, self.look.muted) for each in line]
        return [*marks, *line]

    @property
    def shows_whole(self) -> bool:
        """While it shows the newest transfer, nobody has chosen one."""
        return self.cursor != self._made - 1

    def action_run_to(self) -> None:
        """Go to the line that made the transfer under the cursor."""
        travel = self.desk.travel
        if travel.has_steps and self.cursor in self.row_numbers():
            chosen = self.cursor
            step = to_transfer(travel.trace, chosen, travel.folds)
            words = "this line makes the transfer" if step is not None else "no line in sight made this transfer"
            self.desk.jump(step, words)
            self.go(chosen)

    def action_open(self) -> None:
        """Show everything about the transfer under the cursor."""
        from tui.traffic.sheet import open_transfer  # noqa: PLC0415 - rarely needed

        window = self.desk.travel.window
        if window is not None and self.cursor in self.row_numbers():
            open_transfer(self.desk, window.seen[self.cursor])

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_run_to()
