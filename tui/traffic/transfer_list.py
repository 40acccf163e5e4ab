"""Some transfers to move in, as a part of a screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.quick_dataclass import replace
from hostcore.view.traffic import SeenTransfer
from tui.commands import COPY, CommandSource, ShellCommand
from tui.desk import Desk, RecordedPlace
from tui.editing import EDIT, SourceEditor, SourcePlace
from tui.lines import Line
from tui.row_list import RowList
from tui.time_travel import STEP, TimeTraveller, of_transfer
from tui.traffic.command_words import repeat_here
from tui.traffic.sheet import open_transfer
from tui.traffic.transfer_words import transfer_line


class TransferList(RowList, CommandSource, SourceEditor, TimeTraveller):
    """Transfers, oldest first.

    Args:
        desk: the screen around it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "The transfer", key_display="Enter"),
        replace(EDIT, show=False),
        COPY,
        STEP,
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._transfers: Sequence[SeenTransfer] = ()

    def show(self, transfers: Sequence[SeenTransfer]) -> None:
        """Show these transfers. The cursor stays in its row."""
        self._transfers = transfers
        self.paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the rows, or that there are none."""
        return super().draw(width, height) if self._transfers else [[Segment("none", self.look.muted)]]

    def row_numbers(self) -> range:
        """All of them."""
        return range(len(self._transfers))

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        return transfer_line(self._transfers[number], self.look, width, with_plugin=False)

    def action_open(self) -> None:
        """Show everything about a transfer."""
        if self.cursor in self.row_numbers():
            open_transfer(self.desk, self._transfers[self.cursor])

    @property
    def shell_command(self) -> ShellCommand | None:
        """The command that repeats the transfer under the cursor."""
        if self.cursor not in self.row_numbers():
            return None
        return repeat_here(self._transfers[self.cursor].transfer, self.desk.view)

    @property
    def source_place(self) -> SourcePlace | None:
        """The line that made the transfer under the cursor."""
        if self.cursor not in self.row_numbers():
            return None
        transfer = self._transfers[self.cursor].transfer
        return SourcePlace(transfer.plugin, transfer.source_line)

    @property
    def recorded_place(self) -> RecordedPlace | None:
        """The line that made the transfer under the cursor."""
        if self.cursor not in self.row_numbers():
            return None
        return of_transfer(self.desk.view, self._transfers[self.cursor].transfer)

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()
