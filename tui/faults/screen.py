"""The list of the faults on demand that are on, with the keys to add and remove them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.events.facts import BusFacts
from hostcore.faults.model import TRAITS, Fault
from hostcore.permissions import GpioPermission, I2cPermission, Permission, SpiPermission
from hostcore.place import BusKind, BusName
from tui.desk import Desk
from tui.dialogs import Confirm
from tui.fault_words import fault_words
from tui.faults.form import FaultForm, FaultFormScreen, devices_on
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.row_list import RowList
from tui.text import safe

MOST_ADDRESSES = 16
"""A permission for more addresses than these names no device."""


class FaultList(RowList):
    """A row for each fault; one that says so if there is none."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that are on."""
        return self.desk.view.faults.all

    def row_numbers(self) -> range:
        """All faults."""
        return range(max(1, len(self.faults)))

    def row_style(self, number: int) -> Style | None:
        """The cursor's, on a fault."""
        return super().row_style(number) if self.faults else None

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        if not self.faults:
            return [Segment(" No faults are on. a: add one", self.look.muted)]
        started_ns, now_ns = self.desk.view.facts.started_ns, self.desk.now_ns()
        return [Segment(f" {fault_words(self.faults[number], started_ns, now_ns)}", self.look.bad)]


class FaultsScreen(LiveScreen):
    """All faults, on all buses.

    Args:
        desk: the screen around it.
        bus: the bus that the person looks at; None if they look at none.
        address: the device under their cursor.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add ..."),
        Binding("b", "bus", "Other bus"),
        Binding("x,delete", "remove", "Remove", key_display="x"),
        Binding("o", "off", "All off"),
        Binding("escape,q", "dismiss", "Close", key_display="Esc"),
    ]

    def __init__(self, desk: Desk, bus: BusName | None, address: int | None) -> None:
        super().__init__(desk)
        self._list = FaultList(desk)
        kinds = {kind for traits in TRAITS.values() for kind in traits.buses}
        self._buses = [each for each in desk.view.facts.buses if each.name.kind in kinds]
        self._place = next((place for place, each in enumerate(self._buses) if each.name == bus), 0)
        self._cursor = (bus, address)

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        yield self._list
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._list.border_title = Content("Faults on demand")
        self._list.focus()
        self._name_bus()

    def update(self, now_ns: int) -> None:
        """Draw again: faults may have ended."""
        self._list.paint()

    @property
    def _bus(self) -> BusFacts | None:
        return self._buses[self._place % len(self._buses)] if self._buses else None

    def _name_bus(self) -> None:
        bus = self._bus
        name = "no bus" if bus is None else bus.name if bus.is_real else f"{bus.name}, simulated"
        self._list.border_subtitle = Content(f"a adds one to {name}")

    def action_bus(self) -> None:
        """Choose the next bus for a new fault."""
        self._place += 1
        self._name_bus()

    def action_add(self) -> None:
        """Ask for a fault, and switch it on. Ask for a yes first if the bus is real."""
        if (bus := self._bus) is None or not self.desk.may_change():
            return
        cursor = self._cursor[1] if self._cursor[0] == bus.name else None
        used = {*self._permitted(bus.name), *self._seen(bus.name)}
        places = devices_on(bus.name, used, cursor)
        first = cursor if cursor in used else next((each for each in places if each in used), places[0])
        form = FaultForm(self.desk, bus.name, places, first)

        def chosen(fault: Fault | None) -> None:
            if fault is not None:
                self._if_confirmed(bus, fault, lambda: self._set((*self._list.faults, fault)))

        self.desk.open_sheet(FaultFormScreen(self.desk, form), chosen)

    def action_remove(self) -> None:
        """Switch off the fault under the cursor."""
        faults = self._list.faults
        if self._list.cursor < len(faults):
            self._set(tuple(each for place, each in enumerate(faults) if place != self._list.cursor))

    def action_off(self) -> None:
        """Switch off all faults."""
        if self._list.faults:
            self._set(())

    def _set(self, faults: tuple[Fault, ...]) -> None:
        self.desk.attempt(lambda: self.desk.session.set_faults(faults))

    def _if_confirmed(self, bus: BusFacts, fault: Fault, do: Callable[[], object]) -> None:
        if not bus.is_real:
            do()
            return
        reasons = [
            f"{bus.name} has real devices. Their drivers will see failures and wrong values, and may act on them.",
            "The fault ends by itself, and when this program stops.",
        ]

        def answered(yes: bool | None) -> None:
            if yes:
                do()

        self.desk.open_sheet(Confirm(self.desk, f"Switch on {safe(str(fault))}?", reasons, "Switch on"), answered)

    def _permitted(self, bus: BusName) -> list[int]:
        """The devices on a bus that plugins may use."""
        permissions = [each for plugin in self.desk.session.plugins() for each in plugin.permissions]
        return [device for each in permissions if each.bus_name == bus for device in _devices(each)]

    def _seen(self, bus: BusName) -> list[int]:
        scan = self.desk.view.scans.of(bus) if bus.kind is BusKind.I2C else None
        return list(scan.answering) if scan is not None else []


def _devices(permission: Permission) -> list[int]:
    match permission:
        case I2cPermission() if permission.last - permission.first < MOST_ADDRESSES:
            return list(range(permission.first, permission.last + 1))
        case SpiPermission():
            return [permission.chip_select]
        case GpioPermission():
            return [permission.line]
    return []
