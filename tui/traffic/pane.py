"""Every transfer on the buses, as it happens."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from hostcore.events import Outcome
from hostcore.place import BusName
from hostcore.quick_dataclass import replace
from hostcore.view.feed import Feed
from hostcore.view.traffic import TRANSFERS, SeenTransfer
from tui.commands import COPY, CommandSource, ShellCommand
from tui.desk import Desk, RecordedPlace
from tui.editing import EDIT, SourceEditor, SourcePlace
from tui.feed_pane import FeedPane
from tui.layouts.layout import PaneLayout
from tui.lines import Line
from tui.text import time_of_day
from tui.time_travel import STEP, TimeTraveller, of_transfer
from tui.traffic.command_words import repeat_here
from tui.traffic.transfer_words import place_text, transfer_line, words_of

MOST_ROWS = 200
"""Rows that are kept: a few times as many as are in sight."""


class TrafficPane(FeedPane[SeenTransfer], CommandSource, SourceEditor, TimeTraveller):
    """The last transfers, oldest first.

    Args:
        desk: the screen around it.
    """

    number = 4
    title = "Traffic"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Details", key_display="Enter"),
        Binding("x", "errors", "Errors only"),
        Binding("w", "save", "Save"),
        EDIT,
        STEP,
        replace(COPY, show=True),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="traffic")
        self.errors_only = False
        self._texts: dict[int, tuple[SeenTransfer, str]] = {}
        """What text filters looked at, by the identity of the transfer: each key typed looks at all again."""
        self._rows: dict[int, tuple[SeenTransfer, Line]] = {}
        """The rows that were drawn last, by the identity of the transfer: what a row shows never changes."""
        self._rows_for: object = None

    @property
    def feed(self) -> Feed[SeenTransfer]:
        """All transfers."""
        return self.view.traffic

    def text_of(self, item: SeenTransfer) -> str:
        """Everything that the line shows."""
        kept = self._texts.get(id(item))
        if kept is None:
            if len(self._texts) >= TRANSFERS:
                self._texts.clear()
            transfer = item.transfer
            where = place_text(transfer.bus, transfer.address)
            text = f"{transfer.plugin} {where} {transfer.outcome.value} {transfer.detail} {words_of(item)}"
            kept = self._texts[id(item)] = item, text
        return kept[1]

    def plugin_of(self, item: SeenTransfer) -> str:
        """The plugin that asked for the transfer."""
        return item.transfer.plugin

    def is_wanted(self, item: SeenTransfer) -> bool:
        """Filter by outcome too."""
        return (not self.errors_only or item.transfer.outcome is not Outcome.OK) and super().is_wanted(item)

    def other_filters(self) -> list[str]:
        """Whether only errors are shown."""
        return ["errors only"] if self.errors_only else []

    def chosen_layout(self) -> PaneLayout:
        """The filters, with the outcome."""
        return replace(super().chosen_layout(), errors_only=self.errors_only)

    def take_layout(self, layout: PaneLayout) -> None:
        """Filter as before."""
        self.errors_only = layout.errors_only
        super().take_layout(layout)

    def note(self) -> str:
        """The time of the row under the cursor, which a narrow row leaves out, and the filters."""
        if self.cursor not in self.row_numbers():
            return super().note()
        moment = time_of_day(self.feed.shown[self.cursor].transfer.time_ns)
        return ", ".join(filter(None, (super().note(), moment)))

    def reset(self) -> None:
        """Show all outcomes too."""
        super().reset()
        self.errors_only = False
        self._texts.clear()

    def row(self, number: int, width: int) -> Line:
        """Make one row, or return it if it was drawn before."""
        seen, look = self.feed.shown[number], self.look
        if self._rows_for != (width, id(look)) or len(self._rows) >= MOST_ROWS:
            self._rows, self._rows_for = {}, (width, id(look))
        kept = self._rows.get(id(seen))
        if kept is None:
            kept = self._rows[id(seen)] = seen, transfer_line(seen, look, width)
        return kept[1]

    def action_errors(self) -> None:
        """Show only failed transfers, or all again."""
        self.errors_only = not self.errors_only
        self.choose()

    def action_save(self) -> None:
        """Write the shown transfers into a file."""
        from tui.traffic.save import save_traffic  # noqa: PLC0415 - the first frame should not wait for it

        save_traffic(self, self.desk, [each.whole for each in self.feed.shown.all()])

    @property
    def shell_command(self) -> ShellCommand | None:
        """The command that repeats the transfer under the cursor."""
        if self.cursor not in self.row_numbers():
            return None
        return repeat_here(self.feed.shown[self.cursor].transfer, self.view)

    @property
    def source_place(self) -> SourcePlace | None:
        """The line that made the transfer under the cursor."""
        if self.cursor not in self.row_numbers():
            return None
        transfer = self.feed.shown[self.cursor].transfer
        return SourcePlace(transfer.plugin, transfer.source_line)

    @property
    def recorded_place(self) -> RecordedPlace | None:
        """The line that made the transfer under the cursor."""
        if self.cursor not in self.row_numbers():
            return None
        return of_transfer(self.view, self.feed.shown[self.cursor].transfer)

    def only(self, bus: BusName, address: int) -> None:
        """Show only the transfers of one device."""
        self.reset()
        self.set_filter(place_text(bus, address))

    def action_open(self) -> None:
        """Show everything about a transfer."""
        from tui.traffic.sheet import open_transfer  # noqa: PLC0415 - the first frame should not wait for it

        if self.cursor in self.row_numbers():
            open_transfer(self.desk, self.feed.shown[self.cursor])

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()
