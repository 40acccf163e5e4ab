"""The ``:`` line: a person types what to do, and the screen completes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from hostcore.quick_dataclass import dataclass, field
from tui.actions.action import Action
from tui.actions.grammar import Choice, Understood, choices_for, completed, understand
from tui.desk import Desk
from tui.field import Field
from tui.lines import Line, LinesWidget
from tui.look import clickable
from tui.text import fit, safe

LONGEST_LINE = 400
"""The most characters of a line. Each key compares it with all actions."""
MOST_CHOICES = 8
"""How many choices are in sight at once."""
MOST_LINES = 50
"""How many earlier lines Up goes back through."""
WIDEST_TEXT = 34
"""Cells that the words of a choice take at most, if there is no more room."""


@dataclass(slots=True)
class Earlier:
    """The lines that were typed before, oldest first."""

    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Keep a line. One that was typed before becomes the newest."""
        if line in self.lines:
            self.lines.remove(line)
        self.lines.append(line)
        del self.lines[:-MOST_LINES]


class Choices(LinesWidget):
    """The ways in which the line could go on, or what is wrong with it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._choices: Sequence[Choice] = ()
        self._chosen: int | None = None
        self._problem = ""

    def show(self, choices: Sequence[Choice], chosen: int | None = None, problem: str = "") -> None:
        """Show choices, or the problem if there is one.

        Args:
            choices: what the line could become.
            chosen: the place of the choice that is in the line now; None if none is.
            problem: a sentence.
        """
        self._choices, self._chosen, self._problem = choices, chosen, problem
        self._drawn_for = None  # it may get the height that it had before, with other lines
        self.refresh(layout=True)
        self.paint()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for a line for each choice. Textual calls this."""
        return 1 if self._problem else min(len(self._choices), MOST_CHOICES, max(1, viewport.height - 2))

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the choices round the chosen one."""
        if self._problem:
            return [[Segment(fit(self._problem, width), self.look.warn)]]
        first = max(0, min((self._chosen or 0) - height // 2, len(self._choices) - height))
        return [self._line(place, width) for place in range(first, min(first + height, len(self._choices)))]

    def _line(self, place: int, width: int) -> Line:
        choice = self._choices[place]
        click = f"screen.choose({place})"
        room = min(WIDEST_TEXT, width // 2)
        words = safe(" ".join(filter(None, (choice.text, choice.takes, "..." if choice.goes_on else ""))))
        key = safe(choice.key)
        meaning = fit(safe(choice.meaning), max(0, width - room - cell_len(key) - 2))
        ink = self.look.cursor if place == self._chosen else self.look.plain
        return [
            Segment(fit(words, room), clickable(ink, click)),
            Segment(f" {meaning} ", clickable(self.look.muted, click)),
            Segment(key, clickable(self.look.key, click)),
        ]


class CommandLine(ModalScreen[Understood]):
    """One line to type in, at the bottom, and above it how it could go on.

    Args:
        desk: the screen around it.
        actions: lists everything that a person can do now.
        earlier: the lines that were typed before. It gets the line that is taken.
        begun: the text to begin with.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Cancel", key_display="Esc", priority=True),
        Binding("tab", "complete(1)", "Complete", priority=True),
        Binding("shift+tab", "complete(-1)", "Back", show=False, priority=True),
        Binding("up", "recall(-1)", "Earlier line", priority=True),
        Binding("down", "recall(1)", "Later line", show=False, priority=True),
    ]

    def __init__(self, desk: Desk, actions: Callable[[], Iterable[Action]], earlier: Earlier, begun: str = "") -> None:
        super().__init__()
        self._actions, self._earlier, self._begun = actions, earlier, begun
        self._list = Choices(desk)
        self._choices: list[Choice] = []
        self._chosen: int | None = None
        self._recalled = len(earlier.lines)

    def compose(self) -> ComposeResult:
        """The choices, and the line below them."""
        with Vertical():
            yield self._list
            with Horizontal():
                yield Static(Content(":"), markup=False)
                yield Field(self._begun, LONGEST_LINE)

    def on_mount(self) -> None:
        """Offer everything."""
        self.query_one(Input).focus()
        self._offer(self._begun)

    def _offer(self, typed: str) -> None:
        self._choices, self._chosen = choices_for(self._actions(), typed), None
        self._list.show(self._choices)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._recalled = len(self._earlier.lines)
        self._offer(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.is_current:  # not a second Enter, which arrives when the line has closed already
            self._take(event.value)

    def _take(self, typed: str) -> None:
        """Close with what the line means, or say what is wrong with it."""
        understood = understand(self._actions(), typed)
        if understood.problem:
            self._list.show(self._choices, problem=understood.problem)
            return
        if typed.strip():
            self._earlier.add(typed.strip())
        self.dismiss(understood)

    async def action_dismiss(self, result: Understood | None = None) -> None:
        """Close without doing anything, unless it has closed already. Textual calls this."""
        await self._flush_next_callbacks()
        if self.app.screen is self:
            self.dismiss(result)

    def action_complete(self, step: int) -> None:
        """Type what all choices have in common. If that is nothing, put the next or previous choice into the line."""
        typed = self.query_one(Input).value
        common = completed(self._choices, typed)
        if self._chosen is None and common != typed:
            self._write(common)
            self._offer(common)
        elif self._choices:
            start = -1 if step > 0 else 0
            self._chosen = ((start if self._chosen is None else self._chosen) + step) % len(self._choices)
            self._write(self._choices[self._chosen].text)
            self._list.show(self._choices, self._chosen)

    def action_choose(self, place: int) -> None:
        """Do what a choice says, or type it if more can follow. For the mouse."""
        choice = self._choices[place]
        if choice.takes or choice.goes_on:
            self._write(f"{choice.text} ")
            self._offer(f"{choice.text} ")
        else:
            self._take(choice.text)

    def action_recall(self, step: int) -> None:
        """Put an earlier or a later line into the line."""
        lines = self._earlier.lines
        self._recalled = max(0, min(self._recalled + step, len(lines)))
        text = lines[self._recalled] if self._recalled < len(lines) else ""
        self._write(text)
        self._offer(text)

    def _write(self, text: str) -> None:
        line = self.query_one(Input)
        with line.prevent(Input.Changed):  # the person did not type it
            line.value = text
        line.cursor_position = len(text)
