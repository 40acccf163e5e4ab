"""The source, with the present line, what it has led to, breakpoints, and the libraries that it calls folded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.quick_dataclass import dataclass
from hostcore.stepping.model import StepKind
from hostcore.stepping.navigation import Breakpoint, Folds
from tui.filtering import Wanted
from tui.lines import Line
from tui.row_list import RowList
from tui.stepping.folding import Folded, FoldedOrigin, folded_after, folded_origin
from tui.stepping.step_desk import StepDesk
from tui.stepping.words import after_words, file_words, function_words, source_lines
from tui.text import counted, safe
from tui.wrapping import folded

MARGIN = 2
"""Lines round the present one that stay in sight."""
BELOW = 6
"""Empty rows below the source."""
LONGEST_LINE = 400
"""Characters of a line of source."""
MOST_LINES = 50_000
"""Lines of a source. A recording may have any text."""


@dataclass(frozen=True, slots=True)
class Note:
    """A row below the present line."""

    text: str
    ink: Style
    opens: tuple[str, ...] = ()
    """The files that Enter opens."""


class SourcePane(RowList):
    """The source of the frame that the person looks at.

    Args:
        desk: the screen around it.
    """

    desk: StepDesk
    help_title = "The source"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run_to", "Run here", key_display="Enter"),
        Binding("b", "breakpoint", "Breakpoint"),
        Binding("slash", "search", "Search", key_display="/", show=False),
    ]

    def __init__(self, desk: StepDesk) -> None:
        super().__init__(desk, id="source")
        self._file = ""
        self._lines: Sequence[str] = ()
        self._ran: Collection[int] = ()
        self._line = 0
        self._notes: list[Note] = []
        self._wanted = Wanted("")
        self._of: object = None

    def settle(self) -> None:
        """Show the place where the person is: the cursor goes there."""
        travel = self.desk.travel
        if not travel.has_steps:
            return
        frame, self._line = travel.looked_at
        self._open(frame.code.file)
        self._notes = list(self._notes_here()) if travel.level == 0 else []
        self.border_title = Content(", ".join(dict.fromkeys((file_words(self._file), function_words(frame)))))
        self.cursor = max(0, self._line - 1) if self._lines else 0
        self._keep_margin()
        self.paint()

    def _open(self, file: str) -> None:
        trace = self.desk.travel.trace
        if self._of == (id(trace), file):
            return
        self._of, self._file = (id(trace), file), file
        self._lines = [each.expandtabs(4) for each in source_lines(trace.sources.get(file, ""))[:MOST_LINES]]
        self._ran = frozenset(trace.lines_of(file))

    def _keep_margin(self) -> None:
        """Scroll so far that the present line has some lines round it; to the middle if it is far away."""
        height, width = self._height, self.content_size.width
        margin = min(MARGIN, height // 4)
        own = range(self.cursor, min(self.cursor + len(self._notes) + 1, self.row_numbers().stop))
        below = sum(len(self._lines_of(number, width)) for number in own) + margin if width else 1
        first, last = self.cursor - margin, self.cursor + below - height
        if last <= self.top <= first:
            return
        is_near = abs(self.cursor - self.top) < height + 3
        wanted = first if self.top > first else last
        middle = self.cursor - max(0, min(height // 2, height - below))
        self.top = max(0, min(wanted if is_near else middle, self.cursor))

    def _notes_here(self) -> Iterable[Note]:
        travel, look = self.desk.travel, self.look
        step = travel.here
        if words := after_words(step):
            yield Note(f"^ {words}", look.bad if step.kind is StepKind.RAISE else look.accent)
        origin = folded_origin(travel.trace, travel.step, travel.folds)
        if origin is not None:
            yield Note(f"+ {_origin_words(origin)}", look.muted, origin.files)
        hidden = folded_after(travel.trace, travel.step, travel.folds)
        if hidden is not None and step.kind is StepKind.LINE:
            yield Note(f"+ {_hidden_words(hidden)}", look.muted, hidden.files)

    def row_numbers(self) -> range:
        """All lines, the notes below the present one, and some rows below the end, so that this has room to wrap."""
        return range(max(1, len(self._lines)) + len(self._notes) + BELOW) if self._file else range(0)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the lines, or why there are none."""
        if self._file:
            return super().draw(width, height)
        words = self.desk.problem or self.desk.told or "Nothing was traced."
        return folded([Segment(safe(words), self.look.bad if self.desk.problem else self.look.muted)], width)[:height]

    def row(self, number: int, width: int) -> Line:
        """Make one row: its mark, its breakpoint, its number and its text."""
        line, note = self._at(number)
        if note is not None:
            return [Segment(" " * (self._digits + 3)), Segment(note.text, note.ink)]
        if line > max(1, len(self._lines)):
            return []
        if not self._lines:
            name = file_words(self._file)
            return [Segment(f"No source: of {name}, the recording holds only bytecode", self.look.warn)]
        look = self.look
        is_here = line == self._line
        has_stop = Breakpoint(self._file, line) in self.desk.travel.breakpoints
        text = safe(self._lines[line - 1], LONGEST_LINE)
        return [
            Segment((">" if self.desk.travel.level == 0 else "^") if is_here else " ", look.accent),
            Segment("●" if has_stop else " ", look.bad),
            Segment(f"{line:{self._digits}} ", look.plain if line in self._ran else look.muted),
            Segment(text, look.strong if is_here else look.plain if line in self._ran else look.muted),
        ]

    @property
    def _digits(self) -> int:
        """Cells of the numbers of the lines."""
        return max(3, len(str(len(self._lines))))

    def _at(self, number: int) -> tuple[int, Note | None]:
        """The line of a row, and the note that it is instead, if it is one."""
        below = number - max(self._line, 1)
        if not self._notes or below < 0:
            return number + 1, None
        if below < len(self._notes):
            return self._line, self._notes[below]
        return number + 1 - len(self._notes), None

    def _lines_of(self, number: int, width: int) -> list[Line]:
        """Show the whole of the present line and of what it led to, also without the cursor."""
        line, _ = self._at(number)
        return folded(self.row(number, width), width) if line == self._line else super()._lines_of(number, width)

    @property
    def shows_whole(self) -> bool:
        """The present line is whole already."""
        return self._at(self.cursor)[0] != self._line

    @property
    def present_text(self) -> str:
        """The present line of source; "" if there is none."""
        return self._lines[self._line - 1] if 0 < self._line <= len(self._lines) else ""

    def action_run_to(self) -> None:
        """Run to the line under the cursor, or open what is folded there."""
        if not self.desk.travel.has_steps:
            return
        line, note = self._at(self.cursor)
        if note is not None and note.opens:
            self.open_folded(note.opens)
        elif line > len(self._lines):
            self.desk.jump(None, "There is no line here")
        elif line == self._line:
            self.desk.jump(None, "This is the present line: move to another one, then Enter runs there")
        else:
            self.desk.run_to(Breakpoint(self._file, line))

    def open_folded(self, files: Iterable[str] = ()) -> None:
        """Open the libraries that are folded at the present line, or fold the one that is shown.

        Args:
            files: those to open; by default all that the present line calls.
        """
        travel = self.desk.travel
        wanted = set(files) or {file for note in self._notes for file in note.opens}
        if wanted:
            travel.folds = Folds(travel.folds.opened | wanted)
            names = ", ".join(map(file_words, sorted(wanted)))
            key = "S steps back" if travel.here.kind is StepKind.RAISE else "s steps"
            self.desk.jump(None, f"Opened {names}: {key} into it, f folds it again")
        elif self._file in travel.folds.opened:
            travel.folds = Folds(travel.folds.opened - {self._file})
            self.desk.jump(None, f"Folded {file_words(self._file)}")
        else:
            self.desk.jump(None, "This line calls no library that is folded")
        self.settle()

    def action_breakpoint(self) -> None:
        """Set a breakpoint on the line under the cursor, or remove it."""
        line, note = self._at(self.cursor)
        if note is not None or line > len(self._lines):
            return
        is_set = self.desk.travel.toggle(Breakpoint(self._file, line))
        words = f"line {line} stops c and C" if is_set else f"line {line} stops nothing any more"
        if is_set and line not in self._ran:
            words += ", but it does not run in the traced calls"
        self.desk.jump(None, words)
        self.paint()

    async def action_search(self) -> None:
        """Ask for a text, and move the cursor to the next line that has it. The same text again leads further."""
        await self.desk.ask("Find in the source", self._wanted.text, done=self._search)

    def _search(self, text: str) -> None:
        self._wanted = Wanted(text)
        if not text:
            return
        count = len(self._lines)
        start = self._at(self.cursor)[0]
        found = next((line for line in ((start + each) % count + 1 for each in range(count)) if self._has(line)), None)
        if found is None:
            self.desk.jump(None, f"No line has {safe(text, 60)}")
        else:
            self.go(found - 1 + (len(self._notes) if found > self._line else 0))

    def _has(self, line: int) -> bool:
        return bool(self._wanted.found_in(self._lines[line - 1][:LONGEST_LINE]))

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_run_to()


def _origin_words(origin: FoldedOrigin) -> str:
    """Where an exception began: ``raised in adafruit_bme280.py line 277, folded: f opens``."""
    return f"raised in {file_words(origin.step.frame.code.file)} line {origin.step.line}, folded: f opens"


def _hidden_words(hidden: Folded) -> str:
    """What is folded: ``31 lines of adafruit_bme280.py folded: Enter opens``."""
    names = ", ".join(map(file_words, hidden.files[:3])) + (", ..." if len(hidden.files) > 3 else "")
    more = "more than " if hidden.is_more else ""
    return f"{more}{counted(hidden.lines, 'line')} of {names} folded: f opens"
