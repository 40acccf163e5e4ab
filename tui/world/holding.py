"""Holding a quantity of the simulated world at a value that a person types."""

from __future__ import annotations

import math
from functools import partial

from hostcore.events.facts import QuantityFacts
from tui.commands import FREE
from tui.desk import Desk
from tui.text import safe
from tui.typed import with_typed


def allowed_values(quantity: QuantityFacts) -> str:
    """Return the values at which a quantity can be held: ``-273.15 to 1000``."""
    return f"{quantity.lowest:.10g} to {quantity.highest:.10g}"


def hold(desk: Desk, quantity: QuantityFacts, value: float | None) -> None:
    """Hold a quantity at a value; None lets it follow its own course again."""
    desk.attempt(lambda: desk.session.hold(quantity.name, value))


def hold_typed(desk: Desk, quantity: QuantityFacts, text: str) -> None:
    """Hold a quantity at a typed value, let it go with ``own``, or say what is allowed."""
    with_typed(desk, text, partial(value_typed, quantity), partial(hold, desk, quantity))


def value_typed(quantity: QuantityFacts, text: str) -> float | None:
    """Return the value at which to hold a quantity; None for ``own``. The ValueError says what is allowed."""
    if text.strip() == FREE:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not quantity.lowest <= value <= quantity.highest:
        raise ValueError(f"{allowed_values(quantity)} {safe(quantity.unit)}")
    return value


async def ask_for_value(desk: Desk, quantity: QuantityFacts, present: str) -> None:
    """Ask for the value of a quantity, and hold it there.

    Args:
        desk: the screen.
        quantity: the quantity.
        present: the value that is offered.
    """
    if desk.may_change():
        question = f"{safe(quantity.name)} in {safe(quantity.unit)}, {allowed_values(quantity)}"
        check, done = partial(value_typed, quantity), partial(hold_typed, desk, quantity)
        await desk.ask(question, present, check=check, done=done)
