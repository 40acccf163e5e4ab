"""The column by which a pane sorts its rows. Keys choose it, and it stays until the screen closes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.quick_dataclass import dataclass, replace
from tui.filtering import FilteredPane
from tui.layouts.layout import PaneLayout
from tui.look import Look, clickable
from tui.text import fit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SortKey(Generic[T]):
    """How rows are sorted by one column."""

    value: Callable[[T], Any]
    """What is compared; None for a row that has nothing in this column. Such rows come last."""
    is_descending: bool = True
    """Whether the greatest comes first, unless a person turns it round."""


class Sorting(Generic[T]):
    """Which column sorts the rows, and which way.

    Args:
        keys: the columns by their titles.

    Attributes:
        column: the title of the column; "" for the order that rows have by themselves.
        is_descending: whether the greatest comes first.
    """

    def __init__(self, keys: Mapping[str, SortKey[T]]) -> None:
        self._keys = keys
        self.column = ""
        self.is_descending = False

    @property
    def order(self) -> tuple[str, bool]:
        """What tells this order from others."""
        return self.column, self.is_descending

    def choose_next(self, titles: Iterable[str]) -> None:
        """Sort by the next of the columns that are in sight; after the last, not at all."""
        choices = ["", *(title for title in titles if title in self._keys)]
        place = choices.index(self.column) if self.column in choices else 0
        self.choose(choices[(place + 1) % len(choices)])

    def choose(self, title: str, *, is_descending: bool | None = None) -> None:
        """Sort by a column.

        Args:
            title: its title; "" for the order that rows have by themselves. One that is not known means the same.
            is_descending: whether the greatest comes first; by default as the column has it.
        """
        self.column = title if title in self._keys else ""
        usual = bool(self.column) and self._keys[self.column].is_descending
        self.is_descending = usual if is_descending is None or not self.column else is_descending

    def turn_round(self) -> None:
        """Sort the other way, if a column sorts the rows."""
        self.is_descending = bool(self.column) and not self.is_descending

    def sorted(self, rows: Sequence[T]) -> Sequence[T]:
        """Return the rows in order. Equal ones stay as they were, whichever way it sorts."""
        if not self.column:
            return rows
        value = self._keys[self.column].value
        present = [row for row in rows if value(row) is not None]
        missing = [row for row in rows if value(row) is None]
        return sorted(present, key=value, reverse=self.is_descending) + missing

    def note(self) -> list[str]:
        """What sorts the rows, for the corner of the pane; nothing if nothing does."""
        return [f"by {self.column}"] if self.column else []

    def head(self, title: str, width: int, look: Look, *, right: bool = False) -> Segment:
        """Return a column's title in exactly `width` cells, with an arrow if the rows are sorted by it.

        A click on it sorts by it.
        """
        text, ink = title, look.muted
        if title and title == self.column:
            arrow = "↓" if self.is_descending else "↑"
            text, ink = arrow + title if right else title + arrow, look.accent
        if title in self._keys:
            ink = clickable(ink, f"sort_by({title!r})")
        return Segment(fit(text, width, right=right), ink)


class SortedPane(FilteredPane):
    """A pane whose rows a person can filter, and sort by any column.

    Attributes:
        sorting: the column that sorts the rows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "sort", "Sort", show=False),
        Binding("O", "turn_round", "Sort the other way", show=False),
    ]
    sorting: Sorting[Any]

    def columns_in_sight(self) -> Iterable[str]:
        """The titles of the columns that are in sight, from left to right."""
        raise NotImplementedError

    def chosen_layout(self) -> PaneLayout:
        """The column that sorts the rows, and the filter."""
        column, is_descending = self.sorting.order
        return replace(super().chosen_layout(), column=column, is_descending=is_descending)

    def take_layout(self, layout: PaneLayout) -> None:
        """Sort by a column, or by none, and filter."""
        self.sorting.choose(layout.column, is_descending=layout.is_descending)
        super().take_layout(layout)

    def sort_by(self, title: str) -> None:
        """Sort by a column, greatest or least first as the column has it; by none if the title is ""."""
        self.sorting.choose(title)
        self.update(self.desk.now_ns())

    def action_sort_by(self, title: str) -> None:
        """Sort by a column; if the rows are sorted by it already, the other way. For the mouse."""
        if title == self.sorting.column:
            self.action_turn_round()
        else:
            self.sort_by(title)

    def action_sort(self) -> None:
        """Sort by the next column; after the last, not at all."""
        self.sorting.choose_next(self.columns_in_sight())
        self.update(self.desk.now_ns())

    def action_turn_round(self) -> None:
        """Sort the other way."""
        self.sorting.turn_round()
        self.update(self.desk.now_ns())
