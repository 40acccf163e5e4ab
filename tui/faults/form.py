"""The form for one fault on demand: a row for each choice, changed with the arrow keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from hostcore.faults.model import TRAITS, Amount, Fault, FaultKind, ordinal, problem_of
from hostcore.place import BusKind, BusName
from hostcore.quick_dataclass import dataclass
from tui.desk import Desk
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.row_list import RowList
from tui.text import fit, safe

LABEL = 14
"""Cells of a row's label."""
EVERY = (1, 2, 3, 4, 5, 10, 20, 50, 100)
"""The choices of `Fault.every`."""
PROBABILITIES = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
"""The choices of `Fault.probability`."""
SECONDS = (600, 300, 60, 30, 10, 5)
"""For how many seconds a fault can be on. The host ends it after ten minutes in any case."""
PARTS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
"""The choices of `Fault.amount`, as multiples of the usual one."""


@dataclass
class Choice:
    """One row: a name, and the options among which it stands."""

    name: str
    options: Sequence[Any]
    shown: Callable[[Any], str]
    place: int = 0

    @property
    def value(self) -> Any:
        """The option that is chosen."""
        return self.options[self.place % len(self.options)]

    def step(self, step: int) -> None:
        """Choose the next (1) or previous (-1) option."""
        self.place = (self.place + step) % len(self.options)


class FaultForm(RowList):
    """The choices of one fault.

    Args:
        desk: the screen around it.
        bus: the bus of the fault.
        places: the devices on the bus that can be chosen; None is the whole bus.
        place: the device to begin with.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "step(1)", "Change", key_display="←→"),
        Binding("left,h", "step(-1)", "Change back", show=False),
    ]

    def __init__(self, desk: Desk, bus: BusName, places: Sequence[int | None], place: int | None) -> None:
        super().__init__(desk)
        self._bus = bus
        kinds = [kind for kind, traits in TRAITS.items() if bus.kind in traits.buses]
        self._kind = Choice("Fault", kinds, lambda kind: TRAITS[kind].words)
        self._place = Choice("Where", places, lambda found: Fault(FaultKind.NACK, bus, found).place)
        self._place.place = list(places).index(place)
        self._every = Choice("How often", EVERY, _how_often)
        self._chance = Choice("Probability", PROBABILITIES, lambda chance: f"{100 * chance:g} %")
        self._seconds = Choice("For", SECONDS, lambda seconds: f"{seconds} s")
        self._amounts = {kind: _amounts(TRAITS[kind].amount) for kind in kinds}

    def choices(self) -> list[Choice]:
        """The rows that the chosen kind has."""
        kind: FaultKind = self._kind.value
        amount = self._amounts[kind]
        where = [] if TRAITS[kind].is_of_bus else [self._place]
        return [
            self._kind, *where, *([amount] if amount else []), self._every, self._chance, self._seconds,
        ]  # fmt: skip

    def fault(self, elapsed_s: float) -> Fault:
        """The fault that is chosen, from now on.

        Args:
            elapsed_s: seconds since the host started.
        """
        kind: FaultKind = self._kind.value
        amount = self._amounts[kind]
        return Fault(
            kind,
            self._bus,
            None if TRAITS[kind].is_of_bus else self._place.value,
            self._every.value,
            self._chance.value,
            to_s=round(elapsed_s + self._seconds.value),
            amount=amount.value if amount else None,
        )

    def row_numbers(self) -> range:
        """The choices."""
        return range(len(self.choices()))

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        choice = self.choices()[number]
        return [
            Segment(fit(f" {choice.name}", LABEL), self.look.muted),
            Segment(f"< {choice.shown(choice.value)} >", self.look.strong),
        ]

    def action_step(self, step: int) -> None:
        """Choose the next or previous option of the row under the cursor."""
        choices = self.choices()
        choices[min(self.cursor, len(choices) - 1)].step(step)
        self.paint()


class FaultFormScreen(Screen[Fault]):
    """Asks for one fault. Its result is None if the person gives up.

    Args:
        desk: the screen around it.
        form: the choices.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "set", "Switch on", key_display="Enter"),
        Binding("escape,q", "dismiss", "Cancel", key_display="Esc"),
    ]

    def __init__(self, desk: Desk, form: FaultForm) -> None:
        super().__init__()
        self.desk, self._form = desk, form

    def compose(self) -> ComposeResult:
        """The form and its keys."""
        yield self._form
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._form.border_title = Content("A fault on demand: up and down choose a row, left and right change it")
        self._form.focus()

    def action_set(self) -> None:
        """Close with the fault, if it is possible."""
        elapsed_s = (self.desk.now_ns() - self.desk.view.facts.started_ns) / 1e9
        fault = self._form.fault(elapsed_s)
        if problem := problem_of(fault):
            self.desk.say(safe(problem))
        else:
            self.dismiss(fault)


def _how_often(every: int) -> str:
    return f"every {ordinal(every)} transfer" if every > 1 else "every transfer"


def _amounts(amount: Amount | None) -> Choice | None:
    """The choices of an amount around the usual one; None if the fault has none."""
    if amount is None:
        return None
    is_count = amount.unit in {"bits", "pulses"}
    wanted = [amount.default * part for part in PARTS]
    options = [each for each in wanted if amount.low <= each <= amount.high and (not is_count or each == int(each))]
    return Choice("How much", options, lambda each: f"{each:g} {amount.unit}", options.index(amount.default))


def devices_on(bus: BusName, used: Collection[int], cursor: int | None) -> list[int | None]:
    """The devices that a person may want to disturb, and the whole bus.

    Args:
        bus: the bus.
        used: the devices that plugins may use, or that answered a scan.
        cursor: the device under the cursor.
    """
    known = {*used, *([] if cursor is None else [cursor])}
    has_devices = bus.kind in {BusKind.I2C, BusKind.SPI, BusKind.GPIO}
    return [*(sorted(known) if has_devices else []), None]
