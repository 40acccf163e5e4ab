"""The readings: a tree whose rows stay in place while their values change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.view.readings import Item, Path
from tui.commands import COPY, CommandSource, Words, history
from tui.desk import Desk, RecordedPlace
from tui.editing import EDIT, SourceEditor, SourcePlace
from tui.filtering import FILTER
from tui.layouts.layout import GraphLayout
from tui.lines import Line
from tui.readings.drawings import Drawings
from tui.readings.past import Past
from tui.readings.reading_words import Columns, as_json, value_at, value_of
from tui.readings.row_lines import RowLines
from tui.readings.rows import AGE, EXTREMES, KEYS, NAME, NOW, TREND, Row, rows_of
from tui.readings.value_actions import VALUE_KEYS, ValuesPane
from tui.sorting import Sorting
from tui.text import counted, safe
from tui.time_travel import STEP, TimeTraveller, of_reading


class ReadingsPane(ValuesPane, CommandSource, SourceEditor, TimeTraveller):
    """A heading for each driver, and its values below.

    Args:
        desk: the screen around it.
    """

    number = 1
    title = "Readings"
    QUESTION = "Show keys with"
    asks_past = True
    """Whether the trends begin with an hour of the history."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Graph", key_display="Enter"),
        *VALUE_KEYS,
        FILTER,
        Binding("v", "charts", "Charts"),
        Binding("t", "transfers", "Traffic"),
        Binding("c", "copy", "Copy"),
        Binding("C", "copy_all", "Copy JSON"),
        EDIT,
        STEP,
        COPY,
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="readings")
        self._past = Past(desk, self.paint)
        self._drawings = Drawings()
        self.sorting = Sorting(KEYS)
        self._folded: set[Path] = set()
        self._rows: list[Row] = []
        self._rows_for: object = None
        self._lines: RowLines | None = None
        """Draws the rows as they are now."""

    def update(self, now_ns: int) -> None:
        """Show what is new, and ask for the past of new numbers. See `Pane`."""
        super().update(now_ns)
        if self.asks_past:
            self._past.ask()

    def row_numbers(self) -> range:
        """All rows that pass the filter."""
        return range(len(self._rows))

    def note(self) -> str:
        """The filter, and how many rows are left out or out of sight."""
        left_out = sum(source.left_out for source in self.view.readings.sources())
        parts = [f"filter: {safe(self.wanted.text, 100)}"] if self.wanted.text else []
        parts += [f"{counted(left_out, 'more value')} not shown"] if left_out else []
        parts += self.sorting.note()
        missing = sum(source.is_left_out for source in self.view.readings.sources())
        parts += [f"{counted(missing, 'reading')} too large for the round"] if missing else []
        parts += ["!: see 8"] if self._lines and self._lines.has_trouble else []
        parts += ["A: adjusted"] if any(item.adjusted for _, item in self._rows) else []
        parts += ["S: simulated"] if any(item.is_simulated for _, item in self._rows) else []
        return ", ".join([*parts, *self.out_of_sight()])

    def heading(self, width: int) -> Line | None:
        """The columns' titles."""
        columns = Columns.within(width)
        cells = ((NOW, columns.value), ("", columns.unit), (AGE, columns.age), (TREND, columns.trend))
        line = [Segment("  "), self.sorting.head(NAME, columns.label - 1, self.look)]
        for title, room in (*cells, (EXTREMES, columns.extremes)):
            line.append(self.sorting.head(title, room, self.look, right=True))
        return line

    def columns_in_sight(self) -> Iterable[str]:
        """The titles of the columns in sight."""
        return [NAME, NOW, AGE, *([EXTREMES] if Columns.within(self.content_size.width).extremes else [])]

    def row(self, number: int, width: int) -> Line:
        """Make one row: a driver's heading, the heading of nested values, or one value."""
        assert self._lines is not None
        return self._lines.line(*self._rows[number], width)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the rows as they are now."""
        self._arrange()
        self._lines = RowLines(self.view, self.look, self.desk.now_ns(), self._folded)
        return super().draw(width, height)

    def _arrange(self) -> None:
        """List the rows again if they or their order have changed. The cursor stays on its row.

        Only at the top of rows in their own order, it stays at the top, because nobody has moved it.
        """
        key = self.view.readings.structure, self.wanted.text, frozenset(self._folded), self.sorting.order
        if key == self._rows_for and self.sorting.column in ("", NAME):
            return
        chosen = self.chosen
        self._rows_for = key
        self._rows = rows_of(self.view.readings.sources(), self.wanted.text.lower(), self._folded, self.sorting)
        paths = [item.path for _, item in self._rows]
        if (self.cursor or self.sorting.column) and chosen is not None and chosen.path in paths:
            self.keep_cursor_on(paths.index(chosen.path))

    def forget_view(self) -> None:
        """List the rows again."""
        self._rows_for = None

    @property
    def chosen(self) -> Item | None:
        """The row under the cursor."""
        return self._rows[self.cursor][1] if self.cursor < len(self._rows) else None

    @property
    def command_words(self) -> Words:
        """The past of the value, or of the driver, under the cursor."""
        return history(self.chosen.path) if self.chosen is not None else ()

    @property
    def source_place(self) -> SourcePlace | None:
        """The driver of the reading under the cursor."""
        return SourcePlace(self.chosen.path[0]) if self.chosen is not None else None

    @property
    def recorded_place(self) -> RecordedPlace | None:
        """The call that returned the reading under the cursor."""
        return None if (row := self.chosen) is None else of_reading(self.view, row.path[0], row.time_ns)

    def action_open(self) -> None:
        """Show a value's graph and transfers; fold or unfold a row with others below it."""
        if self.chosen is not None and self.chosen.is_group:
            self._folded ^= {self.chosen.path}
            self.paint()
        else:
            self.action_transfers()

    def action_transfers(self) -> None:
        """Show the transfers of the last reading that a row is of, and the graph of a number."""
        if self.chosen is not None:
            self.open_graph(self.chosen)

    def open_graph(self, item: Item, layout: GraphLayout | None = None) -> None:
        """Show the transfers of the last reading that a row is of, and the graph of a number.

        Args:
            item: the row.
            layout: what else the graph shows; None for nothing.
        """
        from tui.readings.reading_screen import ReadingScreen  # noqa: PLC0415 - the first frame should not wait for it

        screen = ReadingScreen(self.desk, item, self._drawings)
        if layout is not None:
            screen.take_layout(layout)
        self.desk.open_sheet(screen)

    def action_charts(self) -> None:
        """Show a small chart of each number."""
        from tui.readings.charts_screen import ChartsScreen  # noqa: PLC0415 - the first frame should not wait for it

        self.desk.open_sheet(ChartsScreen(self.desk, self._drawings))

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()

    def action_copy(self) -> None:
        """Copy the value under the cursor."""
        item = self.chosen
        if item is None:
            return
        latest = self.view.readings.latest.get(item.path[0]) if item.depth == 0 else item.raw
        text = as_json(latest) if item.depth == 0 else value_of(item)
        if item.is_group and item.depth:
            text = as_json(value_at(self.view.readings.latest, item.path))
        self.desk.copy(text, ".".join(item.path))

    def action_copy_all(self) -> None:
        """Copy the readings of all drivers, as JSON."""
        self.desk.copy(as_json(self.view.readings.latest, indent=2), "all readings")
