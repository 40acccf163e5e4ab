"""Actions on the buses and on the addresses that answer there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from hostcore.events.facts import BusFacts, ScanMode
from hostcore.place import BusName
from tui import commands
from tui.actions.action import Action, key_of
from tui.desk import Desk
from tui.panes import Panes
from tui.scanner.pane import ScannerPane

InSight = Callable[[Callable[..., object]], Callable[..., object]]
"""Makes of an action one that goes to the pane first."""


def bus_actions(desk: Desk, panes: Panes) -> Iterator[Action]:
    """Yield the actions on all I2C buses. What they change in the pane comes into sight."""
    pane = panes.scanner

    def in_sight(do: Callable[..., object]) -> Callable[..., object]:
        def go_and_do(*words: str) -> object:
            panes.go_to(pane.number)
            return do(*words)

        return go_and_do

    for bus in pane.buses:
        yield from _of_bus(desk, pane, bus, in_sight)
        yield from _of_addresses(desk, pane, bus)
    yield Action(
        "address", "Go to an address of the bus", in_sight(pane.action_address), _key("address"),
        takes="ADDRESS", with_text=in_sight(pane.go_to_typed), is_for_panes=True,
    )  # fmt: skip
    for mode in ScanMode:
        yield Action(f"mode {mode}", f"Scan mode {mode}", partial(pane.choose_mode, mode), _key("mode"))
    yield Action("faults", "Faults on demand", pane.action_faults, _key("faults"))


def _of_bus(desk: Desk, pane: ScannerPane, bus: BusFacts, in_sight: InSight) -> Iterator[Action]:
    def scan() -> None:
        pane.show_bus(bus.name)
        pane.action_scan()

    name = str(bus.name)
    refused = desk.read_only if bus.is_real else ""
    command = commands.scan(bus.name)
    yield Action(f"scan {name}", f"Scan {name}", in_sight(scan), _key("scan"), command=command, problem=refused)
    show = in_sight(partial(pane.show_bus, bus.name))
    yield Action(f"bus {name}", f"Show {name}", show, _key("bus"), is_for_panes=True)


def _of_addresses(desk: Desk, pane: ScannerPane, bus: BusFacts) -> Iterator[Action]:
    found = desk.view.scans.of(bus.name)
    for address in found.answering if found else ():
        place = f"{bus.name} 0x{address:02x}"
        for verb, title, do, command in (
            ("identify", "Identify the chip at", pane.action_identify, ()),
            ("registers", "Registers of", pane.action_registers, commands.dump(bus.name, address)),
        ):
            refused = desk.read_only if verb == "identify" and bus.is_real else ""
            there = partial(_there, pane, bus.name, address, do)
            yield Action(f"{verb} {place}", f"{title} {place}", there, _key(verb), command=command, problem=refused)


def _there(pane: ScannerPane, bus: BusName, address: int, do: Callable[[], object]) -> None:
    """Do at an address what a key does at the address under the cursor."""
    pane.show_bus(bus, address)
    do()


def _key(action: str) -> str:
    return key_of(ScannerPane, action)
