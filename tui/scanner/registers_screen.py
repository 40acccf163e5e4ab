"""The registers of one device as they were last seen: value, fields, age, and the line of code that used them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.chips.model import Chip
from hostcore.decoding.decoded import RegisterAccess
from hostcore.decoding.registers import Cell, seen_access
from hostcore.decoding.words import field_text, measured, shown_bytes
from hostcore.place import BusName
from tui.commands import COPY, CommandSource, Words, dump, read_register
from tui.desk import Desk
from tui.document import wrapped
from tui.editing import EDIT, SourceEditor, SourcePlace
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.row_list import RowList
from tui.text import age, ago, fit, safe, time_of_day
from tui.traffic.source_words import Caller, Source, SourceSheet, source_lines

SHOWN = 4
"""Bytes of a block of registers that are shown in its row."""
ABSENT = "Nothing answered here in the last scan, and no transfer with this address has worked since."
"""Stands in place of registers and of a guess which chip it could be."""


def value_text(access: RegisterAccess) -> str:
    """The value of a register: ``0x25``; ``23.4 °C`` if the chip file tells what it measures."""
    if access.number is None:
        return shown_bytes(access.raw, SHOWN)
    if access.value is not None and not access.is_idle:
        return measured(access.value, access.unit)
    return f"0x{access.number:0{2 * len(access.raw)}x}"


def caller_text(cell: Cell) -> str:
    """Who used a register, and from which line: ``bme680 line 41``."""
    return safe(f"{cell.plugin} line {cell.line}" if cell.line else cell.plugin)


class RegisterList(RowList, CommandSource, SourceEditor):
    """The registers in the order of their numbers.

    Args:
        desk: the screen around it.
        bus: the bus.
        address: the device's address.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "The register", key_display="Enter"), EDIT, COPY]

    def __init__(self, desk: Desk, bus: BusName, address: int) -> None:
        super().__init__(desk)
        self._bus, self._address = bus, address
        self._rows: list[tuple[int, Cell]] = []

    @property
    def chip(self) -> Chip | None:
        """The chip, as far as it is known."""
        return self.desk.view.traffic.sites.chip(self._bus, self._address).chip

    @property
    def is_absent(self) -> bool:
        """Whether the last scan found nothing at the address, and no transfer has told otherwise."""
        return self.desk.view.scans.is_empty(self._bus, self._address)

    def row_numbers(self) -> range:
        """All registers that were seen."""
        return range(len(self._rows))

    def heading(self, width: int) -> Line | None:
        """The columns' titles."""
        titles = f"{'no.':5}{'register':17}{'value':18}{'age':>4}  {'by':16}fields"
        return [Segment(titles, self.look.muted)]

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the registers as they are now, or why there are none."""
        cells = self.desk.view.traffic.registers.cells(self._bus, self._address)
        self._rows = sorted(cells.items())
        if self._rows:
            return super().draw(width, height)
        words = "No register was read or written since the screen was opened. Chips with commands have none."
        return list(wrapped(ABSENT if self.is_absent else words, self.look.muted, width))

    def row(self, number: int, width: int) -> Line:
        """One register: number, name, value, W or R, age, who used it, and its fields."""
        register, cell = self._rows[number]
        access, look = seen_access(self.chip, register, cell), self.look
        fields = ", ".join(f"{each.name} {each.text}" for each in access.fields)
        return [
            Segment(f"0x{register:02x} ", look.muted),
            Segment(fit(access.name or "?", 16) + " ", look.accent),
            Segment(fit(value_text(access), 15)),
            Segment(" W " if cell.written else " R ", look.muted),
            Segment(fit(age(self.desk.now_ns() - cell.time_ns), 4, right=True) + "  ", look.muted),
            Segment(fit(caller_text(cell), 16)),
            Segment(fields, look.muted),
        ]

    @property
    def command_words(self) -> Words:
        """The register under the cursor; all of them if none was seen."""
        if self.cursor not in self.row_numbers():
            return dump(self._bus, self._address)
        register, cell = self._rows[self.cursor]
        return read_register(self._bus, self._address, register, cell.size)

    @property
    def source_place(self) -> SourcePlace | None:
        """The line that used the register under the cursor last."""
        if self.cursor not in self.row_numbers():
            return None
        cell = self._rows[self.cursor][1]
        return SourcePlace(cell.plugin, cell.line)

    def action_open(self) -> None:
        """Show everything about a register."""
        if self.cursor not in self.row_numbers():
            return
        register, cell = self._rows[self.cursor]
        access = seen_access(self.chip, register, cell)
        caller = Caller(cell.plugin, cell.line, cell.library, cell.time_ns)
        title = f"{access.name or 'register'} 0x{register:02x}"

        def lines(sources: Sequence[Source], width: int) -> Iterator[Line]:
            yield from self._facts(access, cell, width)
            yield from source_lines(sources, self.look, width)

        self.desk.open_sheet(SourceSheet(self.desk, title, caller, lines))

    def _facts(self, access: RegisterAccess, cell: Cell, width: int) -> Iterator[Line]:
        yield from wrapped(value_text(access), self.look.strong, width)
        if access.value is not None and access.number is not None and not access.is_idle:
            yield [Segment(f"as bytes: {access.raw.hex(' ')}, as one number: {access.number}", self.look.plain)]
        if access.is_idle:
            yield [Segment("the value before any measurement", self.look.warn)]
        for field in access.fields:
            yield from wrapped(field_text(field), self.look.plain, width, "  ")
        yield []
        verb = "written" if cell.written else "read"
        when = f"{verb} by {caller_text(cell)} at {time_of_day(cell.time_ns)}, {ago(self.desk.now_ns() - cell.time_ns)}"
        yield from wrapped(when, self.look.plain, width)
        register = self.chip.register_at(access.address) if self.chip else None
        if register is not None and self.chip is not None:
            reset = "" if register.reset is None else f"; 0x{register.reset:0{2 * register.size}x} after power-on"
            yield from wrapped(f"{safe(self.chip.source)}, {safe(register.source)}{reset}", self.look.muted, width)

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()


class RegistersScreen(LiveScreen):
    """The registers of one device.

    Args:
        desk: the screen around it.
        bus: the bus.
        address: the device's address.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back", key_display="Esc")]

    def __init__(self, desk: Desk, bus: BusName, address: int) -> None:
        super().__init__(desk)
        self._bus, self._address = bus, address
        self._list = RegisterList(desk, bus, address)

    def compose(self) -> ComposeResult:
        """The registers and the keys."""
        yield self._list
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Draw when there is a size."""
        self._list.focus()
        self.call_after_refresh(lambda: self.update(self.desk.now_ns()))

    def update(self, now_ns: int) -> None:
        """Draw again: registers, ages and the chip may be others."""
        site = self.desk.view.traffic.sites.chip(self._bus, self._address)
        title = f"{self._bus} 0x{self._address:02x}, registers as last seen"
        self._list.border_title = Content(title)
        guess = "no chip file: a byte that was written before a read is taken for a register's number"
        words = safe(site.words) if site.chip else guess
        self._list.border_subtitle = Content("" if self._list.is_absent else words)
        self._list.paint()
