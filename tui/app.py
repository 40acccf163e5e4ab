"""The screen: panes around a view of the host, fed by its session."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.theme import Theme

from hostcore.errors import HostError
from hostcore.events import Event
from hostcore.session import Session
from hostcore.view.view import View
from tui.bars.key_bar import KeyBar
from tui.bars.plugin_strip import PluginStrip
from tui.bars.status_line import StatusLine
from tui.bars.tab_bar import TabBar
from tui.live import Live
from tui.look import look_for
from tui.pane import Pane
from tui.panes import Panes
from tui.pump import PACE, Pump
from tui.rows import Lines
from tui.signals import leaving_on_signals
from tui.terminal import Terminal
from tui.terminal_app import TerminalApp
from tui.text import safe
from tui.welcome import Welcome
from tui.work_line import Work, WorkLine

CAPACITY = 20_000
"""Events that may wait for the screen."""
SECOND = 1.0
"""Seconds between two looks at what changes by itself: ages, the rate, the uptime."""


class Folded(Message):
    """Events for the view."""

    def __init__(self, batch: Sequence[Event]) -> None:
        super().__init__()
        self.batch = batch


class HostApp(TerminalApp):
    """The screen of one session.

    Args:
        session: the host.
        start: is called once the screen listens and shows its first frame, so that it misses nothing.
        work: what takes seconds on the host's side, for a bar.
        terminal: what can be drawn; by default what this process's terminal can.
        now_ns: the wall clock, for ages.
        pace: seconds from one batch of events to the next, at least.

    Attributes:
        session: the host.
        view: what there is to show.
        panes: the regions of the screen.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "app.tcss", "readings/pane.tcss", "plugins/pane.tcss", "oled/pane.tcss", "outputs/pane.tcss",
        "scanner/pane.tcss",
    ]  # fmt: skip
    TITLE = "wasi-host"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "zoom", "Zoom"),
        Binding("n", "first_driver", "New driver", show=False),
        Binding("tab", "next(1)", "Next pane", show=False, priority=True),
        Binding("shift+tab", "next(-1)", "Previous pane", show=False, priority=True),
        *(Binding(str(number), f"go_to({number})", f"Pane {number}", show=False) for number in range(1, 8)),
        Binding("escape", "leave", "Back", show=False),
        Binding("ctrl+l", "redraw", "Draw anew", show=False, priority=True),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(
        self,
        session: Session,
        start: Callable[[], None] = lambda: None,
        work: Work | None = None,
        *,
        terminal: Terminal | None = None,
        now_ns: Callable[[], int] = time.time_ns,
        pace: float = PACE,
    ) -> None:
        super().__init__(terminal)
        self.session, self.now_ns = session, now_ns
        self.view = View(session.facts, session.plugins())
        self.panes = Panes(self.view)
        self._start, self._work = start, work or Work()
        self._pump = Pump(session.subscribe(*self.view.kinds, capacity=CAPACITY), self._deliver, pace)

    def _restyle(self, theme: Theme) -> None:
        """A person chose another theme, perhaps one of the terminal's own colours."""
        self.look = look_for(self.terminal, theme.ansi)
        self.update_panes()

    def compose(self) -> ComposeResult:
        """Lines above and below the panes."""
        yield StatusLine()
        if self.view.facts.is_shipped_config:
            yield Welcome()
        yield WorkLine(self._work)
        yield PluginStrip()
        yield TabBar()
        yield self.panes
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin to listen, then let the host begin."""
        self.panes.go_to(1)
        self.app_resume_signal.subscribe(self, lambda _: self._shown.forget())
        self.theme_changed_signal.subscribe(self, self._restyle)
        self._pump.start()
        self.set_interval(SECOND, self.update_panes)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Let the host begin, and learn what plugins it has."""
        gc.freeze()
        gc.enable()
        try:
            self._start()
        except HostError as error:
            self.exit(1, return_code=1, message=Text(f"wasi-host: {safe(str(error))}"))
            return
        self._know_plugins()
        self.update_panes()

    def _know_plugins(self) -> None:
        """Learn what plugins the host has."""
        self.view.know(self.session.plugins())
        self.panes.settle()

    def on_unmount(self) -> None:
        """Listen no more."""
        self._pump.stop()

    def _deliver(self, batch: Sequence[Event]) -> None:
        if not self.post_message(Folded(batch)):
            self._pump.taken()

    def on_folded(self, message: Folded) -> None:
        """Take in what happened, and show it."""
        self.view.fold(message.batch)
        if self.view.plugins_changed:
            self._know_plugins()
        self.update_panes()
        self._pump.taken()

    def update_panes(self) -> None:
        """Bring everything in sight up to date."""
        now = self.now_ns()
        for screen in self.screen_stack[1:]:
            if isinstance(screen, Live):
                screen.update(now)
        if len(self.screen_stack) > 1:
            return
        for lines in self.screen_stack[0].query(Lines).results():
            if isinstance(lines, Pane):
                lines.update(now)
            elif not isinstance(lines, KeyBar):
                lines.paint()

    def on_resize(self, event: events.Resize) -> None:
        """All panes together, or one at a time."""
        self._shown.forget()
        self.panes.lay_out(event.size)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Over the panes lies another screen: keys for panes mean nothing there."""
        if action in ("zoom", "go_to", "next", "first_driver", "leave"):
            return len(self.screen_stack) == 1
        return True

    def action_go_to(self, number: int) -> None:
        """Go to a pane."""
        self.panes.go_to(number)

    def action_next(self, step: int) -> None:
        """Go to the next or previous pane."""
        self.panes.step(step)

    def action_zoom(self) -> None:
        """Give the current pane the whole screen, or let the others back."""
        self.panes.zoom()

    def action_leave(self) -> None:
        """End the pane's filters; where there are none, its zoom and the welcome."""
        if self.panes.current.clear_filters():
            return
        self.query(Welcome).remove()
        if self.panes.zoomed:
            self.panes.zoom()

    def action_redraw(self) -> None:
        """Write every cell again: something else wrote to the terminal."""
        self._shown.forget()
        self.refresh(layout=True)

    def action_help(self) -> None:
        """Explain everything."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it
        from tui.help import help_lines  # noqa: PLC0415

        self.push_screen(Sheet("Help", lambda width: help_lines(self.look, width)))

    def action_first_driver(self) -> None:
        """Tell how to write a driver."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it
        from tui.first_driver import first_driver  # noqa: PLC0415

        self.query(Welcome).remove()
        self.push_screen(Sheet("A first driver", lambda width: first_driver(self.view, self.look, width)))

    async def action_quit(self) -> None:
        """End; whoever started the screen stops the plugins."""
        self.exit(0)

    def action_command_palette(self) -> None:
        """Offer everything by name."""
        from tui.palette import Palette  # noqa: PLC0415 - the first frame should not wait for it

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        from tui.palette import commands  # noqa: PLC0415 - the first frame should not wait for it

        return commands(self)


def run(session: Session, start: Callable[[], None] = lambda: None, work: Work | None = None) -> int:
    """Show `session` until a person quits or the terminal hangs up; the terminal is left as it was.

    Args:
        session: the host.
        start: is called once the screen listens, so that it misses nothing.
        work: what takes seconds on the host's side, for a bar.

    Returns:
        The exit status: 0; 1 when the host could not start or the screen crashed, which standard error then tells.
    """
    app = HostApp(session, start, work)
    with leaving_on_signals(app):
        app.run()
    if app.terminal.is_console:
        # It has no second screen to go back from.
        sys.stderr.write("\x1b[0m\x1b[2J\x1b[H")
    return app.return_code or 0
