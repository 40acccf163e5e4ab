"""The addresses of an I2C bus, as i2cdetect shows them, and the facts about each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from hostcore.errors import HostError
from hostcore.events import ScanFailed
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.place import BusKind, BusName
from hostcore.view.scans import Scan
from tui.commands import COPY, CommandSource, Words, at_address
from tui.desk import Desk
from tui.document import wrapped
from tui.health_words import health_of
from tui.identifying import identify, if_confirmed
from tui.lines import Line
from tui.pane import Pane
from tui.scanner.address_words import MODES, AddressWords
from tui.scanner.found_words import LEAST_FOUND, found_lines
from tui.scanner.grid import FIRST, GRID_WIDTH, LAST, LEAST_WORDS, grid_lines, side_by_side, typed_address
from tui.text import ago, counted, safe
from tui.typed import with_typed

FIRST_SCAN = 3.0
"""Seconds from the start to the first scan of simulated buses."""


class ScannerPane(Pane, CommandSource):
    """A grid of 8 rows by 16 columns. The cursor moves from address to address.

    Args:
        desk: the screen around it.
    """

    number = 5
    title = "Bus"
    has_cursor = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "registers", "Registers", key_display="Enter"),
        Binding("s", "scan", "Scan"),
        Binding("b", "bus", "Bus"),
        Binding("slash", "address", "Address", key_display="/"),
        Binding("i", "identify", "Identify"),
        Binding("t", "traffic", "Traffic"),
        Binding("f", "faults", "Faults"),
        Binding("m", "mode", "Mode"),
        COPY,
        Binding("left,h", "step(-1)", "Left", show=False),
        Binding("right,l", "step(1)", "Right", show=False),
        Binding("up,k", "step(-16)", "Up", show=False),
        Binding("down,j", "step(16)", "Down", show=False),
        Binding("home", "go(0x08)", "First address", show=False),
        Binding("end", "go(0x77)", "Last address", show=False),
    ]

    class TrafficAsked(Message):
        """The person wants to see the transfers of one device."""

        def __init__(self, bus: BusName, address: int) -> None:
            super().__init__()
            self.bus, self.address = bus, address

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="scanner")
        self.address = FIRST
        """The address under the cursor."""
        self._has_moved = False
        """Whether the cursor has left its first place: a person moved it, or a scan found a device."""
        self.mode = ScanMode.AUTO
        self._place = 0
        self._asked: dict[BusName, Scan | ScanFailed | None] = {}
        """By bus: how its last scan had ended when the person asked for another."""
        self._lines: list[Line] = []
        self._grid: list[Line] = []
        self._grid_for: object = None
        self._skipped = self._most_skipped = 0
        """The lines of words that are scrolled out of sight below the grid, and the most that can be."""

    def on_mount(self) -> None:
        """Plan a first scan of the simulated buses: it can harm no chip."""
        super().on_mount()
        if self.view.facts.is_simulated:
            self.set_timer(FIRST_SCAN, self._scan_simulated)

    def _scan_simulated(self) -> None:
        for bus in self.buses:
            if not bus.is_real and self.view.scans.of(bus.name) is None:
                self.desk.find_out(partial(self._scan_unasked, bus.name.number, self.mode), lambda _: None)

    def _scan_unasked(self, bus: int, mode: ScanMode) -> None:
        with suppress(HostError):  # nobody asked, so nobody wants to know why not
            self.desk.session.scan(bus, mode)

    @property
    def buses(self) -> list[BusFacts]:
        """The I2C buses."""
        return [bus for bus in self.view.facts.buses if bus.name.kind is BusKind.I2C]

    @property
    def bus(self) -> BusFacts | None:
        """The bus that is shown; None if host.toml has no I2C bus."""
        return self.buses[self._place % len(self.buses)] if self.buses else None

    @property
    def scan(self) -> Scan | None:
        """The last scan of that bus; None if there was none."""
        return self.view.scans.of(self.bus.name) if self.bus else None

    @property
    def command_words(self) -> Words:
        """What shows the address under the cursor."""
        return at_address(self.view.scans, self.bus.name, self.address) if self.bus is not None else ()

    def row_numbers(self) -> range:
        """The grid and the words below it."""
        return range(len(self._lines))

    def row(self, number: int, width: int) -> Line:
        """Return one line."""
        return self._lines[number]

    def note(self) -> str:
        """The bus, and how many devices the last scan found."""
        if self.bus is None:
            return ""
        bus, scan, ended = self.bus.name, self.scan, self.view.scans.ended(self.bus.name)
        name = bus if self.bus.is_real else f"{bus}, simulated"
        if progress := self.view.scans.under_way(bus):
            return f"{name}: scanning ... 0x{progress.address:02x}, {progress.done / progress.whole:.0%}"
        if bus in self._asked and self._asked[bus] is ended:
            return f"{name}: scanning ..."
        if isinstance(ended, ScanFailed):
            return f"{name}: the scan failed"
        if scan is None:
            return f"{name}, not scanned yet"
        stuck = self.view.health.stuck(bus)
        name = f"{name}: {stuck.stuck_words}, scan" if stuck else name
        found = f"{name}: {counted(len(scan.answering), 'device')}, {ago(self.desk.now_ns() - scan.event.time_ns)}"
        below = self._most_skipped - self._skipped
        return f"{found}, {counted(below, 'line')} below: PgDn" if below and self.has_focus else found

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the grid, and beside or below it the facts about the address."""
        self._settle_cursor()
        grid = self._grid_now()
        most_skipped, self._most_skipped = self._most_skipped, 0
        beside, found = width - GRID_WIDTH, partial(found_lines, self.view, self.look, self.scan)
        if beside >= LEAST_WORDS:
            self._lines = side_by_side(grid, [*self._words(beside), [], *found(beside)])
        else:
            has_room = beside >= LEAST_FOUND
            words = [*self._words(width), *([] if has_room else found(width))]
            grid = side_by_side(grid, list(found(beside))[: len(grid)]) if has_room else grid
            self._most_skipped = max(0, len(words) - max(1, height - len(grid)))
            self._skipped = min(self._skipped, self._most_skipped)
            self._lines = [*grid, *words[self._skipped :]]
        if self._most_skipped != most_skipped:
            self.call_after_refresh(self.write_note)
        return super().draw(width, height)

    def _settle_cursor(self) -> None:
        """Begin on the first device that a scan found: that an address has none is seldom the question."""
        if not self._has_moved and (scan := self.scan) is not None and scan.answering:
            self.address, self._has_moved = min(scan.answering), True

    def _grid_now(self) -> list[Line]:
        """The grid. It is made again only if a scan, a finding, the bus, the cursor or the theme has changed it."""
        findings = self.view.findings.at_addresses(self.bus.name) if self.bus else {}
        is_stuck = self.bus is not None and self.view.health.stuck(self.bus.name) is not None
        made_of = self.scan, findings, self.look, self.address if self.has_focus else None, is_stuck
        if made_of != self._grid_for:
            self._grid, self._grid_for = list(grid_lines(*made_of)), made_of
        return self._grid

    def _scroll(self, rows: int) -> None:
        """Scroll the words. The grid stays in sight."""
        self._skipped = max(0, min(self._skipped + rows, self._most_skipped))
        self.moved()

    def _words(self, width: int) -> Iterator[Line]:
        """The facts about the address under the cursor."""
        if self.bus is None:
            yield from wrapped("host.toml has no I2C bus.", self.look.muted, width)
            return
        if not self.bus.is_usable and self.scan is None:
            yield from wrapped(f"{self.bus.name} cannot be used: {safe(self.bus.reason)}", self.look.bad, width)
        if isinstance(ended := self.view.scans.ended(self.bus.name), ScanFailed):
            yield from wrapped(f"the scan failed: {safe(ended.problem)}", self.look.bad, width)
        yield from AddressWords(self.view, self.look, self.bus.name, self.address).lines(width)
        if (status := self.view.health.of(self.bus.name)) is not None:
            health = health_of(status, self.desk.now_ns(), self.look)
            yield from wrapped(health.text, health.style or self.look.plain, width)
        yield from wrapped(f"scan mode {self.mode}: {MODES[self.mode]}", self.look.muted, width)

    def action_step(self, step: int) -> None:
        """Move the cursor within the grid."""
        self.action_go(self.address + step)

    def action_go(self, address: int) -> None:
        """Move the cursor to an address of the grid."""
        if FIRST <= address <= LAST:
            self.address, self._skipped, self._has_moved = address, 0, True
            self.moved()

    async def action_address(self) -> None:
        """Ask for an address, and move the cursor there."""
        await self.desk.ask("Address, in hexadecimal digits, such as 5d", check=typed_address, done=self.go_to_typed)

    def go_to_typed(self, text: str) -> None:
        """Move the cursor to an address that a person has typed, with or without ``0x``; nowhere if it is blank."""

        def go(address: int | None) -> None:
            if address is not None:
                self.action_go(address)

        with_typed(self.desk, text, typed_address, go)

    def action_bus(self) -> None:
        """Show the next bus."""
        self._place += 1
        self.moved()

    def show_bus(self, bus: BusName, address: int | None = None) -> None:
        """Show a bus.

        Args:
            bus: one of `buses`.
            address: where the cursor goes; by default it stays.
        """
        self._place = [each.name for each in self.buses].index(bus)
        self.action_go(self.address if address is None else address)

    def action_mode(self) -> None:
        """Choose the next way to probe addresses."""
        modes = list(ScanMode)
        self.choose_mode(modes[(modes.index(self.mode) + 1) % len(modes)])

    def choose_mode(self, mode: ScanMode) -> None:
        """Choose how to probe addresses, and say what that does."""
        self.mode = mode
        self.desk.say(f"Scan mode {self.mode.value}: {MODES[self.mode]}")
        self.moved()

    def action_registers(self) -> None:
        """Show the registers of the address under the cursor as they were last seen."""
        from tui.scanner.registers_screen import RegistersScreen  # noqa: PLC0415 - the first frame should not wait

        if self.bus is not None:
            self.desk.open_sheet(RegistersScreen(self.desk, self.bus.name, self.address))

    def action_traffic(self) -> None:
        """Show the transfers of the address under the cursor."""
        if self.bus is not None:
            self.post_message(self.TrafficAsked(self.bus.name, self.address))

    def action_faults(self) -> None:
        """Show the faults on demand, with those of the address under the cursor at hand."""
        from tui.faults.screen import FaultsScreen  # noqa: PLC0415 - the first frame should not wait for it

        self.desk.open_sheet(FaultsScreen(self.desk, self.bus.name if self.bus else None, self.address))

    def action_scan(self) -> None:
        """Probe every address of the bus. Ask first if the bus is real."""
        if (bus := self.bus) is None:
            return
        if_confirmed(
            self.desk,
            bus.name,
            lambda: self._scan(bus.name),
            f"Scan {bus.name} of this machine?",
            [
                f"Mode {self.mode.value}: {MODES[self.mode]}.",
                "Plugins' transactions are not interrupted; they may have to wait a moment.",
            ],
            verb="Scan",
        )

    def action_identify(self) -> None:
        """Read the identification registers at the address under the cursor. Ask first if the bus is real."""
        if self.bus is not None:
            identify(self.desk, self.bus.name, self.address)

    def _scan(self, bus: BusName) -> None:
        ended, mode = self.view.scans.ended(bus), self.mode

        def taken() -> None:
            self._asked[bus] = ended
            self.write_note()

        self.desk.attempt(lambda: self.desk.session.scan(bus.number, mode), taken)
