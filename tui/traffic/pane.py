"""Every transfer on the buses, as it happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.events import Outcome, TransferCompleted
from hostcore.place import BusName
from hostcore.view.feed import Feed
from tui.desk import Desk
from tui.document import wrapped
from tui.feed_pane import FeedPane
from tui.lines import Line
from tui.text import safe, span, time_of_day
from tui.traffic.transfer_words import data_of, place_text, transfer_line


class TrafficPane(FeedPane[TransferCompleted]):
    """The last transfers, oldest first.

    Args:
        desk: the screen around it.
    """

    number = 4
    title = "Traffic"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "All bytes", key_display="Enter"),
        Binding("e", "errors", "Errors only"),
        Binding("w", "save", "Save"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="traffic")
        self.errors_only = False

    @property
    def feed(self) -> Feed[TransferCompleted]:
        """All transfers."""
        return self.view.traffic

    def text_of(self, item: TransferCompleted) -> str:
        """Everything that the line shows."""
        return f"{item.plugin} {place_text(item.bus, item.address)} {item.outcome.value} {item.detail} {data_of(item)}"

    def plugin_of(self, item: TransferCompleted) -> str:
        """The plugin that asked for the transfer."""
        return item.plugin

    def is_wanted(self, item: TransferCompleted) -> bool:
        """Filter by outcome too."""
        return (not self.errors_only or item.outcome is not Outcome.OK) and super().is_wanted(item)

    def other_filters(self) -> list[str]:
        """Whether only errors are shown."""
        return ["errors only"] if self.errors_only else []

    def reset(self) -> None:
        """Show all outcomes too."""
        super().reset()
        self.errors_only = False

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        return transfer_line(self.feed.shown[number], self.look, width)

    def action_errors(self) -> None:
        """Show only failed transfers, or all again."""
        self.errors_only = not self.errors_only
        self.choose()

    def action_save(self) -> None:
        """Write the shown transfers into a file."""
        from tui.traffic.save import save_traffic  # noqa: PLC0415 - the first frame should not wait for it

        save_traffic(self, self.desk, list(self.feed.shown.all()))

    def only(self, bus: BusName, address: int) -> None:
        """Show only the transfers of one device."""
        self.reset()
        self._set_text(place_text(bus, address))

    def action_open(self) -> None:
        """Show all bytes of a transfer."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it

        if self.cursor in self.row_numbers():
            transfer = self.feed.shown[self.cursor]
            title = f"{transfer.plugin}, {place_text(transfer.bus, transfer.address)}"
            title += ", simulated" if transfer.is_simulated else ""
            self.desk.open_sheet(Sheet(self.desk, title, lambda width: self._all(transfer)))

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()

    def _all(self, transfer: TransferCompleted) -> Iterator[Line]:
        look = self.look
        yield [Segment(f"{time_of_day(transfer.time_ns)}, {span(transfer.duration_ns)} on the bus")]
        yield [Segment(f"after waiting {span(transfer.waited_ns)} for it", look.muted)] if transfer.waited_ns else []
        is_bad = transfer.outcome is not Outcome.OK
        yield from wrapped(f"{transfer.outcome.value} {safe(transfer.detail)}", look.bad if is_bad else look.good, 60)
        for message in transfer.messages:
            direction = "written to the device" if message.written else "read from the device"
            yield []
            yield [Segment(f"{direction}, {len(message.data)} bytes", look.accent)]
            for start in range(0, len(message.data), 16):
                row = message.data[start : start + 16]
                text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
                yield [
                    Segment(f"{start:04x}  ", look.muted),
                    Segment(f"{row.hex(' '):47}  "),
                    Segment(text, look.muted),
                ]
