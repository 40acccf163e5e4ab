"""The app of a host, whose panes, plugins, buses, outputs and readings have actions with names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from tui.command_app import CommandApp

if TYPE_CHECKING:
    from hostcore.session import Session
    from tui.actions.action import Action
    from tui.panes import Panes


class ActionApp(CommandApp):
    """An app with panes, which have actions.

    Attributes:
        panes: the regions of the screen, once it has met its session.
    """

    QUITTING = "Stop all plugins and quit"

    panes: Panes

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
        yield from self.appearance_actions()
        yield Action("quit", self.QUITTING, partial(self.exit, 0), "q")
