"""The screen of a host: it folds the session's events into a view, which panes and bars draw."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.theme import Theme

from hostcore.errors import HostError
from hostcore.quick_dataclass import replace
from tui.desk import NewDriver
from tui.first_frame import FirstFrame
from tui.key_bar import KeyBar
from tui.lines import LinesWidget
from tui.live_screen import LiveScreen
from tui.look import look_for
from tui.pump import PACE, Pump
from tui.recording_app import RecordingApp
from tui.terminal import Terminal
from tui.text import safe

if TYPE_CHECKING:
    from hostcore.events import Event
    from hostcore.session import Session
    from tui.layouts.layout import Layout
    from tui.layouts.memory import Memory

CAPACITY = 20_000
"""How many events may wait for the screen. If there are more, the oldest are dropped and counted."""
TICK = 1.0
"""The most seconds between two updates. Ages, the rate and the uptime change without events."""


STYLES = (
    "app.tcss", "readings/pane.tcss", "plugins/pane.tcss", "log/pane.tcss", "oled/pane.tcss",
    "outputs/pane.tcss", "scanner/pane.tcss", "problems/pane.tcss",
)  # fmt: skip
"""The style sheets, in this folder."""


class HostApp(RecordingApp):
    """The screen of one session.

    Args:
        session: the host; None if it is met later (see `tui.opening`).
        start: starts the host. It is called when the screen has subscribed to events and shows its first frame.
        terminal: what can be drawn; by default what this process's terminal can draw.
        now_ns: the wall clock, in nanoseconds since the Unix epoch.
        is_remote: whether the host is in another process. Its session begins with earlier events, up to a `CaughtUp`.
        pace: the least seconds from one batch of events to the next.
        memory: what the screen remembers; by default nothing beyond this app.
        layout: the layout to begin with; by default how the screen was left.
        resumed: the new driver with which this host was started again; None for a first start.
    """

    class EventsArrived(Message):
        """Events came from the session."""

        def __init__(self, batch: Sequence[Event]) -> None:
            super().__init__()
            self.batch = batch

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).parent / each for each in STYLES]
    TITLE = "wasi-host"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "zoom", "Zoom"),
        Binding("F", "freeze", "Freeze", show=False),
        Binding("R", "reset_statistics", "Reset statistics", show=False),
        Binding("a", "acknowledge", "Acknowledge the alarm", show=False),
        Binding("n", "new_driver", "New driver", show=False),
        Binding("S", "world", "Simulated world", show=False),
        Binding("tab", "next(1)", "Next pane", show=False, priority=True),
        Binding("shift+tab", "next(-1)", "Previous pane", show=False, priority=True),
        *(Binding(str(number), f"go_to({number})", f"Pane {number}", show=False) for number in range(1, 9)),
        Binding("ctrl+r", "record", "Record the session", show=False),
        Binding("escape", "leave", "Back", show=False),
        Binding("ctrl+l", "redraw", "Redraw", show=False, priority=True),
        Binding("colon", "command_line", "Actions", key_display=":"),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(
        self,
        session: Session | None,
        start: Callable[[], None] = lambda: None,
        *,
        terminal: Terminal | None = None,
        now_ns: Callable[[], int] = time.time_ns,
        is_remote: bool = False,
        pace: float = PACE,
        memory: Memory | None = None,
        layout: Layout | None = None,
        resumed: NewDriver | None = None,
    ) -> None:
        super().__init__(terminal, now_ns, is_remote=is_remote)
        self._resumed = resumed
        self._first_frame = FirstFrame(self)
        self._is_fresh = False
        self._start, self._pace = start, pace
        if session is not None:
            from tui.layouts.memory import Memory  # noqa: PLC0415 - a first frame without a host does without it

            self.meet(session)
            self.remember(memory or Memory(), layout)

    def meet(self, session: Session) -> None:
        """Take the session, and subscribe to its events."""
        super().meet(session)
        self.view.connection.is_behind = self._is_remote
        self._pump = Pump(session.subscribe(*self.view.kinds, capacity=CAPACITY), self._deliver, self._pace)

    def _restyle(self, theme: Theme) -> None:
        """Change to the look of a theme that the person chose."""
        self.look = look_for(self.terminal, theme.ansi)
        self.update_panes()

    def compose(self) -> ComposeResult:
        """The bars, the panes between them, the keys."""
        from tui.bars.all import bars_of  # noqa: PLC0415 - a first frame without a host does without it

        yield from bars_of(self, self.panes, self.requests)
        yield self.panes
        yield KeyBar(self)

    def on_mount(self) -> None:
        """Begin with the session, if there is one. Textual calls this."""
        if self.has_session:
            self.settle_in()

    def settle_in(self) -> None:
        """Arrange the panes, and start the pump."""
        if self.view.connection.is_behind:
            self._first_frame.hold()
        self.app_resume_signal.subscribe(self, lambda _: self._shown.forget())
        self.theme_changed_signal.subscribe(self, self._restyle)
        try:
            self._pump.start()
        except HostError as error:
            self._leave_with(error)
            return
        self.set_interval(TICK / 2, self._tick)
        super().settle_in()

    def on_ready(self) -> None:
        """Start the host. Textual calls this after the first layout, whatever lies over it."""
        if self.has_session:
            self._begin()

    def _leave_with(self, error: HostError) -> None:
        self.exit(1, return_code=1, message=Text(f"wasi-host: {safe(str(error))}"))

    def _begin(self) -> None:
        """Start the host, and learn which plugins it has."""
        gc.freeze()
        gc.enable()
        try:
            self._start()
        except HostError as error:
            self._leave_with(error)
            return
        self.know_host()
        self.update_panes()
        if self._resumed is not None:
            self._resume(self._resumed)

    def _resume(self, driver: NewDriver) -> None:
        """Go on with the new driver where the screen of the host before has ended."""
        from tui.new_driver.adding_screen import AddingScreen  # noqa: PLC0415 - rarely needed

        self.view.fold([replace(driver.added, is_elsewhere=False)])
        self.push_screen(AddingScreen(self, driver.name, driver.offer, driver.added.time_ns))

    def know_host(self) -> None:
        """Learn which plugins the host has now, and which host it is: it may have been started again."""
        self.view.know_host(self.session.facts, self.session.plugins())
        self.panes.settle()

    def on_unmount(self) -> None:
        """Stop the threads."""
        if self.has_session:
            self._pump.stop()
            self.archive.stop()
        self.requests.stop()

    def _deliver(self, batch: Sequence[Event]) -> None:
        if not self.post_message(self.EventsArrived(batch)):
            self._pump.taken()

    def on_host_app_events_arrived(self, message: EventsArrived) -> None:
        """Fold the events into the view, and show it. In a freeze, let them wait, but show a lost connection."""
        if self._freeze.since_ns:
            self._freeze.keep(message.batch)
            if self.view.connection.look(message.batch):
                self.update_panes()
        else:
            self.view.fold(message.batch)
            if self.view.plugins_changed:
                self.know_host()
            self.panes.settle_problems()
            self.ring()
            self._show()
        self._pump.taken(hurry=self.view.connection.is_behind)

    def _show(self) -> None:
        """Bring the screen up to date, and draw its first frame if that was held back until now."""
        if not self.view.connection.is_behind:
            self._first_frame.show()
            self.show_awaited_graph()
        self.update_panes()

    def on_panes_laid_out(self) -> None:
        """Draw the panes that are in sight now."""
        self.update_panes()

    def _tick(self) -> None:
        """Update what changes without events, unless something else has just done that."""
        if self._is_fresh:
            self._is_fresh = False
        else:
            self.update_panes()

    def update_panes(self) -> None:
        """Bring everything in sight up to date."""
        if self._first_frame.is_held or not self.has_session:
            return
        self._is_fresh = True
        now = self.now_ns()
        for screen in self.screen_stack[1:]:
            if isinstance(screen, LiveScreen):
                screen.update(now)
        if len(self.screen_stack) != 1:  # there is none while the app ends
            return
        from tui.pane import Pane  # noqa: PLC0415 - a first frame without a host does without it

        for lines in self.screen_stack[0].query(LinesWidget).results():
            if isinstance(lines, Pane):
                lines.update(now)
            elif not isinstance(lines, KeyBar):
                lines.paint()

    def on_resize(self, event: events.Resize) -> None:
        """Show all panes together or one at a time, as there is room."""
        self._shown.forget()
        if self.has_session and self.panes.is_arranged:  # else, all widgets are styled for panes that nobody sees
            self.panes.lay_out(event.size)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ignore the panes' keys while another screen lies over them."""
        if action in ("zoom", "go_to", "next", "new_driver", "world", "leave", "acknowledge"):
            return len(self.screen_stack) == 1
        return True

    def action_go_to(self, number: int) -> None:
        """Go to the pane with this number."""
        self.panes.go_to(number)

    def action_next(self, step: int) -> None:
        """Go to the next (1) or previous (-1) pane."""
        self.panes.step(step)

    def action_zoom(self) -> None:
        """Give the current pane the whole screen, or show the others again."""
        self.panes.zoom()

    def action_leave(self) -> None:
        """Clear the pane's filters. If it has none, end its zoom and remove the welcome."""
        if self.panes.current.clear_filters():
            return
        self.query("Welcome").remove()
        if self.panes.zoomed:
            self.panes.zoom()

    async def action_quit(self) -> None:
        """Close the screen. The caller of `run` stops the plugins."""
        self.exit(0)
