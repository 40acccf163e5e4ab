"""The app as the desk of its widgets: the session, the view, the time that is shown, and what a person asks of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from hostcore.clock import NS_PER_S
from hostcore.errors import HostError
from tui.archive import Archive
from tui.desk import NewDriver, RecordedPlace
from tui.pump import MOST_EVENTS
from tui.requests import Requests
from tui.terminal import Terminal
from tui.terminal_app import TerminalApp

if TYPE_CHECKING:
    from hostcore.events import Event
    from hostcore.session import Session
    from hostcore.view.view import View
    from tui.freeze import Freeze

T = TypeVar("T")


NEWS_NS = 60 * NS_PER_S
"""An alarm rings for so long after it was raised, nanoseconds. Two computers' clocks may differ by some seconds."""


class DeskApp(TerminalApp):
    """An app that is the `tui.desk.Desk` of its widgets, once it has met its session.

    Args:
        is_remote: whether the host is in another process, so that its answers can be late.
        terminal: what can be drawn; by default what this process's terminal can draw.
        clock: the wall clock, in nanoseconds since the Unix epoch.

    Attributes:
        has_session: whether it has met its session. Before that, it has no view and no archive.
        session: the host.
        view: the state of everything that the screen shows.
        archive: reads the history. It needs a `stop`.
        requests: puts requests to a host in another process. It needs a `stop`.
        can_start_again: whether the one who runs the screen starts the host again if `wanted_again` says so.
        wanted_again: the new driver for which the person wants the host to be started again; None if they do not.
    """

    session: Session
    view: View
    archive: Archive
    _freeze: Freeze

    def __init__(self, terminal: Terminal | None, clock: Callable[[], int], *, is_remote: bool) -> None:
        super().__init__(terminal)
        self._clock = clock
        self._is_remote = is_remote
        self.has_session = False
        self._rung_ns = 0
        """When the last alarm was raised for which the bell has rung."""
        self.requests = Requests(self._complain, self.call_later)
        self.can_start_again = False
        self.wanted_again: NewDriver | None = None

    def meet(self, session: Session) -> None:
        """Take the session whose desk this is. Call it once, before anything of the host is shown."""
        from hostcore.read_only import ReadOnlySession  # noqa: PLC0415 - a first frame without a host does without it
        from hostcore.view.view import View  # noqa: PLC0415
        from tui.freeze import Freeze  # noqa: PLC0415

        self.session = session
        self.view = View(session.facts, session.plugins())
        self.read_only = session.reason if isinstance(session, ReadOnlySession) else ""
        self._freeze = Freeze(self._clock)
        self.archive = Archive(session.history, self.call_later)
        self.has_session = True

    def _deliver(self, batch: Sequence[Event]) -> None:
        """Have the screen take in a batch of events, after those before."""
        raise NotImplementedError

    def update_panes(self) -> None:
        """Bring everything in sight up to date."""
        raise NotImplementedError

    def now_ns(self) -> int:
        """The time that the screen shows: the wall clock, or when it froze. See `tui.desk.Desk`."""
        return self._freeze.now_ns()

    @property
    def frozen_since_ns(self) -> int:
        """When the screen froze. See `tui.desk.Desk`."""
        return self._freeze.since_ns

    @property
    def is_recorded(self) -> bool:
        """Whether this is a recording. See `tui.desk.Desk`."""
        return self.has_session and self.view.connection.is_recorded

    @property
    def badges(self) -> tuple[str, ...]:
        """What the screen says of itself first. See `tui.desk.Desk`."""
        return ("READ-ONLY",) if self.read_only else ()

    def attempt(self, request: Callable[[], None], done: Callable[[], object] | None = None) -> None:
        """Have the host change something. See `tui.desk.Desk`."""

        def taken(_: None) -> None:
            if done is not None:
                done()
            if self._freeze.since_ns:
                self.say("The host has taken it. This screen is frozen: press F to see what becomes of it")

        self.find_out(request, taken)

    def find_out(self, question: Callable[[], T], answered: Callable[[T], object]) -> None:
        """Ask the host for something. See `tui.desk.Desk`."""
        if self._is_remote:
            self.requests.put(question, answered)
            return
        try:
            answer = question()
        except HostError as error:
            self._complain(str(error))
        else:
            answered(answer)

    def step_through(self, place: RecordedPlace) -> None:
        """Get a recording, and leave the screen for its replay. See `tui.desk.Desk`."""
        ask = partial(self.session.recording, place.plugin, place.crash_ns)
        self.find_out(ask, lambda content: self.run_worker(self._stepped(place, content)))

    async def _stepped(self, place: RecordedPlace, content: bytes) -> None:
        """Leave the screen for a process that replays a copy of a recording, and remove the copy."""
        from tui.recording_copy import recording_copy, replay_command  # noqa: PLC0415 - rarely needed

        facts = self.view.facts
        settings = None if self.view.connection.computer or facts.is_shipped_config else facts.config_file
        try:
            with recording_copy(place.plugin, content) as file:
                command, errors = replay_command(file, place.at, settings), file.with_name("errors")
                await self.leave_for(command, "wasi-host replay", errors)
        except HostError as error:
            self._complain(str(error))

    def action_freeze(self) -> None:
        """Hold the screen still while the host goes on, or let it catch up."""
        if not self._freeze.since_ns:
            self._freeze.begin()
        else:
            events = self._freeze.end()
            for start in range(0, len(events), MOST_EVENTS):
                self._deliver(events[start : start + MOST_EVENTS])
        self.update_panes()
        self.refresh_bindings()

    def action_reset_statistics(self) -> None:
        """Count and measure extremes from now on, on this screen alone."""
        self.view.reset_statistics(self.now_ns())
        self.update_panes()

    def action_acknowledge(self) -> None:
        """Acknowledge the most urgent alarm that nobody has acknowledged."""
        alarms = self.view.alarms.unacknowledged()
        if alarms:
            self.attempt(lambda: self.session.acknowledge(alarms[0].alarm.name))
        else:
            self.say("No alarm waits for you.")

    def ring(self) -> None:
        """Ring the terminal's bell if an alarm was raised since the last time. Old ones do not ring in a new screen."""
        bell_ns, before_ns = self.view.alarms.bell_ns, self._rung_ns
        self._rung_ns = bell_ns
        if bell_ns != before_ns and abs(self.now_ns() - bell_ns) < NEWS_NS:
            self.bell()

    def start_again(self, driver: NewDriver) -> None:
        """Leave, so that the host can be started again. See `tui.desk.Desk`."""
        self.wanted_again = driver
        self.exit(0)

    def action_help(self) -> None:
        """Show the help. What has the focus comes first."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it
        from tui.help import help_lines  # noqa: PLC0415

        subject = str(getattr(self.focused, "help_title", getattr(self.screen, "help_title", "")))
        self.push_screen(Sheet(self, "Help", lambda width: help_lines(self.look, width, subject)))

    def action_show_plugin(self, name: str) -> None:
        """Show the details of a plugin."""
        from tui.plugins.detail import DetailScreen  # noqa: PLC0415 - the first frame should not wait for it

        self.push_screen(DetailScreen(self, name))

    def action_new_driver(self) -> None:
        """Show the drivers for the chips that were found, to add one."""
        from tui.new_driver.screen import NewDriverScreen  # noqa: PLC0415 - the first frame should not wait for it

        self.query("Welcome").remove()
        self.push_screen(NewDriverScreen(self))

    @property
    def no_world(self) -> str:
        """Why there is no simulated world to show, as a sentence; "" if there is one."""
        facts = self.view.facts
        if facts.quantities:
            return ""
        if facts.is_simulated:
            return "This host is older than the screen, and does not tell what it simulates."
        return "Nothing is simulated: every bus of this host is real."

    def action_world(self) -> None:
        """Show the simulated world, if there is one."""
        from tui.world.screen import WorldScreen  # noqa: PLC0415 - the first frame should not wait for it

        if problem := self.no_world:
            self.say(problem)
        else:
            self.push_screen(WorldScreen(self))

    def copy(self, text: str, what: str) -> None:
        """Put `text` into the clipboard of the person's terminal, or show it if the terminal has none."""
        if self.terminal.is_console:
            from tui.dialogs import sheet_to_copy  # noqa: PLC0415 - the first frame should not wait for it

            self.push_screen(sheet_to_copy(self, text, what))
        else:
            super().copy(text, what)
