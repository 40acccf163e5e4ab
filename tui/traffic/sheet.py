"""The sheet of one transfer: when and how it went, what each byte means, and the line of code that caused it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import BindingType

from hostcore.decoding.signals import signal_pieces
from hostcore.events import Confidence, Outcome
from hostcore.place import BusKind
from hostcore.quick_dataclass import replace
from hostcore.view.traffic import CHIPPED, SeenTransfer
from tui.commands import COPY, CommandSource, ShellCommand
from tui.desk import Desk, RecordedPlace
from tui.document import wrapped
from tui.lines import Line
from tui.look import Look
from tui.text import counted, safe, span, time_of_day
from tui.time_travel import STEP, TimeTraveller, of_transfer
from tui.traffic.command_words import command_lines, repeat_here
from tui.traffic.source_words import Caller, Source, SourceSheet, source_lines
from tui.traffic.step_words import capture_lines, step_lines
from tui.traffic.transfer_words import place_text, spi_text, styled

BYTES = 16
"""Bytes of a row of the list of all bytes."""


def open_transfer(desk: Desk, seen: SeenTransfer) -> None:
    """Show everything about a transfer.

    Args:
        desk: the screen.
        seen: the transfer.
    """
    transfer = seen.transfer
    title = f"{safe(transfer.plugin)}, {place_text(transfer.bus, transfer.address)}"
    title += ", simulated" if transfer.is_simulated else ""
    desk.open_sheet(TransferSheet(desk, title, seen))


class TransferSheet(SourceSheet, CommandSource, TimeTraveller):
    """Everything about a transfer, until a key closes it.

    Args:
        desk: the screen around it.
        title: is written into the frame.
        seen: the transfer.
    """

    BINDINGS: ClassVar[list[BindingType]] = [replace(COPY, show=True), replace(STEP, show=True)]

    def __init__(self, desk: Desk, title: str, seen: SeenTransfer) -> None:
        transfer = seen.transfer
        repeat = repeat_here(transfer, desk.view)
        caller = Caller(transfer.plugin, transfer.source_line, transfer.library, transfer.time_ns)
        super().__init__(
            desk, title, caller, lambda sources, width: sheet_lines(seen, sources, repeat, desk.look, width)
        )
        self._repeat, self._transfer = repeat, transfer

    @property
    def shell_command(self) -> ShellCommand:
        """The command that repeats the transfer."""
        return self._repeat

    @property
    def recorded_place(self) -> RecordedPlace:
        """The line that made the transfer."""
        return of_transfer(self.desk.view, self._transfer)


def sheet_lines(
    seen: SeenTransfer, sources: Sequence[Source], repeat: ShellCommand, look: Look, width: int
) -> Iterator[Line]:
    """All lines of the sheet.

    Args:
        seen: the transfer.
        sources: the lines of code that caused it.
        repeat: the command that repeats it.
        look: the styles.
        width: cells of a line.
    """
    yield from _facts(seen, look, width)
    yield from source_lines(sources[:1], look, width)
    yield from _decode(seen, look, width)
    yield from source_lines(sources[1:], look, width)
    yield from _bytes(seen, look)
    yield from command_lines(repeat, look, width)


def _facts(seen: SeenTransfer, look: Look, width: int) -> Iterator[Line]:
    transfer = seen.transfer
    waited = f", after waiting {span(transfer.waited_ns)} for it" if transfer.waited_ns else ""
    when = f"{time_of_day(transfer.time_ns)}, {span(transfer.duration_ns)} on the bus{waited}"
    yield from wrapped(when, look.plain, width)
    if seen.follows_lost:
        yield from wrapped("Transfers before this one were not kept, or were lost on the way here.", look.warn, width)
    if gaps := _gaps(seen):
        yield from wrapped(gaps, look.muted, width)
    is_bad = transfer.outcome is not Outcome.OK
    yield from wrapped(f"{transfer.outcome.value} {safe(transfer.detail)}", look.bad if is_bad else look.good, width)
    if transfer.is_injected:
        yield from wrapped("a fault on demand struck it: outcome and bytes may be invented", look.bad, width)
    if chip := seen.site.words:
        why = f": {safe(seen.site.why)}" if seen.site.why else ""
        verb = "is " if seen.site.confidence is Confidence.LIKELY else ""
        yield from wrapped(f"the chip {verb}{safe(chip)}{why}", look.plain, width)
    elif transfer.bus.kind in CHIPPED:
        yield from wrapped("no chip file is for this chip", look.muted, width)
    if speed := spi_text(transfer):
        yield from wrapped(f"SPI at {speed}", look.plain, width)


def _gaps(seen: SeenTransfer) -> str:
    """The time since the transfers before, on the bus and to the same device."""
    transfer = seen.transfer
    if seen.gap_ns is None:
        return ""
    words = f"{span(seen.gap_ns)} after the transfer before on {transfer.bus}"
    if seen.device_gap_ns is not None and seen.device_gap_ns != seen.gap_ns:
        words += f", {span(seen.device_gap_ns)} after the one to this device"
    return words


def _decode(seen: SeenTransfer, look: Look, width: int) -> Iterator[Line]:
    transfer = seen.transfer
    if transfer.bus.kind in CHIPPED:
        yield []
        address = transfer.address if transfer.bus.kind is BusKind.I2C else None
        yield from step_lines(seen.decoded(), address, look, width)
    elif seen.capture:
        yield []
        yield from capture_lines(seen.capture, look)
    elif transfer.messages or transfer.pwm:
        yield []
        yield styled(signal_pieces(transfer, None), look)


def _bytes(seen: SeenTransfer, look: Look) -> Iterator[Line]:
    for message in seen.transfer.messages:
        direction = "written to the device" if message.written else "read from the device"
        yield []
        yield [Segment(f"{direction}, {counted(len(message.data), 'byte')}", look.accent)]
        for start in range(0, len(message.data), BYTES):
            row = message.data[start : start + BYTES]
            text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
            yield [Segment(f"{start:04x}  ", look.muted), Segment(f"{row.hex(' '):47}  "), Segment(text, look.muted)]
