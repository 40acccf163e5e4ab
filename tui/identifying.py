"""Asking a chip what it is. A person is asked first if the hardware is real."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hostcore.place import BusName
from tui.desk import Desk


def identify(desk: Desk, bus: BusName, address: int) -> None:
    """Have the host read the identification registers at an address."""
    if_confirmed(
        desk,
        bus,
        lambda: desk.attempt(lambda: desk.session.identify(bus.number, address)),
        f"Identify the chip at 0x{address:02x} of {bus}?",
        [
            "This reads the identification registers of the chips that can have this address. To do so, it writes "
            "register numbers to the chip. A chip without registers, such as a port expander, takes a number for "
            "data, and its outputs change."
        ],
        verb="Identify",
    )


def if_confirmed(
    desk: Desk, bus: BusName, do: Callable[[], object], question: str, reasons: Sequence[str], *, verb: str
) -> None:
    """Do it at once on a simulated bus. On a real bus, do it if the person says yes."""
    from tui.dialogs import Confirm  # noqa: PLC0415 - the first frame should not wait for it

    def answered(yes: bool | None) -> None:
        if yes:
            do()

    if desk.view.facts.simulates(bus):
        do()
    elif desk.may_change():
        desk.open_sheet(Confirm(desk, question, reasons, verb), answered)
