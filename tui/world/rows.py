"""The list of the quantities and the chips of the simulated world."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.binding import BindingType

from hostcore.events.facts import ChipFacts, QuantityFacts
from hostcore.faults.model import Fault, FaultKind
from tui.commands import COPY, CommandSource, ShellCommand, Words, hold
from tui.fault_words import end_words
from tui.filtering import FilteredList
from tui.lines import Line
from tui.text import counted, fit, number, safe

NAME = 16
"""Cells of a name."""
VALUE, UNIT, NOISE = 10, 5, 9
"""Cells of a quantity's value, of its unit and of its noise. A chip's place takes all three."""


class WorldList(FilteredList[QuantityFacts | ChipFacts], CommandSource):
    """A row for each quantity, then one for each chip."""

    BINDINGS: ClassVar[list[BindingType]] = [COPY]

    def rows(self) -> tuple[QuantityFacts | ChipFacts, ...]:
        """All quantities and chips. A host that was started again may have others."""
        facts = self.desk.view.facts
        return (*facts.quantities, *facts.chips)

    def text_of(self, row: QuantityFacts | ChipFacts) -> str:
        """Everything that a row shows."""
        return "".join(segment.text for segment in self._line(row))

    @property
    def command_words(self) -> Words:
        """What holds the quantity under the cursor as it is held now, or lets it go."""
        chosen = self.chosen
        held = self.desk.view.world.held
        return hold(chosen.name, held.get(chosen.name)) if isinstance(chosen, QuantityFacts) else ()

    @property
    def shell_command(self) -> ShellCommand | None:
        """The command, or that no command unplugs a chip."""
        if isinstance(self.chosen, ChipFacts):
            return ShellCommand("", "No command unplugs a chip: Enter does it here.")
        return super().shell_command

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        return self._line(self.shown[number])

    def _line(self, row: QuantityFacts | ChipFacts) -> Line:
        match row:
            case QuantityFacts() as quantity:
                return self._quantity(quantity)
            case ChipFacts() as chip:
                return self._chip(chip)

    def _quantity(self, quantity: QuantityFacts) -> Line:
        view, look = self.desk.view, self.look
        mean = view.world.mean(quantity, view.facts.started_ns, self.desk.now_ns())
        noise = f" ± {number(quantity.signal.noise)}" if quantity.signal.noise else ""
        is_held = quantity.name in view.world.held
        return [
            Segment(" " + fit(safe(quantity.name), NAME)),
            Segment(fit(in_words(mean), VALUE, right=True), look.strong),
            Segment(fit(f" {safe(quantity.unit)}", UNIT), look.muted),
            Segment(fit(noise, NOISE), look.muted),
            Segment("HELD", look.warn) if is_held else Segment("its own course", look.muted),
        ]

    def _chip(self, chip: ChipFacts) -> Line:
        return [
            Segment(" " + fit(safe(chip.name), NAME)),
            Segment(fit(f"  {safe(unplugging(chip).place)}", VALUE + UNIT + NOISE), self.look.muted),
            self._connection(chip),
        ]

    def _connection(self, chip: ChipFacts) -> Segment:
        faults = self.desk.view.faults.at(chip.bus, chip.address)
        unplugged = [each for each in faults if each.kind is FaultKind.UNPLUGGED]
        if not unplugged:
            others = f", {counted(len(faults), 'fault')}" if faults else ""
            return Segment(f"plugged in{others}", self.look.bad if faults else self.look.good)
        fault = unplugged[0]
        at_times = " at times" if fault.every > 1 or fault.probability < 1 else ""
        return Segment(f"UNPLUGGED{at_times}{end_words(fault, self.desk.view.facts.started_ns)}", self.look.bad)


def in_words(mean: float) -> str:
    """Return the value of a quantity, with digits enough for every sensor."""
    return number(float(f"{mean:.4g}" if abs(mean) < 1000 else f"{mean:.5g}"))


def unplugging(chip: ChipFacts) -> Fault:
    """Return the fault that unplugs a chip; all of its bus, if it has no address of its own."""
    return Fault(FaultKind.UNPLUGGED, chip.bus, chip.address)
