"""The screen of the simulated world. Nothing on it can concern a real device."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.events.facts import ChipFacts, QuantityFacts
from hostcore.faults.model import FaultKind
from tui.desk import Desk
from tui.key_bar import KeyBar
from tui.lines import Line, LinesWidget
from tui.live_screen import LiveScreen
from tui.text import counted
from tui.world.holding import ask_for_value, hold
from tui.world.rows import WorldList, in_words, unplugging

STEPS: Mapping[str, float] = MappingProxyType(
    {
        "temperature": 1.0,
        "humidity": 5.0,
        "pressure": 5.0,
        "illuminance": 100.0,
        "gas_resistance": 10_000.0,
        "cpu_temperature": 1.0,
    }
)
"""How much one key adds to a quantity or takes from it, in its unit. For others, 1."""
MARK = " SIMULATED "


class WorldMark(LinesWidget):
    """Says that nothing here is real."""

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the mark, and what it means."""
        buses = [each for each in self.desk.view.facts.buses if each.is_real]
        real = f" Real buses stay as they are: {', '.join(map(str, (each.name for each in buses)))}." if buses else ""
        yield [
            Segment(MARK, self.look.simulated),
            Segment(f" Nothing here is real, but drivers measure it.{real}", self.look.strong),
        ]


class WorldScreen(LiveScreen):
    """All quantities and all chips of the simulated world.

    Args:
        desk: the screen around it.
    """

    help_title = "The simulated world"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "change", "Set, plug", key_display="Enter"),
        Binding("plus,equals_sign", "step(1)", "Change", key_display="+-"),
        Binding("minus", "step(-1)", "Less", show=False),
        Binding("o", "let_go", "Let go"),
        Binding("f", "faults", "Faults"),
        Binding("escape,q,S", "dismiss", "Close", key_display="Esc"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._list = WorldList(desk)
        self._asked: tuple[str, float, Mapping[str, float]] | None = None
        """The last step: the quantity, its value, and what was held before. Keys are faster than the host's answers."""

    def compose(self) -> ComposeResult:
        """The mark, the list and its keys."""
        yield WorldMark(self.desk)
        yield self._list
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._list.border_title = Content("The simulated world")
        self._list.focus()
        self._count_faults()

    def update(self, now_ns: int) -> None:
        """Draw again: what is held, the faults and the time have changed."""
        self._list.paint()
        self._count_faults()

    def _count_faults(self) -> None:
        faults = len(self.desk.view.faults.all)
        notes = [*self._list.wanted.note(), *([f"{counted(faults, 'fault')} on demand (f)"] if faults else [])]
        self._list.border_subtitle = Content(", ".join(notes))

    async def action_change(self) -> None:
        """Ask for the value of the quantity under the cursor, or unplug the chip there or plug it in."""
        if not self.desk.may_change():
            return
        match self._list.chosen:
            case QuantityFacts() as quantity:
                present, self._asked = in_words(self._present(quantity)), None
                await ask_for_value(self.desk, quantity, present)
            case ChipFacts() as chip:
                self._plug(chip)

    async def on_row_list_opened(self) -> None:
        """A double click does what Enter does."""
        await self.action_change()

    def action_step(self, step: int) -> None:
        """Hold the quantity under the cursor at the next or previous round value."""
        quantity = self._list.chosen
        if not isinstance(quantity, QuantityFacts):
            return
        size = STEPS.get(quantity.name, 1.0)
        places = self._present(quantity) / size
        value = size * (math.floor(places + 1.0e-9) + 1 if step > 0 else math.ceil(places - 1.0e-9) - 1)
        value = min(max(quantity.lowest, value), quantity.highest)
        before = self.desk.view.world.held
        hold(self.desk, quantity, value)
        self._asked = quantity.name, value, before

    def action_let_go(self) -> None:
        """Let the quantity under the cursor follow its own course again."""
        quantity = self._list.chosen
        if isinstance(quantity, QuantityFacts):
            self._asked = None
            hold(self.desk, quantity, None)

    def action_faults(self) -> None:
        """Show the faults on demand, with those of the chip under the cursor at hand."""
        from tui.faults.screen import FaultsScreen  # noqa: PLC0415 - rarely needed

        match self._list.chosen:
            case ChipFacts(bus=bus, address=address):
                self.desk.open_sheet(FaultsScreen(self.desk, bus, address))
            case _:
                self.desk.open_sheet(FaultsScreen(self.desk, None, None))

    def _present(self, quantity: QuantityFacts) -> float:
        """Return where a quantity is, or will be when the host has answered."""
        view = self.desk.view
        if self._asked is not None:
            name, value, before = self._asked
            if name == quantity.name and before is view.world.held:
                return value
        return view.world.mean(quantity, view.facts.started_ns, self.desk.now_ns())

    def _plug(self, chip: ChipFacts) -> None:
        """Unplug a chip with a fault on demand, or take that fault away."""
        faults = self.desk.view.faults
        there = faults.at(chip.bus, chip.address)
        left = tuple(each for each in faults.all if each.kind is not FaultKind.UNPLUGGED or each not in there)
        wanted = left if left != faults.all else (*faults.all, unplugging(chip))
        self.desk.attempt(lambda: self.desk.session.set_faults(wanted))
