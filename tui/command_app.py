"""The app as the place where something can be done by name: on the ``:`` line, and in the palette."""

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
    from tui.actions.action import Action
    from tui.actions.command_line import Earlier
    from tui.actions.grammar import Understood


class CommandApp(DeskApp):
    """An app with a list of actions, which have names."""

    _earlier: Earlier | None = None

    def actions(self) -> Iterator[Action]:
        """Yield everything that a person can do by name, also what is not possible now."""
        raise NotImplementedError

    def close_sheets(self) -> None:
        """Close everything over the panes, before an action that changes these."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def perform(self, action: Action, text: str = "") -> None:
        """Do something later, once the screen over which it was chosen has closed. An error is told to the person.

        Args:
            action: what to do.
            text: the text for it, if it takes one.
        """
        if action.is_for_panes:
            self.close_sheets()
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

    def appearance_actions(self) -> Iterator[Action]:
        """Yield what every screen has: its help, its themes, and to write all of it again."""
        from tui.actions.action import Action  # noqa: PLC0415 - the first frame should not wait for it

        yield Action("help", "Help: what every pane shows and every key does", self.action_help, "?")
        for name in self.available_themes:
            yield Action(f"theme {name}", f"Theme {name}", partial(setattr, self, "theme", name))
        yield Action("redraw", "Redraw: write every cell of the screen again", self.action_redraw, "Ctrl+L")

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
