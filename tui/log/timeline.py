"""What happened while nobody looked: crashes, findings, reloads and changes of state, from the history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.events.history import MOST_MARKS, HistoryMark, MarkKind
from hostcore.quick_dataclass import dataclass
from tui.commands import COPY, CRASHES, CommandSource, Words, logs
from tui.desk import Desk, RecordedPlace
from tui.dialogs import Sheet
from tui.document import wrapped
from tui.editing import EDIT, SourceEditor, SourcePlace
from tui.filtering import FILTER, FILTERED, Filtered
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.marks import SIGNS, WORDS, Marks, ink_of
from tui.row_list import RowList
from tui.text import DAY, NS_PER_S, counted, fit, moment, safe, time_of_day
from tui.time_travel import STEP, TimeTraveller

SPANS = {DAY: "24 h", 7 * DAY: "7 days", 30 * DAY: "30 days", 365 * DAY: "365 days"}
"""Seconds that the list can go back, and the words for them."""
FRESH_S = 300
"""Seconds after which the history is asked again. Crashes and states that are new are shown at once."""
APART_NS = 10 * 60 * NS_PER_S
"""Nanoseconds between two marks from which on they are rows of their own, although they say the same."""
LONGEST_NAME = 11
"""Cells of a plugin's name."""


@dataclass(slots=True)
class Alike:
    """Marks of one plugin that say the same, each soon after the one before."""

    newest: HistoryMark
    count: int
    first_ns: int

    @property
    def key(self) -> object:
        """What tells it from others while it grows."""
        return self.newest.plugin, self.newest.kind, self.newest.text, self.first_ns


def alike(marks: Iterable[HistoryMark]) -> list[Alike]:
    """Put marks that say the same together, in the place of the newest. Marks come and go with the newest first."""
    rows: list[Alike] = []
    last: dict[tuple[str, MarkKind, str], Alike] = {}
    for mark in marks:
        row = last.get((mark.plugin, mark.kind, mark.text))
        if row is not None and row.first_ns - mark.time_ns < APART_NS:
            row.count, row.first_ns = row.count + 1, mark.time_ns
            continue
        row = last[mark.plugin, mark.kind, mark.text] = Alike(mark, 1, mark.time_ns)
        rows.append(row)
    return rows


class MarkList(RowList, CommandSource, SourceEditor, TimeTraveller):
    """A row for each mark and those like it, the newest first.

    Args:
        desk: the screen around it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Open", key_display="Enter"), EDIT, COPY, STEP]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows: list[Alike] = []
        self.nothing = ""
        """What to say if there are no marks."""

    def show(self, marks: list[HistoryMark]) -> None:
        """Show these marks, the newest first. The cursor stays on its row, if a person moved it there."""
        chosen = self._rows[self.cursor].key if self.cursor < len(self._rows) else None
        self._rows = alike(marks)
        keys = [each.key for each in self._rows]
        if self.cursor and chosen in keys:
            self.keep_cursor_on(keys.index(chosen))
        self.paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the rows, or why there are none."""
        return super().draw(width, height) if self._rows else [[Segment(self.nothing, self.look.muted)]]

    @property
    def chosen(self) -> HistoryMark | None:
        """The newest mark of the row under the cursor; None if there are none."""
        return self._rows[self.cursor].newest if self.cursor < len(self._rows) else None

    def row_numbers(self) -> range:
        """All rows."""
        return range(len(self._rows))

    @property
    def command_words(self) -> Words:
        """The crash reports for a crash; for other marks, the log of the plugin."""
        if (mark := self.chosen) is None:
            return ()
        return CRASHES if mark.kind is MarkKind.CRASH else logs(mark.plugin)

    @property
    def source_place(self) -> SourcePlace | None:
        """The driver of the mark under the cursor."""
        return SourcePlace(self.chosen.plugin) if self.chosen is not None else None

    @property
    def recorded_place(self) -> RecordedPlace | None:
        """The crash under the cursor; None for other marks."""
        if (mark := self.chosen) is None or mark.kind is not MarkKind.CRASH:
            return None
        return RecordedPlace(mark.plugin, mark.time_ns, "crash")

    def row(self, number: int, width: int) -> Line:
        """Make one row: the time of the newest, the kind, the plugin, how many there are, the text."""
        row = self._rows[number]
        mark, ink = row.newest, ink_of(row.newest.kind, self.look)
        many = f"x{row.count} since {time_of_day(row.first_ns)[:8]}: " if row.count > 1 else ""
        return [
            Segment(f"{_when(mark.time_ns)} ", self.look.muted),
            Segment(f"{SIGNS[mark.kind]} ", ink),
            Segment(f"{fit(safe(mark.plugin) or 'host', LONGEST_NAME)} ", self.look.accent),
            Segment(many, self.look.strong),
            Segment(safe(mark.text), self.look.plain if mark.kind is MarkKind.STATE else ink),
        ]

    def action_open(self) -> None:
        """Show the whole text."""
        if (mark := self.chosen) is not None:
            plain = self.look.plain
            title = f"{WORDS[mark.kind][0]} of {safe(mark.plugin) or 'the host'}, {moment(mark.time_ns)}"
            self.desk.open_sheet(Sheet(self.desk, title, lambda width: wrapped(safe(mark.text), plain, width)))

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()


