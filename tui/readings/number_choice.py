"""The list of all numbers, to choose those that one graph shows."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.view.readings import Item
from tui.commands import COPY, CommandSource, Words, history
from tui.desk import Desk
from tui.filtering import FilteredList
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.readings.graph import Graph
from tui.readings.plot import LETTERS
from tui.readings.reading_words import key_of, value_of
from tui.text import fit

KEY_WIDTH = 50
"""Cells for a key."""


class NumberList(FilteredList[Item], CommandSource):
    """A row for each number that has a past.

    Args:
        desk: the screen around it.
        graph: the graph whose numbers are chosen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "choose", "Add or remove", key_display="Enter"),
        COPY,
    ]

    def __init__(self, desk: Desk, graph: Graph) -> None:
        super().__init__(desk)
        self._graph = graph

    def rows(self) -> list[Item]:
        """All numbers of all drivers."""
        sources = self.desk.view.readings.sources()
        return [item for each in sources for item in each.items.values() if item.series is not None]

    @property
    def command_words(self) -> Words:
        """The past of the number under the cursor."""
        return history(self.chosen.path) if self.chosen is not None else ()

    def text_of(self, row: Item) -> str:
        """The key of a number."""
        return key_of(row.path)

    def row(self, number: int, width: int) -> Line:
        """Make one row: the letter in the graph, the key, the last value."""
        item, paths = self.shown[number], self._graph.paths
        letter = LETTERS[paths.index(item.path)] if item.path in paths else " "
        return [
            Segment(f" {letter} ", self.look.accent),
            Segment(fit(key_of(item.path), max(8, min(KEY_WIDTH, width - 24))), self.look.plain),
            Segment(f" {value_of(item)} {item.quantity.unit}", self.look.muted),
        ]

    def action_choose(self) -> None:
        """Add the number under the cursor to the graph, or remove it."""
        if (chosen := self.chosen) is None:
            return
        if not self._graph.toggle(chosen):
            is_shown = chosen.path in self._graph.paths
            self.desk.say(
                "A graph shows one number at least" if is_shown else f"A graph has room for {len(LETTERS)} numbers"
            )
        self.paint()

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_choose()


class NumberChoice(LiveScreen):
    """Chooses the numbers of a graph.

    Args:
        desk: the screen around it.
        graph: the graph, which changes at once.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,a", "dismiss", "Back to the graph", key_display="Esc")]

    def __init__(self, desk: Desk, graph: Graph) -> None:
        super().__init__(desk)
        self._list = NumberList(desk, graph)

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        yield self._list
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._list.border_title = Content(f"Numbers in the graph, up to {len(LETTERS)}")
        self._list.focus()

    def update(self, now_ns: int) -> None:
        """Draw again: values are new."""
        self._list.paint()
