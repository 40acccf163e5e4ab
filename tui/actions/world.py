"""Actions on the quantities of the simulated world. Their words are those of ``wasi-host world``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tui.actions.action import Action
from tui.commands import hold
from tui.desk import Desk
from tui.text import safe
from tui.world.holding import ask_for_value, hold_typed


def world_actions(desk: Desk) -> Iterator[Action]:
    """Yield the actions on all quantities."""
    for quantity in desk.view.facts.quantities:
        held = desk.view.world.held.get(quantity.name)
        yield Action(
            " ".join(hold(quantity.name, None)[:2]),
            f"Hold the simulated {safe(quantity.name)} at a value; own lets it go",
            partial(ask_for_value, desk, quantity, "" if held is None else f"{held:.10g}"),
            takes="VALUE",
            with_text=partial(hold_typed, desk, quantity),
            problem=desk.read_only,
        )
