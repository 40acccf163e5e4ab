"""All values of one variable through time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from hostcore.stepping.model import Assignment, Variable
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.row_list import RowList
from tui.stepping.head import Head
from tui.stepping.step_desk import StepDesk
from tui.stepping.words import call_words, function_words, moment_words, value_words
from tui.text import counted


class ValueList(RowList):
    """A row for each value, the oldest first, and the cursor on the present one.

    Args:
        desk: the screen around it.
        values: the values.
    """

    desk: StepDesk

    def __init__(self, desk: StepDesk, values: Sequence[Assignment]) -> None:
        super().__init__(desk)
        self._values = values
        self._present = max((place for place, each in enumerate(values) if each.step <= desk.travel.step), default=0)
        self.cursor = self._present

    @property
    def chosen(self) -> Assignment | None:
        """The value under the cursor."""
        return self._values[self.cursor] if self.cursor < len(self._values) else None

    def row_numbers(self) -> range:
        """All values."""
        return range(len(self._values))

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the rows, or that there are none."""
        return super().draw(width, height) if self._values else [[Segment("no value", self.look.muted)]]

    def row(self, number: int, width: int) -> Line:
        """Make one row: the present value's mark, where it was set, and the value."""
        each, look, trace = self._values[number], self.look, self.desk.travel.trace
        is_present = number == self._present
        mark = Segment("> " if is_present else "  ", look.accent)
        if each.by < 0:
            where = "before the traced calls"
        else:
            step, call = trace.step(each.by), trace.call_of(each.by)
            where = f"{call_words(call)} {call.number}, {function_words(step.frame)} line {step.line}"
            where += f", {moment}" if (moment := moment_words(step.time_ns)) else ""
        ink = look.strong if is_present else look.plain
        return [mark, Segment(f"{where:38} ", look.muted), Segment(value_words(each.value), ink)]

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        if isinstance(self.screen, ValuesScreen):
            self.screen.action_go()


class ValuesScreen(Screen[None]):
    """The values of a variable, to go to where one was set.

    Args:
        desk: the screen around it.
        variable: the variable.
        name: its name for the person.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "Go there", key_display="Enter"),
        Binding("escape,q,w", "dismiss", "Close", key_display="Esc"),
    ]

    def __init__(self, desk: StepDesk, variable: Variable, name: str) -> None:
        super().__init__()
        self._desk, self._title = desk, name
        self._values = desk.travel.trace.history(variable)
        self._list = ValueList(desk, self._values)

    def compose(self) -> ComposeResult:
        """The head, which says that this is a replay, the list and its keys."""
        yield Head(self._desk)
        yield self._list
        yield KeyBar(self._desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._list.border_title = Content(f"{self._title} through time, {counted(len(self._values), 'value')}")
        self._list.focus()

    def action_go(self) -> None:
        """Go to where the value under the cursor was set."""
        if (chosen := self._list.chosen) is not None:
            self.dismiss()
            self._desk.go_to(chosen, self._title)