class Timeline(Filtered, LiveScreen):
    """The marks of the last day, or of up to a year.

    Args:
        desk: the screen around it.
        plugin: show only this plugin's; "" shows all.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("minus", "reach(1)", "Longer", key_display="-"),
        Binding("plus,equals_sign", "reach(-1)", "Shorter", show=False),
        FILTER,
        Binding("s", "states", "No states"),
        Binding("p", "plugin", "Plugin"),
        Binding("escape,q,t", "close", "Close", key_display="Esc"),
    ]

    def __init__(self, desk: Desk, plugin: str = "") -> None:
        super().__init__(desk)
        self._list = MarkList(desk)
        self._marks = Marks(desk, self._show)
        self._plugin, self._has_states = plugin, True
        self._place = 0
        self._asked_ns = 0

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        yield self._list
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Ask the history, and take the keys."""
        self.set_focus(self._list)  # now: `focus` would take it from a question that is asked meanwhile
        self._ask()

    def update(self, now_ns: int) -> None:
        """Draw again. Ask again from time to time."""
        if not 0 <= now_ns - self._asked_ns < FRESH_S * NS_PER_S:
            self._ask()
        self._show()

    @property
    def _start_ns(self) -> int:
        return self.desk.now_ns() - tuple(SPANS)[self._place] * NS_PER_S

    def _ask(self) -> None:
        self._asked_ns = self.desk.now_ns()
        self._marks.ask(self._names() or [""], self._start_ns, self._asked_ns + 1)
        self._show()

    def _names(self) -> list[str]:
        return [each.name for each in self.desk.view.plugins.all()]

    def _show(self) -> None:
        """Show the marks that pass the filters, and say which these are."""
        marks = self._marks.between(self._start_ns, self.desk.now_ns() + 1)
        shown = [each for each in reversed(marks) if self._is_wanted(each)]
        notes = [self._plugin] if self._plugin else []
        notes += [] if self._has_states else ["without states"]
        notes += self.wanted.note()
        notes += [f"no history: {safe(self._marks.problem)}"] if self._marks.problem else []
        notes += ["asking the history ..."] if self._marks.is_waiting else [counted(len(shown), "mark")]
        notes += [f"only the newest {MOST_MARKS} of a plugin"] if self._marks.is_cut else []
        nothing = FILTERED if self.wanted.text and marks else "nothing happened in this time"
        self._list.nothing = "asking the history ..." if self._marks.is_waiting else nothing
        self._list.border_title = Content(f"What happened in the last {tuple(SPANS.values())[self._place]}")
        self._list.border_subtitle = Content(", ".join(notes))
        self._list.show(shown)

    def _is_wanted(self, mark: HistoryMark) -> bool:
        if mark.kind is MarkKind.STATE and not self._has_states:
            return False
        if self._plugin and mark.plugin not in (self._plugin, ""):
            return False
        return bool(self.wanted.found_in(_told(mark)))

    def action_reach(self, steps: int) -> None:
        """Show more (1) or less (-1) time."""
        self._place = max(0, min(self._place + steps, len(SPANS) - 1))
        self._ask()

    def choose(self) -> None:
        """Show only the marks that have the text: in their time, plugin or words."""
        self._show()

    def action_close(self) -> None:
        """Show all marks again if a text hides some; else close."""
        if not self.clear_filters():
            self.dismiss()

    def action_plugin(self) -> None:
        """Show only the next plugin's marks; after the last plugin, show all."""
        names = ["", *self._names()]
        place = names.index(self._plugin) if self._plugin in names else 0
        self._plugin = names[(place + 1) % len(names)]
        self._show()

    def action_states(self) -> None:
        """Hide the changes of state, of which there are most, or show them again."""
        self._has_states = not self._has_states
        self._show()


def _told(mark: HistoryMark) -> str:
    """A mark in words, for the filter."""
    return f"{_when(mark.time_ns)} {WORDS[mark.kind][0]} {mark.plugin or 'host'} {mark.text}"


def _when(time_ns: int) -> str:
    """The local day and time: `` 1 Jan 03:12:45``."""
    when = datetime.fromtimestamp(time_ns / NS_PER_S)
    return f"{when.day:2} {when:%b} {time_of_day(time_ns)[:8]}"
