"""The screen on which a person steps through a replay, in a process of its own."""

from __future__ import annotations

import gc
from pathlib import PurePath
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from hostcore.stepping.subject import Subject
from tui.kept_keys import KeptKeys
from tui.key_bar import KeyBar
from tui.row_list import RowList
from tui.stepping.head import Head
from tui.stepping.moving_app import MovingApp
from tui.stepping.source_pane import SourcePane
from tui.stepping.transfers_pane import TransfersPane
from tui.stepping.travel import Move
from tui.stepping.variables_pane import VariablesPane
from tui.terminal import Terminal

AT_ONCE = ("q", "ctrl+c", "escape", "question_mark", "ctrl+l")
"""Keys that need no place: to leave, to stop the tracing, for help, and to draw again."""


def _both(key: str, move: Move, words: str, *, shown: bool = True) -> tuple[Binding, Binding]:
    """A key that goes forward, and its capital that goes back."""
    first, *others = key.split(",")
    forth = ",".join([first, *others[:1]])
    back = ",".join([first.upper(), *others[1:]])
    name = move.name.lower()
    return (
        Binding(forth, f"go('{name}', 1)", words, key_display=f"{first} {first.upper()}", show=shown),
        Binding(back, f"go('{name}', -1)", f"{words} back", show=False),
    )


class StepApp(MovingApp):
    """The screen of one replay.

    Args:
        subject: what the person steps through.
        terminal: what can be drawn; by default what this process's terminal can draw.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../app.tcss", "stepping.tcss"]
    TITLE = "wasi-host replay"
    BINDINGS: ClassVar[list[BindingType]] = [
        *_both("n", Move.OVER, "Next"),
        *_both("s,right,left", Move.INTO, "Step"),
        *_both("o", Move.OUT, "Out"),
        *_both("r", Move.CALL, "Call"),
        *_both("c", Move.BREAKPOINT, "Continue"),
        *_both("t", Move.TRANSFER, "Transfer"),
        Binding("backspace", "back", "Back", key_display="Bksp", show=False),
        Binding("x", "crash", "Crash", show=False),
        Binding("E", "end_of_call", "End of the call", show=False),
        Binding("u", "look(1)", "Up", show=False),
        Binding("d", "look(-1)", "Down", show=False),
        Binding("f", "fold", "Libraries", show=False),
        Binding("z", "zoom", "Zoom", show=False),
        Binding("tab", "next(1)", "Next part", show=False, priority=True),
        Binding("shift+tab", "next(-1)", "Previous part", show=False, priority=True),
        *(Binding(str(number), f"part({number})", f"Part {number}", show=False) for number in (1, 2, 3)),
        Binding("escape", "stop_tracing", "Stop", show=False),
        Binding("ctrl+l", "redraw", "Redraw", show=False, priority=True),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "quit", "Leave"),
        Binding("ctrl+c", "quit", "Leave", show=False, priority=True),
    ]

    def __init__(self, subject: Subject, terminal: Terminal | None = None) -> None:
        super().__init__(subject, terminal)
        self._head = Head(self)
        self._source, self._variables = SourcePane(self), VariablesPane(self)
        self._transfers = TransfersPane(self)
        self._kept = KeptKeys(self, super().on_event)

    async def on_event(self, event: events.Event) -> None:
        """Keep the keys that move until there is a first place to move from. Textual calls this."""
        is_at_once = isinstance(event, events.Key) and event.key in AT_ONCE
        if is_at_once or not self._kept.keep(event):
            await super().on_event(event)

    def take_keys(self) -> None:
        """Let the keys that were kept take effect. See `MovingApp`."""
        self.call_later(self._kept.release)

    @property
    def present_text(self) -> str:
        """The present line of source. See `StepDesk`."""
        return self._source.present_text

    @property
    def _parts(self) -> tuple[RowList, ...]:
        return self._source, self._variables, self._transfers

    def compose(self) -> ComposeResult:
        """The head, the parts and the keys."""
        yield self._head
        with Horizontal(id="upper"):
            yield self._source
            yield self._variables
        yield self._transfers
        yield KeyBar(self)

    def on_mount(self) -> None:
        """Begin to trace."""
        self._source.border_title, self._variables.border_title = "Source", "Variables"
        self._transfers.border_title = "Transfers"
        self._source.focus()
        self.app_resume_signal.subscribe(self, lambda _: self._shown.forget())
        self.begin()

    def on_ready(self) -> None:
        """Collect garbage again, which waited for the first frame (see `tui.__main__`). Textual calls this."""
        gc.freeze()
        gc.enable()

    def on_unmount(self) -> None:
        """Stop the threads."""
        self._tracing.stop()
        self.archive.stop()
        self.requests.stop()

    def on_resize(self) -> None:
        """Draw again, the present line in sight."""
        self._shown.forget()
        self.call_after_refresh(self.moved)

    def update_panes(self) -> None:
        """Draw again."""
        self.moved()

    def moved(self) -> None:
        """Show another place. See `StepDesk`."""
        if len(self.screen_stack) == 0:
            return
        for part in (self._source, self._variables, self._transfers):
            part.settle()
        self.paint_place()

    def paint_place(self) -> None:
        """Draw what is told of the place."""
        self._head.paint()
        if self.travel.window is None:
            self._source.paint()

    def action_fold(self) -> None:
        """Open the libraries that the line calls, or fold the one that is shown."""
        if self._is_free():
            self._source.open_folded()

    def action_part(self, number: int) -> None:
        """Go to a part of the screen."""
        part = self._parts[number - 1]
        self._show_parts(part)
        self.screen.set_focus(part)

    def _show_parts(self, part: RowList) -> None:
        """Show all parts, or only this one if the screen is zoomed."""
        for each in self._parts:
            each.display = each is part or not self._is_zoomed
        self.query_one("#upper").display = not self._is_zoomed or part is not self._transfers
        self.call_after_refresh(self.moved)  # the present line stays in sight

    @property
    def _is_zoomed(self) -> bool:
        return self.screen.has_class("-zoomed")

    def action_next(self, steps: int) -> None:
        """Go to the next part (1) or the previous one (-1)."""
        if isinstance(self.focused, RowList) and self.focused in self._parts:
            place = self._parts.index(self.focused)
            self.action_part((place + steps) % len(self._parts) + 1)

    def action_zoom(self) -> None:
        """Give the part with the focus the whole screen, or show the others again."""
        if isinstance(self.focused, RowList) and self.focused in self._parts:
            self.screen.toggle_class("-zoomed")
            self._show_parts(self.focused)

    def action_stop_tracing(self) -> None:
        """Stop the tracing; if there is none, end the zoom."""
        if self._tracing.is_busy:
            self._tracing.cancel()
        elif self._is_zoomed:
            self.action_zoom()

    def action_help(self) -> None:
        """Show the help. The part with the focus comes first."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - rarely needed
        from tui.stepping.help import help_lines  # noqa: PLC0415

        subject = str(getattr(self.focused, "help_title", ""))
        self.push_screen(Sheet(self, "Help", lambda width: help_lines(self.look, width, subject)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ignore the keys of the steps while another screen lies over them."""
        always = ("help", "quit", "redraw", "simulate_key")
        return action in always or len(self.screen_stack) == 1

    async def action_quit(self) -> None:
        """Leave."""
        self.exit(0)
