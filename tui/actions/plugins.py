"""Actions on each plugin."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hostcore.session import Order
from hostcore.view.plugins import PluginStatus
from tui.actions.action import Action, key_of
from tui.commands import fetch, grant
from tui.desk import Desk, RecordedPlace
from tui.editing import edit_driver, is_script, last_crash
from tui.plugins.actions import POSSIBLE, answer_requests, keep_recording
from tui.plugins.detail import DetailScreen
from tui.plugins.pane import PluginsPane
from tui.time_travel import of_crash

TITLES = {Order.START: "Start", Order.STOP: "Stop", Order.RESTART: "Restart", Order.RELEASE: "Release from quarantine:"}


def plugin_actions(desk: Desk) -> Iterator[Action]:
    """Yield the actions on all plugins, for each plugin in turn."""
    for plugin in desk.view.plugins.all():
        for order in Order:
            yield _order(desk, plugin, order)
        yield from _others(desk, plugin)


def _order(desk: Desk, plugin: PluginStatus, order: Order) -> Action:
    possible = " or ".join(POSSIBLE[order])
    is_possible = plugin.state in POSSIBLE[order]
    problem = "" if is_possible else f"{plugin.name} is {plugin.state}: {order} works only if it is {possible}."
    return Action(
        f"{order} {plugin.name}",
        f"{TITLES[order]} {plugin.name}",
        partial(desk.attempt, partial(desk.session.order, plugin.name, order)),
        _key(f"order('{order}')"),
        problem=desk.read_only or problem,
    )


def _others(desk: Desk, plugin: PluginStatus) -> Iterator[Action]:
    name = plugin.name
    yield Action(
        f"plugin {name}",
        f"Details of {name}",
        lambda: desk.open_sheet(DetailScreen(desk, name)),
        _key("open"),
    )
    yield Action(
        f"edit {name}",
        f"Edit the file of {name}",
        partial(edit_driver, desk, plugin, last_crash(plugin)),
        _key("edit"),
        problem=desk.read_only or ("" if is_script(plugin) else f"{name} is a component, not a Python file."),
    )
    crash = last_crash(plugin)
    yield Action(
        f"step {name}",
        f"Step through the last crash of {name}" if crash else f"Step through the newest reading of {name}",
        partial(desk.step_through, of_crash(crash) if crash else RecordedPlace(name)),
        _key("step_through"),
    )
    yield Action(
        f"recording {name}",
        f"Write the recording of {name} into a file",
        partial(keep_recording, desk, name),
        _key("keep_recording"),
        problem=desk.read_only,
    )
    yield Action(
        f"grant {name}",
        f"Answer what {name} asks for",
        partial(answer_requests, desk, plugin),
        _key("requests"),
        command=grant(name),
        problem="" if plugin.requests else f"{name} asks for nothing.",
    )
    yield Action(
        f"fetch {name}",
        f"Fetch the libraries of {name}",
        partial(desk.attempt, partial(desk.session.fetch, name)),
        _key("fetch"),
        command=fetch(name),
        problem=desk.read_only or ("" if plugin.lacks_libraries else f"{name} lacks no library."),
    )


def _key(action: str) -> str:
    return key_of(PluginsPane, action)
