"""The app as the place where everything can be done by name: on the ``:`` line, and in the palette."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.screen import Screen

from hostcore.errors import HostError
from tui.desk_app import DeskApp

if TYPE_CHECKING:
    from hostcore.session import Session
    from tui.actions.action import Action
    from tui.actions.command_line import Earlier
    from tui.actions.grammar import Understood
    from tui.panes import Panes


class ActionApp(DeskApp):
    """An app whose actions have names.

    Attributes:
        panes: the regions of the screen, once it has met its session.
    """

    QUITTING = "Stop all plugins and quit"

    panes: Panes
    _earlier: Earlier | None = None

    def meet(self, session: Session) -> None:
        """Take the session, and make the panes for it."""
        from tui.panes import Panes  # noqa: PLC0415 - a first frame without a host does without it

        super().meet(session)
        self.panes = Panes(self)

    def actions(self) -> Iterator[Action]:
        """Yield everything that a person can do by name, also what is not possible now."""
        from tui.actions.list import actions_on  # noqa: PLC0415 - the first frame should not wait for it

        yield from actions_on(self, self.panes)
        yield from self.screen_actions()

    def screen_actions(self) -> Iterator[Action]:
        """Yield the actions on the screen as a whole."""
        from tui.actions.action import Action  # noqa: PLC0415 - the first frame should not wait for it

        yield Action("zoom", "Zoom: this pane on the whole screen, and back", self.panes.zoom, "z", is_for_panes=True)
        waiting = "" if self.view.alarms.unacknowledged() else "No alarm waits for you."
        yield Action(
            "acknowledge",
            "Acknowledge the most urgent alarm: you have seen it",
            self.action_acknowledge,
            "a",
            problem=self.read_only or waiting,
        )
        yield Action("freeze", "Freeze: hold the screen still, and back", self.action_freeze, "F")
        yield Action("reset", "Reset the statistics", self.action_reset_statistics, "R")
        yield Action(
            "driver", "Add a driver for a chip that the scan found, or an empty one", self.action_new_driver, "n"
        )
        yield Action(
            "world",
            "The simulated world: set what chips measure, unplug them",
            self.action_world,
            "S",
            problem=self.no_world,
        )
        yield Action("help", "Help: what every pane shows and every key does", self.action_help, "?")
        for name in self.available_themes:
            yield Action(f"theme {name}", f"Theme {name}", partial(setattr, self, "theme", name))
        yield Action("redraw", "Redraw: write every cell of the screen again", self.action_redraw, "Ctrl+L")
        yield Action("quit", self.QUITTING, partial(self.exit, 0), "q")

    def perform(self, action: Action, text: str = "") -> None:
        """Do something later, once the screen over which it was chosen has closed. An error is told to the person.

        Args:
            action: what to do.
            text: the text for it, if it takes one.
        """
        if action.is_for_panes:
            while len(self.screen_stack) > 1:
                self.pop_screen()
        self.call_later(self._do, action, text)

    async def _do(self, action: Action, text: str) -> None:
        try:
            result = action.with_text(text) if text and action.with_text else action.do()
            if isawaitable(result):
                await result
        except HostError as error:
            self._complain(str(error))

    def action_command_line(self, begun: str = "") -> None:
        """Let the person type what to do.

        Args:
            begun: the text to begin with.
        """
        from tui.actions.command_line import CommandLine, Earlier  # noqa: PLC0415 - the first frame should not wait

        def answered(understood: Understood | None) -> None:
            if understood and understood.action:
                self.perform(understood.action, understood.text)

        if not isinstance(self.screen, CommandLine):
            self._earlier = self._earlier or Earlier()
            self.push_screen(CommandLine(self, self.actions, self._earlier, begun), answered)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield the commands of the palette: every action that is possible now. Textual calls this."""
        for action in self.actions():
            if action.problem:
                continue
            typed = f":{action.words} {action.takes}".rstrip()
            does = (
                partial(self.action_command_line, f"{action.words} ") if action.takes else partial(self.perform, action)
            )
            yield SystemCommand(action.title, f"{typed}, or {action.key}" if action.key else typed, does)
