"""The list of all actions of panes, plugins, buses, outputs, readings and the simulated world."""

from __future__ import annotations

from collections.abc import Iterator

from tui.actions.action import Action
from tui.actions.bus import bus_actions
from tui.actions.outputs import output_actions
from tui.actions.panes import pane_actions
from tui.actions.plugins import plugin_actions
from tui.actions.readings import reading_actions
from tui.actions.world import world_actions
from tui.desk import Desk
from tui.panes import Panes


def actions_on(desk: Desk, panes: Panes) -> Iterator[Action]:
    """Yield everything that a person can do now with what the panes show, also what is not possible at the moment."""
    yield from plugin_actions(desk)
    yield from bus_actions(desk, panes)
    yield from output_actions(desk, panes.outputs)
    yield from world_actions(desk)
    yield from pane_actions(panes)
    yield from reading_actions(desk, panes.readings)
