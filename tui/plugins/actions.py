"""Orders to plugins: the same keys in the plugins pane and on the detail screen."""

from __future__ import annotations

import shlex
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType

from hostcore.events import PluginCrashed, State
from hostcore.events.facts import KeptRecording
from hostcore.session import Order
from hostcore.view.plugins import PluginStatus
from tui.commands import COPY, CommandSource, Words, of_plugin
from tui.desk import Desk, RecordedPlace
from tui.editing import EDIT, edit_driver, is_script, last_crash
from tui.text import safe
from tui.time_travel import STEP, TimeTraveller, of_crash

POSSIBLE = {
    Order.START: (State.STOPPED, State.DISCOVERED),
    Order.STOP: (State.LOADING, State.RUNNING, State.BACKOFF, State.QUARANTINED),
    Order.RESTART: (State.RUNNING, State.BACKOFF),
    Order.RELEASE: (State.QUARANTINED,),
}
"""The states in which an order has an effect."""


class PluginActions(CommandSource, TimeTraveller):
    """Keys for the chosen plugin. A mix-in for widgets and screens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "fetch", "Fetch libraries"),
        Binding("s", "order('start')", "Start"),
        Binding("x", "order('stop')", "Stop"),
        Binding("r", "order('restart')", "Restart"),
        Binding("u", "order('release')", "Release"),
        Binding("g", "requests", "Grant"),
        Binding("w", "keep_recording", "Save recording", show=False),
        EDIT,
        STEP,
        COPY,
    ]

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin that the keys are for."""
        raise NotImplementedError

    @property
    def chosen_crash(self) -> PluginCrashed | None:
        """The crash at whose line an editor begins: the last one; None if there was none."""
        return last_crash(self.chosen) if self.chosen is not None else None

    @property
    def command_words(self) -> Words:
        """The command that says more about the plugin, or gives it what it lacks."""
        return of_plugin(self.chosen) if self.chosen is not None else ()

    @property
    def recorded_place(self) -> RecordedPlace | None:
        """The crash at whose line an editor would begin, or else the newest call."""
        if (crash := self.chosen_crash) is not None:
            return of_crash(crash)
        return RecordedPlace(self.chosen.name) if self.chosen is not None else None

    @property
    def requester(self) -> PluginStatus | None:
        """The plugin whose requests a key shows; None if it asks for nothing."""
        return self.chosen if self.chosen is not None and self.chosen.requests else None

    def allows(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Whether an action has an effect on the chosen plugin now."""
        plugin = self.chosen
        if action == "order":
            return plugin is not None and plugin.state in POSSIBLE[Order(str(parameters[0]))]
        if action == "fetch":
            return plugin is not None and plugin.lacks_libraries
        if action == "edit":
            return plugin is not None and is_script(plugin)
        if action == "step_through":
            return plugin is not None
        return action != "requests" or self.requester is not None

    def action_order(self, order: str) -> None:
        """Give an order without asking first: each can be undone by another."""
        plugin = self.chosen
        if plugin is not None:
            self.desk.attempt(lambda: self.desk.session.order(plugin.name, Order(order)))

    def action_fetch(self) -> None:
        """Fetch its libraries from the network. It starts when they are here."""
        plugin = self.chosen
        if plugin is not None and plugin.lacks_libraries:
            self.desk.attempt(lambda: self.desk.session.fetch(plugin.name))

    def action_keep_recording(self) -> None:
        """Write its recording to a file, and say how it is replayed."""
        if self.chosen is not None:
            keep_recording(self.desk, self.chosen.name)

    def action_edit(self) -> None:
        """Open the driver's file in an editor, where its trouble is. The host loads it again when it is saved."""
        plugin = self.chosen
        if plugin is not None and self.allows("edit", ()):
            edit_driver(self.desk, plugin, self.chosen_crash)

    def action_requests(self) -> None:
        """Show what the plugin asks for."""
        if (plugin := self.requester) is not None:
            answer_requests(self.desk, plugin)


def keep_recording(desk: Desk, plugin: str) -> None:
    """Write the recording of a plugin to a file, on the computer of the host, and say how it is replayed."""

    def kept(recording: KeptRecording) -> None:
        computer = desk.view.connection.computer
        where = f" on {computer}" if computer else ""
        file = safe(shlex.quote(str(recording.file)))
        desk.say(f"The recording of {plugin} is saved{safe(where)}; replay it: wasi-host replay {file}")

    if desk.may_change():
        desk.find_out(partial(desk.session.keep_recording, plugin), kept)


def answer_requests(desk: Desk, plugin: PluginStatus) -> None:
    """Show what a plugin asks for."""
    from tui.plugins.requests_screen import RequestsScreen  # noqa: PLC0415 - the first frame should not wait for it

    desk.open_sheet(RequestsScreen(desk, plugin))
