"""Actions on each reading."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tui.actions.action import Action, key_of
from tui.commands import history
from tui.desk import Desk
from tui.readings.pane import ReadingsPane
from tui.readings.reading_words import key_of as key_of_path


def reading_actions(desk: Desk, pane: ReadingsPane) -> Iterator[Action]:
    """Yield the actions on all readings."""
    for source in desk.view.readings.sources():
        for item in source.items.values():
            if item.series is not None and not item.is_group:
                name = key_of_path(item.path)
                opened = partial(pane.open_graph, item)
                command = history(item.path)
                yield Action(f"graph {name}", f"Graph of {name}", opened, _key("open"), command=command)
    yield Action("charts", "A small chart of each number", pane.action_charts, _key("charts"))
    yield Action("copy readings", "Copy all readings as JSON", pane.action_copy_all, _key("copy_all"))


def _key(action: str) -> str:
    return key_of(ReadingsPane, action)
