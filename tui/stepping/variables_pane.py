"""The variables of the frame that the person looks at: what changed is marked, integers are in hexadecimal as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.quick_dataclass import dataclass, field
from hostcore.stepping.model import Frame, Shown, ValueKind, Variable
from tui.lines import Line
from tui.row_list import RowList
from tui.stepping.step_desk import StepDesk
from tui.stepping.travel import Travel
from tui.stepping.words import LONGEST, function_words, name_words, value_words
from tui.text import safe

DEEPEST = 4
"""Objects in objects that can be opened. They may refer to each other."""
MOST_ROWS = 2_000
NAME = re.compile(r"[^\W\d]\w*")
"""A name in a line of source."""
SELF = ("self", "cls")
"""The names whose object is open from the start."""


@dataclass(frozen=True, slots=True)
class VariableRow:
    """A variable, or a heading."""

    depth: int
    name: str
    """The heading; or the variable on its own, for a sentence: ``self._t_fine``."""
    shown: Shown | None = None
    """None for a heading."""
    can_open: bool = False
    """Whether it is an object whose attributes are known."""
    is_open: bool = False
    """Whether its attributes are below it."""
    path: tuple[str, ...] = ()
    """Its names from the function on, as the plugin has them: ``("self", "_t_fine")``."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Which objects are open: ``self``, those that the present line names, and those that a person has opened."""

    named: frozenset[str] = frozenset()
    """The names in the present line."""
    chosen: Mapping[int, bool] = field(default_factory=dict)
    """Whether a person has opened or closed an object, by its number."""

    def opens(self, shown: Shown, depth: int) -> bool:
        """Whether the attributes of a variable's object are shown."""
        names = depth == 0 and (shown.variable.name in SELF or shown.variable.name in self.named)
        return self.chosen.get(shown.value.object, names)


def rows_of(travel: Travel, opening: Opening) -> list[VariableRow]:
    """Return the rows of the frame that a person looks at.

    Args:
        travel: where they are.
        opening: which objects are open.
    """
    rows: list[VariableRow] = []
    if travel.has_steps:
        frame, _ = travel.looked_at
        for row in _rows(travel, frame, opening):
            rows.append(row)
            if len(rows) >= MOST_ROWS:
                rows.append(VariableRow(0, "more is not shown"))
                break
    return rows


def _rows(travel: Travel, frame: Frame, opening: Opening) -> Iterator[VariableRow]:
    trace, step = travel.trace, travel.step
    for shown in trace.locals(step, frame.number):
        yield from _variable(travel, shown, 0, opening, ())
    found = [each for each in trace.globals(step, frame.number) if each.value.kind is not ValueKind.CODE]
    found.sort(key=lambda each: each.variable.name not in opening.named)
    if found:
        yield VariableRow(0, "globals")
    for shown in found:
        yield from _variable(travel, shown, 0, opening, ())


def _variable(
    travel: Travel, shown: Shown, depth: int, opening: Opening, before: tuple[str, ...], *, around: tuple[int, ...] = ()
) -> Iterator[VariableRow]:
    """A variable, and its attributes if it is open."""
    owner, path = shown.value.object, (*before, shown.variable.name)
    can_open = bool(owner) and owner not in around and depth < DEEPEST
    is_open = can_open and opening.opens(shown, depth)
    yield VariableRow(depth, safe(".".join(path), LONGEST), shown, can_open, is_open, path)
    if is_open:
        for each in travel.trace.attributes(travel.step, owner):
            yield from _variable(travel, each, depth + 1, opening, path, around=(*around, owner))


class VariablesPane(RowList):
    """The variables, with what to ask about each.

    Args:
        desk: the screen around it.
    """

    desk: StepDesk
    help_title = "Variables"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "origin", "Where from", key_display="Enter"),
        Binding("w", "values", "Its values"),
        Binding("space", "open_object", "Open", key_display="Space"),
    ]

    def __init__(self, desk: StepDesk) -> None:
        super().__init__(desk, id="variables")
        self._rows: Sequence[VariableRow] = ()
        self._chosen: dict[int, bool] = {}

    def settle(self) -> None:
        """Show the variables where the person is. The cursor stays on its variable, or on one of its name."""
        chosen = self.chosen
        named = frozenset(NAME.findall(self.desk.present_text))
        self._rows = rows_of(self.desk.travel, Opening(named, self._chosen))
        self.cursor = self._place_of(chosen.shown.variable if chosen and chosen.shown else None, named)
        travel = self.desk.travel
        if travel.has_steps:
            frame, _ = travel.looked_at
            where = f" ({travel.level} up)" if travel.level else ""
            self.border_title = Content(f"Variables of {function_words(frame)}{where}")
        self.paint()

    def _place_of(self, variable: Variable | None, named: frozenset[str]) -> int:
        """The row of a variable; else of one with its name; else of the first value that the present line names."""
        places = [(place, row.shown.variable, row) for place, row in enumerate(self._rows) if row.shown is not None]
        same = (place for place, each, _ in places if each == variable)
        alike = (place for place, each, _ in places if variable and each.name == variable.name)
        in_line = (place for place, each, row in places if each.name in named and not row.can_open)
        return next(chain(same, alike, in_line, (place for place, _, _ in places)), 0)

    @property
    def chosen(self) -> VariableRow | None:
        """The row under the cursor; None if there is none."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def row_numbers(self) -> range:
        """All rows."""
        return range(len(self._rows))

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the rows, or that there are none."""
        return super().draw(width, height) if self._rows else [[Segment("none yet", self.look.muted)]]

    def row(self, number: int, width: int) -> Line:
        """Make one row: whether it has changed, whether it can be opened, its name and its value."""
        row, look = self._rows[number], self.look
        if row.shown is None:
            return [Segment(row.name, look.accent)]
        sign = ("-" if row.is_open else "+") if row.can_open else " "
        is_new = row.shown.is_new
        return [
            Segment("*" if is_new else " ", look.warn),
            Segment("  " * row.depth + sign, look.muted),
            Segment(name_words(row.shown.variable), look.changed if is_new else look.accent),
            Segment(" = ", look.muted),
            Segment(value_words(row.shown.value), look.changed if is_new else look.plain),
        ]

    def action_move(self, rows: int) -> None:
        """Move the cursor, over headings."""
        super().action_move(rows)
        if abs(rows) == 1 and self.chosen is not None and self.chosen.shown is None:
            super().action_move(rows)

    def action_open_object(self) -> None:
        """Show the attributes of an object, or hide them."""
        if (row := self.chosen) is not None and row.shown is not None and row.can_open:
            self._chosen[row.shown.value.object] = not row.is_open
            self.settle()

    def action_origin(self) -> None:
        """Go to the line that set the value."""
        if (row := self.chosen) is not None and row.shown is not None:
            self.desk.origin(row.shown, row.path)

    def action_values(self) -> None:
        """Show all values of the variable through time."""
        from tui.stepping.values_screen import ValuesScreen  # noqa: PLC0415 - rarely needed

        if (row := self.chosen) is not None and row.shown is not None:
            self.desk.open_sheet(ValuesScreen(self.desk, row.shown.variable, row.name))

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_origin()
