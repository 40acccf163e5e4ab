"""Panes whose rows a person can filter by a text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.quick_dataclass import replace
from tui.desk import Desk
from tui.layouts.layout import PaneLayout
from tui.lines import Line
from tui.pane import Pane
from tui.row_list import RowList
from tui.text import safe

T = TypeVar("T")

FILTER = Binding("slash", "filter", "Filter", key_display="/")
"""The key of every pane that can be filtered. Each pane puts it where it belongs among its keys."""

FILTERED = "nothing passes the filters: Esc clears them"
"""What stands in place of the rows if all are filtered out."""


class Wanted:
    """A text to find. It is a regular expression if it is a valid one, else plain text. Case does not matter.

    Args:
        text: the text; "" is found everywhere.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_plain = False
        """Whether it is no valid regular expression, and so found literally."""
        try:
            with warnings.catch_warnings(action="ignore"):  # Python would write about "[[" onto the screen
                pattern = re.compile(text, re.IGNORECASE)
        except (re.error, ValueError, OverflowError, RecursionError):  # contradictory, too large a number, too deep
            self.is_plain = True
            pattern = re.compile(re.escape(text), re.IGNORECASE)
        self.found_in: Callable[[str], object] = pattern.search

    def note(self) -> list[str]:
        """The filter in words, for the corner of the pane; nothing if there is none."""
        return [f"{'text' if self.is_plain else 'find'} {safe(self.text, 100)}"] if self.text else []


class Filtered:
    """Shows only the rows with a text, if a person wants that. A mix-in for lists, panes and screens.

    Attributes:
        desk: the screen around it.
        wanted: the text.
    """

    desk: Desk
    wanted = Wanted("")

    QUESTION: ClassVar[str] = "Find (text or regular expression)"
    """What `/` asks for."""

    def choose(self) -> None:
        """Show the rows that pass the filters now."""
        raise NotImplementedError

    def set_filter(self, text: str) -> None:
        """Show only the rows with a text; all if it is blank."""
        self.wanted = Wanted(text.strip())
        self.choose()

    def clear_filters(self) -> bool:
        """Show all rows again. Returns False if all were shown."""
        was_set = bool(self.wanted.text)
        self.set_filter("")
        return was_set

    async def action_filter(self) -> None:
        """Ask for a text, and show only the rows that have it."""
        await self.desk.ask(self.QUESTION, self.wanted.text, live=self.set_filter)


class FilteredList(Filtered, RowList, Generic[T]):
    """A list on a screen of its own. Esc shows all rows again, before it closes the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        replace(FILTER, show=False),
        Binding("escape", "clear_filters", "Show all", show=False),
    ]

    def rows(self) -> Sequence[T]:
        """Return all rows."""
        raise NotImplementedError

    def text_of(self, row: T) -> str:
        """Return the text of a row in which the filter looks."""
        raise NotImplementedError

    @property
    def shown(self) -> Sequence[T]:
        """The rows that pass the filter."""
        rows = self.rows()
        return [row for row in rows if self.wanted.found_in(self.text_of(row))] if self.wanted.text else rows

    @property
    def chosen(self) -> T | None:
        """The row under the cursor; None if there is none."""
        shown = self.shown
        return shown[self.cursor] if self.cursor < len(shown) else None

    def row_numbers(self) -> range:
        """All rows that pass the filter."""
        return range(len(self.shown))

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the rows, or that none passes the filter."""
        if self.wanted.text and not self.shown:
            return [[Segment(FILTERED, self.look.muted)]]
        return super().draw(width, height)

    def choose(self) -> None:
        """Show the rows that pass the filter now, and name it."""
        self.paint()
        self.border_subtitle = Content(", ".join(self.wanted.note()))

    def action_clear_filters(self) -> None:
        """Show all rows again."""
        self.clear_filters()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Esc to the screen if nothing is filtered."""
        return bool(self.wanted.text) if action == "clear_filters" else True


class FilteredPane(Filtered, Pane):
    """A pane that shows only the rows with a text, if a person wants that."""

    def choose(self) -> None:
        """Show the rows that pass the filters now."""
        self.update(self.desk.now_ns())

    def chosen_layout(self) -> PaneLayout:
        """The text filter."""
        return replace(super().chosen_layout(), text=self.wanted.text)

    def take_layout(self, layout: PaneLayout) -> None:
        """Filter by a text, or not."""
        super().take_layout(layout)
        self.set_filter(layout.text)
