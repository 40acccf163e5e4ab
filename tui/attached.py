"""The screen of a host in another process, which goes on when the screen is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from hostcore.errors import HostError
from hostcore.events import PageRendered
from hostcore.events.facts import DriverFile, PluginFacts
from hostcore.session import RemoteHost, Session
from tui.app import HostApp

if TYPE_CHECKING:
    from tui.actions.action import Action
    from tui.far_driver import FarDriver

NOT_SHOWN = (PageRendered,)
"""The events that no screen shows. They do not cross: pages are large."""
REASONS = (
    "All its drivers stop reading, for every screen that is attached to it. "
    "If a service manager runs it, it may be started again.",
    "To leave only this screen, press q.",
)


class AttachedApp(HostApp):
    """A screen that is attached to a host.

    Args:
        session: the session of the host.
        remote: the host itself.
        start: lets its events come, the earlier ones first.
        options: those of `HostApp`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("Q", "stop_host", "Stop the host", show=False),
        Binding("q", "quit", "Leave"),
    ]
    QUITTING = "Leave this screen; the host goes on"

    def __init__(self, session: Session, remote: RemoteHost, start: Callable[[], None], **options: Any) -> None:
        super().__init__(session, is_remote=True, **options)
        self._remote, self._start_session = remote, start
        self.after_defect = "The host goes on."
        self.view.connection.process, self.view.connection.computer = remote.process, remote.computer

    def on_mount(self) -> None:
        """Let the events come while the first frame is being made. Textual calls this before `HostApp.on_mount`."""
        try:
            self._start_session()
        except HostError as error:
            self._leave_with(error)

    def know_host(self) -> None:
        """Learn which plugins the host has now, and which host it is: it may have been started again."""
        self.view.connection.process = self._remote.process
        super().know_host()

    def edit_driver(self, driver: PluginFacts, line: int = 0) -> None:
        """Open the file of a driver in an editor: a copy of it, if it is on another computer. See `tui.desk.Desk`."""
        if not self._remote.computer:
            super().edit_driver(driver, line)
        elif self.may_change():
            ask = partial(self.session.driver_file, driver.name)
            self.find_out(ask, lambda found: self._edit_copy(driver.name, found, line))

    def _edit_copy(self, plugin: str, found: DriverFile, line: int) -> None:
        """Open a copy of a driver in an editor."""
        from tui.far_driver import FarDriver  # noqa: PLC0415 - the first frame should not wait for it

        try:
            self.run_worker(self._edited(FarDriver(self.session, plugin, found), line))
        except HostError as error:
            self._complain(str(error))

    async def _edited(self, copy: FarDriver, line: int) -> None:
        """Let the person edit a copy, and send it back if it has changed."""
        from tui.editors import editor_command  # noqa: PLC0415 - the first frame should not wait for it

        try:
            await self.leave_for(editor_command(copy.file, line, waits=True))
        except HostError as error:
            self._complain(str(error))
        finally:
            if not copy.has_changed:
                copy.remove()
        if copy.file.exists():
            self.attempt(copy.send_back, lambda: self.say(f"{copy.plugin} is saved on {self._remote.computer}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ignore the keys of the whole screen while another screen lies over it."""
        if action == "stop_host":
            return len(self.screen_stack) == 1
        return super().check_action(action, parameters)

    def screen_actions(self) -> Iterator[Action]:
        """Yield the actions on the screen as a whole, and the one on its host."""
        from tui.actions.action import Action  # noqa: PLC0415 - the first frame should not wait for it

        yield from super().screen_actions()
        yield Action("halt", "Stop the host, after a question", self.action_stop_host, "Q", problem=self.read_only)

    def action_stop_host(self) -> None:
        """Stop the host, if the person confirms it."""
        from tui.dialogs import Confirm  # noqa: PLC0415 - the first frame should not wait for it

        if self.may_change():
            question = f"Stop the host (PID {self._remote.process})?"
            self.open_sheet(Confirm(self, question, REASONS, "Stop it"), self._stop_host)

    def _stop_host(self, yes: bool | None) -> None:
        process = self._remote.process
        if yes:
            self.attempt(self._remote.stop_host, lambda: self.say(f"The host (PID {process}) was asked to stop"))
