"""Actions on each reading."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hostcore.view.readings import Item
from tui.actions.action import Action, key_of
from tui.commands import history
from tui.desk import Desk
from tui.readings.pane import ReadingsPane
from tui.readings.reading_words import key_of as key_of_path
from tui.readings.value_actions import ask_range, ask_true_value, calibrate, watch


def reading_actions(desk: Desk, pane: ReadingsPane) -> Iterator[Action]:
    """Yield the actions on all readings."""
    for source in desk.view.readings.sources():
        for item in source.items.values():
            if item.series is not None and not item.is_group:
                name = key_of_path(item.path)
                opened = partial(pane.open_graph, item)
                command = history(item.path)
                yield Action(f"graph {name}", f"Graph of {name}", opened, _key("open"), command=command)
                yield from _settings(desk, item, name)
    yield Action("charts", "A small chart of each number", pane.action_charts, _key("charts"))
    yield Action("copy readings", "Copy all readings as JSON", pane.action_copy_all, _key("copy_all"))


def _settings(desk: Desk, item: Item, name: str) -> Iterator[Action]:
    """Yield what a person can set of a number in host.toml."""
    yield Action(
        f"calibrate {name}", f"Calibrate {name}", partial(ask_true_value, desk, item), _key("calibrate"),
        takes="TRUE_VALUE", with_text=partial(calibrate, desk, item), problem=desk.read_only,
    )  # fmt: skip
    yield Action(
        f"alarm {name}", f"Alarm for {name}", partial(ask_range, desk, item), _key("alarm"),
        takes="RANGE", with_text=partial(watch, desk, item), problem=desk.read_only,
    )  # fmt: skip


def _key(action: str) -> str:
    return key_of(ReadingsPane, action)
