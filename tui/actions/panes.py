"""Actions on the panes: which one is current, and how it sorts and filters its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from tui.actions.action import Action, key_of
from tui.actions.rows import filter_actions, sort_actions
from tui.commands import DIAGNOSE, STATUS, Words, logs
from tui.filtering import FilteredPane
from tui.log.pane import LEVELS, LogPane
from tui.pane import Pane
from tui.panes import Panes
from tui.plugins.pane import PluginsPane
from tui.problems.pane import ProblemsPane
from tui.sorting import SortedPane
from tui.traffic.pane import TrafficPane

_COMMANDS: Mapping[type[Pane], Words] = {LogPane: logs(), ProblemsPane: DIAGNOSE, PluginsPane: STATUS}
"""The commands that show what a pane shows."""


def pane_actions(panes: Panes) -> Iterator[Action]:
    """Yield the actions that lead to a pane, and those on the current one."""
    for pane in panes.offered:
        go = partial(panes.go_to, pane.number)
        command = _COMMANDS.get(type(pane), ())
        title = f"Go to {pane.title}"
        yield Action(pane.title.lower(), title, go, str(pane.number), is_for_panes=True, command=command)
        if isinstance(pane, LogPane):
            yield from _logs(panes, pane)
    yield from _hide(panes)
    current = panes.current
    if isinstance(current, FilteredPane):
        yield from filter_actions(current)
    if isinstance(current, SortedPane):
        yield from sort_actions(current)
    if isinstance(current, LogPane | TrafficPane):
        yield from _feed(current)
    if isinstance(current, LogPane):
        yield from _log(current)
    if isinstance(current, TrafficPane):
        yield Action(
            "errors", "Show only failed transfers, or all", current.action_errors, _key(current, "errors"),
            is_for_panes=True,
        )  # fmt: skip


def _logs(panes: Panes, pane: LogPane) -> Iterator[Action]:
    """Yield what shows the log of each plugin, from any pane."""
    for plugin in pane.plugins:

        def show(plugin: str = plugin) -> None:
            panes.go_to(pane.number)
            pane.show_only(plugin)

        yield Action(f"log {plugin}", f"Log of {plugin}", show, is_for_panes=True, command=logs(plugin))


def _hide(panes: Panes) -> Iterator[Action]:
    """Yield what takes panes out of sight, and back. Problems are never out of sight."""
    for pane in panes.offered:
        if isinstance(pane, ProblemsPane):
            continue
        name, number = pane.title.lower(), pane.number
        if number in panes.hidden:
            yield Action(f"show {name}", f"Show {pane.title} again", partial(panes.unhide, number), is_for_panes=True)
        else:
            yield Action(f"hide {name}", f"Hide {pane.title}", partial(panes.hide, number), is_for_panes=True)


def _feed(pane: LogPane | TrafficPane) -> Iterator[Action]:
    yield Action("follow", "Follow the newest line, or pause", pane.action_follow, _key(pane, "follow"))
    yield Action("save", f"Write the shown lines of {pane.title} into a file", pane.action_save, _key(pane, "save"))
    for plugin in pane.plugins:
        yield Action(
            f"only {plugin}", f"Show only lines of {plugin}", partial(pane.show_only, plugin), _key(pane, "plugin"),
            is_for_panes=True,
        )  # fmt: skip


def _log(pane: LogPane) -> Iterator[Action]:
    for level in LEVELS:
        yield Action(
            f"level {level}", f"Show log lines from {level} up", partial(pane.show_level, level), _key(pane, "level"),
            is_for_panes=True,
        )  # fmt: skip
    yield Action("next error", "Go to the next error", partial(pane.action_error, 1), _key(pane, "error(1)"))
    yield Action("timeline", "What happened, from the history", pane.action_timeline, _key(pane, "timeline"))


def _key(pane: Pane, action: str) -> str:
    return key_of(type(pane), action)
